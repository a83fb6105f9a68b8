"""How much may wait to be stored at once: the server's memory stays bounded however many senders there are.

Who is refused is told when to come back: after as long as what waits will take, by how long storing took lately.
"""

import math
import time
from collections.abc import Callable

from halley.errors import Busy

BATCH_LIMIT = 1_024
"""Four groups of the store's writer: one that is written, and more than enough that wait."""

BYTE_LIMIT = 256 * 2**20

_LATELY_BATCHES = 100.0
_LONGEST_SECONDS = 60.0


class Room:
    """Counts bytes from when they are received, and batches from when they are whole, until they are acknowledged.

    A body that is still coming takes no batch's place, so that slow senders do not keep out quick ones. Belongs to the
    event loop's thread.

    Args:
        batch_limit: How many batches.
        byte_limit: How many bytes, compressed and not.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        batch_limit: int = BATCH_LIMIT,
        byte_limit: int = BYTE_LIMIT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._batch_limit = batch_limit
        self._byte_limit = byte_limit
        self._clock = clock
        self._batches = 0
        self._bytes = 0
        self._places = 0
        self._stored_at = 0.0
        self._lately_seconds = 0.0
        self._lately_batches = 1.0

    def enter(self) -> "Place":
        """Give a place to a batch that begins to come.

        Raises:
            Busy: so many wait that it would be received for nothing.
        """
        self._check_batches()
        self._places += 1
        return Place(self)

    def wait_seconds(self) -> float:
        """How long what waits will take, by how long batches took lately; the next one takes as long as it does now."""
        if not self._batches:
            return 0.0
        by_pace = self._batches * self._lately_seconds / self._lately_batches
        return min(_LONGEST_SECONDS, max(by_pace, self._clock() - self._stored_at))

    def _check_batches(self) -> None:
        if self._batches >= self._batch_limit:
            raise self._busy("As many batches are waiting to be stored as the server holds.")

    def _busy(self, message: str) -> Busy:
        return Busy(message, retry_after_seconds=max(1, math.ceil(self.wait_seconds())))

    def _take(self, size: int) -> None:
        if self._places > 1 and self._bytes + size > self._byte_limit:
            raise self._busy("As many bytes are waiting to be stored as the server holds.")
        self._bytes += size

    def _begin_to_wait(self) -> None:
        self._check_batches()
        if not self._batches:
            self._stored_at = self._clock()
        self._batches += 1

    def _leave(self, size: int, *, was_waiting: bool) -> None:
        self._places -= 1
        self._bytes -= size
        if was_waiting:
            self._batches -= 1
            now = self._clock()
            kept = 1 - 1 / _LATELY_BATCHES
            self._lately_seconds = self._lately_seconds * kept + now - self._stored_at
            self._lately_batches = self._lately_batches * kept + 1
            self._stored_at = now


class Place:
    """The place of one batch in a room; leave it whatever happens."""

    __slots__ = ("_is_waiting", "_room", "_size")

    def __init__(self, room: Room) -> None:
        self._room = room
        self._size = 0
        self._is_waiting = False

    def grow(self, size: int) -> None:
        """Take `size` bytes more. A batch that is alone always fits.

        Raises:
            Busy: they do not fit now.
        """
        self._room._take(size)  # noqa: SLF001 - a room and its places are one
        self._size += size

    def wait(self) -> None:
        """The batch is whole, and waits to be stored.

        Raises:
            Busy: too many wait.
        """
        self._room._begin_to_wait()  # noqa: SLF001
        self._is_waiting = True

    def leave(self) -> None:
        """Give everything back."""
        self._room._leave(self._size, was_waiting=self._is_waiting)  # noqa: SLF001

"""How much may wait to be stored at once: the server's memory stays bounded however many senders there are."""

from collections.abc import Iterator
from contextlib import contextmanager

import zstandard

from halley.errors import Busy
from halley.wire.batch import SIZE_LIMIT

BATCH_LIMIT = 256
BYTE_LIMIT = 256 * 2**20


class Room:
    """Counts the batches between their first byte and their acknowledgement. Belongs to the event loop's thread.

    Args:
        batch_limit: How many batches.
        byte_limit: How many bytes, compressed and not.
    """

    def __init__(self, batch_limit: int = BATCH_LIMIT, byte_limit: int = BYTE_LIMIT) -> None:
        self._batch_limit = batch_limit
        self._byte_limit = byte_limit
        self._batches = 0
        self._bytes = 0

    @contextmanager
    def admit(self, size: int) -> Iterator["Place"]:
        """Give a batch of `size` compressed bytes a place for as long as the context lasts.

        Raises:
            Busy: there is none.
        """
        if self._batches >= self._batch_limit:
            raise Busy(f"{self._batches} batches are waiting to be stored.")
        place = Place(self)
        try:
            self._batches += 1
            place.grow(size)
            yield place
        finally:
            self._batches -= 1
            self._bytes -= place.size

    def take(self, size: int) -> None:
        """Count more bytes.

        Raises:
            Busy: they do not fit. A batch that is alone always fits.
        """
        if self._batches > 1 and self._bytes + size > self._byte_limit:
            raise Busy(f"{self._bytes:,} bytes are waiting to be stored.")
        self._bytes += size


class Place:
    """The place of one batch in a room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.size = 0

    def grow(self, size: int) -> None:
        """Take `size` bytes more.

        Raises:
            Busy: they do not fit now.
        """
        self._room.take(size)
        self.size += size


def decoded_bytes(body: bytes) -> int:
    """How many bytes a body will have once it is decompressed, as it says itself; 0 if it says nothing we believe."""
    try:
        size = zstandard.frame_content_size(body)
    except zstandard.ZstdError:
        return 0
    return size if 0 < size <= SIZE_LIMIT else 0

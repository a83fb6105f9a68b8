"""The broadcast: changes of experiments, gathered for a quarter of a second and handed to everyone who watches."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import msgspec

from halley.errors import Busy
from halley.wire.api import Change

GATHER_SECONDS = 0.25
QUEUE_LIMIT = 1_000
"""Changes that wait for one watcher; one that falls behind further is let go, and fetches everything anew."""

WATCHER_LIMIT = 1_000

_PARTS = ("created", "state", "metrics", "output", "facts", "deleted")


class Watcher:
    """One open line to a browser.

    Args:
        workspace: Only changes in this workspace; None for all.
        project: Only changes in projects of this name; None for all.
    """

    def __init__(self, workspace: str | None, project: str | None) -> None:
        self._workspace = workspace
        self._project = project
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUE_LIMIT + 1)
        self.is_open = True

    def wants(self, change: Change) -> bool:
        """Say whether this watcher asked for such changes."""
        return self._workspace in {None, change.workspace} and self._project in {None, change.project}

    def offer(self, event: bytes) -> None:
        """Queue an event; a watcher that is too far behind is closed instead."""
        if self._queue.qsize() >= QUEUE_LIMIT:
            self.close()
        elif self.is_open:
            self._queue.put_nowait(event)

    def close(self) -> None:
        """End the line after what is queued. Closing twice is harmless."""
        if self.is_open:
            self.is_open = False
            self._queue.put_nowait(None)

    async def next(self) -> bytes | None:
        """Wait for the next event; None is the end."""
        return await self._queue.get()


class Broadcast:
    """Takes changes from the slices and gives them to watchers. Belongs to the event loop's thread.

    Attributes:
        on_flush: Told of the changes that were gathered, whoever watches here: others may have watchers of their own.
    """

    def __init__(self) -> None:
        self._watchers: set[Watcher] = set()
        self._pending: dict[str, Change] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False
        self.on_flush: Callable[[Sequence[Change]], None] | None = None

    def publish(self, change: Change) -> None:
        """Tell of a change; changes of one experiment within a quarter of a second leave as one."""
        if self._is_closed or not (self._watchers or self.on_flush):
            return
        earlier = self._pending.get(change.experiment)
        if earlier is not None:
            said = {*earlier.parts, *change.parts}
            if len(said) == len(earlier.parts):
                return
            change = msgspec.structs.replace(change, parts=[part for part in _PARTS if part in said])
        self._pending[change.experiment] = change
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._flush)

    @property
    def watcher_count(self) -> int:
        """How many lines are open."""
        return len(self._watchers)

    def check_room(self) -> None:
        """Refuse one more line if a thousand are open.

        Raises:
            Busy: they are.
        """
        if len(self._watchers) >= WATCHER_LIMIT:
            raise Busy(f"{WATCHER_LIMIT:,} browsers watch already.", retry_after_seconds=30)

    @contextmanager
    def watch(self, workspace: str | None, project: str | None) -> Iterator[Watcher]:
        """Open a line for as long as the context lasts."""
        self._flush()  # what happened before is no news to who comes now
        watcher = Watcher(workspace, project)
        self._watchers.add(watcher)
        if self._is_closed:
            watcher.close()
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    def close(self) -> None:
        """Hand out what is pending and end every line: the server stops."""
        self._flush()
        self._is_closed = True
        self.let_go()

    def let_go(self) -> None:
        """End every line; who comes back fetches everything anew."""
        for watcher in self._watchers:
            watcher.close()

    def hand_out(self, change: Change) -> None:
        """Give a change that was gathered already to everyone who watches here."""
        event = b"event: change\ndata: " + msgspec.json.encode(change) + b"\n\n"
        for watcher in self._watchers:
            if watcher.wants(change):
                watcher.offer(event)

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        pending, self._pending = self._pending, {}
        for change in pending.values():
            self.hand_out(change)
        if pending and self.on_flush is not None:
            self.on_flush(list(pending.values()))

"""The relay: changes that this server gathered go to the other servers on its database, and theirs to its browsers."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence

import msgspec

from halley.server.events.broadcast import Broadcast
from halley.storage.ports.storage import Storage
from halley.wire.api import Change

logger = logging.getLogger("halley.server")

_TEXT_BYTES = 7_000
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(list[Change])


class Relay:
    """Joins the broadcasts of all servers on one database into one. Belongs to the event loop's thread.

    Args:
        storage: What carries texts between the servers.
        broadcast: This server's.
    """

    def __init__(self, storage: Storage, broadcast: Broadcast) -> None:
        self._storage = storage
        self._broadcast = broadcast
        self._stop: Callable[[], None] = lambda: None

    async def start(self) -> None:
        """Tell and hear from now on."""
        loop = asyncio.get_running_loop()

        def hear(text: str | None) -> None:
            loop.call_soon_threadsafe(self._hear, text)

        self._stop = await asyncio.to_thread(self._storage.listen, hear)
        self._broadcast.on_flush = self._tell

    async def stop(self) -> None:
        """Hear nothing any more."""
        await asyncio.to_thread(self._stop)

    def _tell(self, changes: Sequence[Change]) -> None:
        for text in _to_texts(changes):
            self._storage.announce(text)

    def _hear(self, text: str | None) -> None:
        if text is None:
            self._broadcast.let_go()
            return
        try:
            changes = _decoder.decode(text)
        except msgspec.DecodeError:  # a newer server, while they are being replaced one after the other
            logger.warning("Another server announced something that this version does not know.")
            return
        for change in changes:
            self._broadcast.hand_out(change)


def _to_texts(changes: Sequence[Change]) -> Iterator[str]:
    """Changes as JSON lists, none longer than a text may be."""
    waiting: list[bytes] = []
    size = 0
    for change in changes:
        one = _encoder.encode(change)
        if waiting and size + len(one) >= _TEXT_BYTES:
            yield f"[{b','.join(waiting).decode()}]"
            waiting, size = [], 0
        waiting.append(one)
        size += len(one) + 1
    if waiting:
        yield f"[{b','.join(waiting).decode()}]"

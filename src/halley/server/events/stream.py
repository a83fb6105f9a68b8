"""One browser's line: hello, then changes, with a comment now and then so that nobody between cuts it."""

import asyncio
from collections.abc import AsyncIterator

from halley.server.events.broadcast import Broadcast

PING_SECONDS = 15.0


async def stream_changes(
    broadcast: Broadcast, workspace: str | None, project: str | None, *, ping_seconds: float = PING_SECONDS
) -> AsyncIterator[bytes]:
    """Write server-sent events until the browser leaves or the server stops.

    Args:
        broadcast: Where changes come from.
        workspace: Only changes in this workspace; None for all.
        project: Only changes in projects of this name; None for all.
        ping_seconds: How long a silent line stays without a comment.
    """
    with broadcast.watch(workspace, project) as watcher:
        yield b"retry: 1000\nevent: hello\ndata: {}\n\n"
        while True:
            try:
                event = await asyncio.wait_for(watcher.next(), ping_seconds)
            except TimeoutError:
                yield b": ping\n\n"
                continue
            if event is None:
                return
            yield event

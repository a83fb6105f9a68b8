"""Running the application: uvicorn over a socket we bound, ready and stop as events, quiet and prompt ends."""

import gc
import logging
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

import uvicorn

from halley.server.events.broadcast import Broadcast
from halley.server.http.front import Front

STOP_SECONDS = 5
"""How long requests in flight have to finish once the server stops."""

KEEP_ALIVE_SECONDS = 75
"""How long an idle connection stays open: longer than senders are silent, so that they keep theirs."""

_GARBAGE_THRESHOLDS = (20_000, 20, 20)

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Server(uvicorn.Server):
    """One server: tells when it takes requests, and ends live lines first when it stops.

    Args:
        app: The application.
        broadcast: Closed when the server stops, so that browsers' open lines do not hold it up.
        on_ready: Called once requests are taken.
    """

    def __init__(self, app: Front, broadcast: Broadcast, on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="httptools",
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                proxy_headers=False,  # nobody asks who is at the other end
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=STOP_SECONDS,
            )
        )
        self._broadcast = broadcast
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to take requests, then say so."""
        await super().startup(sockets=sockets)
        if self.started:
            # What is here stays, and need not be looked through again and again; what comes is mostly gone by itself.
            gc.freeze()
            gc.set_threshold(*_GARBAGE_THRESHOLDS)
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End live lines, finish requests in flight, stop."""
        self._broadcast.close()
        await super().shutdown(sockets=sockets)
        if self.force_exit:
            # uvicorn leaves out the application's own end then, which takes no time, and would report every request
            # that is cut off as a failure.
            await self.lifespan.shutdown()
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)


def serve(server: Server, listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM; a second Ctrl-C does not wait for requests in flight."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        # uvicorn raises the signal anew after it has stopped; it ends here, so that the store is closed in peace.
        server.should_exit = True

    _allow_many_lines()
    before = {number: signal.signal(number, stop) for number in _SIGNALS}
    try:
        server.run(sockets=[listener])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _allow_many_lines() -> None:
    """Let as many lines be open as the system lets this user have: each run that is live has one or two."""
    try:
        import resource  # noqa: PLC0415 - there is none on Windows, which has no such limit
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

"""Receiving a large body: for as long as bytes come, however slow the line, and no longer."""

import asyncio
from collections.abc import Callable

from litestar.types import Receive

from halley.errors import InvalidRequest, TooLarge, TooSlow

SILENCE_SECONDS = 30.0
"""A machine that vanishes in the middle of a batch says nothing any more, and must not keep its bytes for ever."""


async def receive_body(
    receive: Receive, count: Callable[[int], None], *, announced: int, limit: int, silence_seconds: float
) -> bytes:
    """Receive the body of a request.

    Args:
        receive: Gives the next piece.
        count: Told of the size of every piece before it is kept; what it raises ends the body.
        announced: How many bytes the request says the body has; 0 if it does not say.
        limit: Largest body in bytes.
        silence_seconds: How long to wait for the next piece.

    Raises:
        TooLarge: it is larger than `limit`.
        TooSlow: nothing came for so long.
        InvalidRequest: who sent it left in the middle.
    """
    if announced > limit:
        raise _too_large(limit)
    pieces: list[bytes] = []
    size = 0
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(silence_seconds) as silence:
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    raise InvalidRequest("The body was not sent to its end.", hint="Send it again.")
                piece = message["body"]
                size += len(piece)
                if size > limit:
                    raise _too_large(limit)
                count(len(piece))
                pieces.append(piece)
                if not message["more_body"]:
                    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
                silence.reschedule(loop.time() + silence_seconds)
    except TimeoutError as error:
        raise TooSlow(
            f"The body stopped after {size:,} bytes, and nothing came for {silence_seconds:g} s.", hint="Send it again."
        ) from error


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"The body is larger than the server takes, which is {limit:,} bytes.",
        hint="Send less at once; for batches, the setting max_batch_bytes can be raised (halley server --help).",
    )

"""Receiving a batch's body: for as long as bytes come, however slow the line, and no longer."""

import asyncio
from typing import Any

from litestar import Request
from litestar.exceptions import InternalServerException

from halley.errors import InvalidRequest, TooSlow

SILENCE_SECONDS = 30.0
"""A machine that vanishes in the middle of a batch says nothing any more, and must not keep its place for ever."""


async def receive(request: Request[Any, Any, Any], *, silence_seconds: float = SILENCE_SECONDS) -> bytes:
    """Receive the body of a request.

    Args:
        request: Whose body.
        silence_seconds: How long to wait for the next bytes.

    Raises:
        TooSlow: no bytes came for so long.
        InvalidRequest: who sent it left in the middle.
    """
    pieces = []
    now = asyncio.get_running_loop().time
    try:
        async with asyncio.timeout(silence_seconds) as limit:
            async for piece in request.stream():
                pieces.append(piece)
                limit.reschedule(now() + silence_seconds)
    except TimeoutError as error:
        size = sum(map(len, pieces))
        raise TooSlow(
            f"The body stopped after {size:,} bytes, and nothing came for {silence_seconds:g} s.", hint="Send it again."
        ) from error
    except InternalServerException as error:  # the framework's word for a connection that was cut
        raise InvalidRequest("The body was not sent to its end.", hint="Send it again.") from error
    return b"".join(pieces)

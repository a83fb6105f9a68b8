"""Compression of replies that are complete: one pass of gzip at its fastest level, off the event loop if large.

Replies that are streamed (live changes, downloads) pass as they are, and so does what is compressed already.
"""

import asyncio
import gzip
from collections.abc import Mapping

from litestar.types import Message, Send
from litestar.types.asgi_types import HTTPResponseStartEvent

SMALLEST = 1_024
"""Smaller replies pass as they are, in bytes."""

_INLINE = 32 * 2**10
"""Up to this size compressing takes less time than handing over to a thread, in bytes."""

_TYPES = (b"application/json", b"text/plain", b"text/html")


def accepts_gzip(headers: Mapping[str, str]) -> bool:
    """Say whether who asks can read gzip."""
    for offer in headers.get("accept-encoding", "").split(","):
        coding, _, weight = offer.strip().partition(";")
        if coding.strip().lower() in {"gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def compressing(send: Send) -> Send:
    """Wrap `send` so that a complete reply worth it is compressed."""
    held: HTTPResponseStartEvent | None = None

    async def compress(message: Message) -> None:
        nonlocal held
        if message["type"] == "http.response.start":
            held = message
            return
        if held is not None and message["type"] == "http.response.body":
            start, held = held, None
            body = message.get("body", b"")
            headers = list(start["headers"])
            if not message.get("more_body", False) and _is_worth(len(body), headers):
                body = await _gzip(body)
                headers = [pair for pair in headers if pair[0].lower() != b"content-length"]
                headers += [
                    (b"content-length", str(len(body)).encode()),
                    (b"content-encoding", b"gzip"),
                    (b"vary", b"Accept-Encoding"),
                ]
                start["headers"] = headers
                message = {"type": "http.response.body", "body": body, "more_body": False}
            await send(start)
        await send(message)

    return compress


def _is_worth(size: int, headers: list[tuple[bytes, bytes]]) -> bool:
    named = {name.lower(): value for name, value in headers}
    return (
        size >= SMALLEST
        and b"content-encoding" not in named
        and named.get(b"content-type", b"").split(b";")[0] in _TYPES
    )


async def _gzip(body: bytes) -> bytes:
    if len(body) <= _INLINE:
        return gzip.compress(body, 1, mtime=0)
    return await asyncio.to_thread(gzip.compress, body, 1, mtime=0)

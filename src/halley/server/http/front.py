"""The front door: every request passes here, to the API or to the web app, protected and compressed."""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from halley.errors import Forbidden
from halley.server.http.compress import accepts_gzip, compressing
from halley.server.http.errors import error_bytes
from halley.server.http.pages import Pages
from halley.server.http.protect import SECURITY_HEADERS, check_request


class Front:
    """One ASGI application out of the API and the web app.

    Args:
        api: Answers everything under `/api`, and the start and stop of the server.
        pages: Answers everything else.
        hosts: The names the server answers for; None for all.
    """

    def __init__(self, api: ASGIApp, pages: Pages, *, hosts: frozenset[str] | None) -> None:
        self._api = api
        self._pages = pages
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass on the start and stop of the server."""
        if scope["type"] != ScopeType.HTTP:  # the server's start and stop; there are no websockets
            await self._api(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        path = scope["path"]
        is_api = path == "/api" or path.startswith("/api/")
        send = _with_headers(send, is_api=is_api)
        try:
            check_request(scope["method"], headers, self._hosts)
        except Forbidden as error:
            await _refuse(send, error)
            return
        if not is_api:
            await self._pages.answer(scope, headers, send)
            return
        await self._api(scope, receive, compressing(send) if accepts_gzip(headers) else send)


def _with_headers(send: Send, *, is_api: bool) -> Send:
    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message["headers"], *SECURITY_HEADERS]
            if is_api and not any(name.lower() == b"cache-control" for name, _ in headers):
                headers.append((b"cache-control", b"no-store"))
            message["headers"] = headers
        await send(message)

    return add


async def _refuse(send: Send, error: Forbidden) -> None:
    body = error_bytes(error.code, error.message, error.hint)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})

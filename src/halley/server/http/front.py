"""The front door: every request passes here, to the API or to the web app, protected and compressed."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from halley.errors import Forbidden
from halley.server.http.compress import accepts_gzip, compressing
from halley.server.http.errors import error_bytes
from halley.server.http.pages import Pages
from halley.server.http.protect import SECURITY_HEADERS, check_request

DOOR_HEADERS = ("host", "origin", "sec-fetch-site", "content-length")
_DOOR_HEADERS = [(name, name.encode()) for name in DOOR_HEADERS]
_DOOR_REPLY_HEADERS = ((b"content-type", b"application/json"), (b"cache-control", b"no-store"), *SECURITY_HEADERS)


class Reply(NamedTuple):
    """A complete reply in JSON: its status, its body, and headers besides those that every reply has."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class Door(Protocol):
    """Answers requests to one path that come too often for the framework."""

    async def answer(self, scope: HTTPScope, headers: Mapping[str, str], receive: Receive) -> Reply:
        """Answer a request that is allowed; `headers` are those of `DOOR_HEADERS` that it has."""
        ...


class Front:
    """One ASGI application out of the API and the web app.

    Args:
        api: Answers everything under `/api`, and the start and stop of the server.
        pages: Answers everything else.
        doors: Answer what is posted to these paths of the API, unless there is a query.
        hosts: The names the server answers for; None for all.
    """

    def __init__(self, api: ASGIApp, pages: Pages, doors: Mapping[str, Door], *, hosts: frozenset[str] | None) -> None:
        self._api = api
        self._pages = pages
        self._doors = doors
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass on the start and stop of the server."""
        if scope["type"] != ScopeType.HTTP:  # the server's start and stop; there are no websockets
            await self._api(scope, receive, send)
            return
        path = scope["path"]
        door = self._doors.get(path)
        if door is not None and scope["method"] == "POST" and not scope["query_string"]:
            await self._answer_at(door, scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
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

    async def _answer_at(self, door: Door, scope: HTTPScope, receive: Receive, send: Send) -> None:
        given = dict(scope["headers"])
        headers = {name: given[raw].decode("latin-1") for name, raw in _DOOR_HEADERS if raw in given}
        try:
            check_request("POST", headers, self._hosts)
        except Forbidden as error:
            reply = Reply(error.status, error_bytes(error.code, error.message, error.hint), {})
        else:
            reply = await door.answer(scope, headers, receive)
        more = [(name.lower().encode(), value.encode()) for name, value in reply.headers.items()]
        length = (b"content-length", b"%d" % len(reply.body))
        await send(
            {
                "type": "http.response.start",
                "status": reply.status,
                "headers": [length, *_DOOR_REPLY_HEADERS, *more],
            }
        )
        await send({"type": "http.response.body", "body": reply.body, "more_body": False})


def _with_headers(send: Send, *, is_api: bool) -> Send:
    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            named = {name.lower() for name, _ in message["headers"]}
            headers = [*message["headers"], *(pair for pair in SECURITY_HEADERS if pair[0] not in named)]
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

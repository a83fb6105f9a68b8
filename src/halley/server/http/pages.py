"""The web app's files: read once, served from memory, and its first page for every address of the app."""

import asyncio
import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from pathlib import Path

from litestar.types import Scope, Send

from halley.server.http.compress import accepts_gzip
from halley.server.http.errors import error_bytes

STATIC_FOLDER = Path(__file__).parent.parent / "static"
"""Where `npm run build` leaves the web app, and where a wheel has it."""

_HASHED = re.compile(r"assets/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
_PACKED = (".html", ".js", ".css", ".svg", ".json", ".map", ".txt", ".wasm", ".webmanifest")
_TYPES = {".js": "text/javascript", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json"}
_FOR_EVER = b"public, max-age=31536000, immutable"
_ASK_AGAIN = b"no-cache"

_NOT_BUILT = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Halley</title>
<meta name="viewport" content="width=device-width"><style>body{font:16px/1.6 system-ui;max-width:40rem;margin:4rem auto;
padding:0 1rem}code{background:#8883;padding:.1em .3em}</style>
<h1>The server runs, its pages are not built</h1>
<p>This copy of Halley comes without the web app. The API works: <a href="/api/v1/status">/api/v1/status</a>,
<a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p>
<p>In a checkout, run <code>make setup</code> and start the server again; or install a released wheel:
<code>pip install 'halley[server]'</code>.</p></html>"""


class _File:
    """One file in memory."""

    def __init__(self, path: Path, name: str) -> None:
        self.body = path.read_bytes()
        self._is_packed = path.suffix in _PACKED and len(self.body) > 1_000
        self._gzipped: bytes | None = None
        kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        is_text = kind.startswith("text/") or kind == "application/json"
        self.kind = (kind + "; charset=utf-8" if is_text else kind).encode()
        self.caching = _FOR_EVER if _HASHED.fullmatch(name) else _ASK_AGAIN
        self.tag = f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'.encode()

    async def packed(self) -> bytes | None:
        """The body compressed, or None if it is not worth it; done once, when it is first asked for."""
        if self._is_packed and self._gzipped is None:
            self._gzipped = await asyncio.to_thread(gzip.compress, self.body, 6, mtime=0)
        return self._gzipped


class Pages:
    """Serves the web app.

    Args:
        folder: Where its files are. If there is no `index.html`, every page says how to build it.
    """

    def __init__(self, folder: Path = STATIC_FOLDER) -> None:
        self._files: dict[str, _File] = {}
        if (folder / "index.html").is_file():
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    name = path.relative_to(folder).as_posix()
                    self._files[name] = _File(path, name)

    async def answer(self, scope: Scope, headers: Mapping[str, str], send: Send) -> None:
        """Answer a request for a file or a page of the app."""
        method, path = scope["method"], scope["path"]  # type: ignore[typeddict-item]  # an HTTP scope has a method
        if method not in {"GET", "HEAD"}:
            body = error_bytes("method_not_allowed", f"{path} does not take {method}.", "The API is under /api/v1.")
            await _send(send, 405, body, [(b"content-type", b"application/json"), (b"allow", b"GET, HEAD")])
            return
        name = path.lstrip("/")
        file = self._files.get(name) if name else None
        if file is None and "." in name.rpartition("/")[2] and (name.startswith("assets/") or "/" not in name):
            # A file that is not there is an error: the app's page in its place would be taken for a script.
            body = error_bytes(
                "not_found", f"There is no file {path}.", "Reload the page; it may be of an older build."
            )
            await _send(send, 404, body, [(b"content-type", b"application/json")], is_head=method == "HEAD")
            return
        file = file or self._files.get("index.html")
        if file is None:
            kind = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")]
            await _send(send, 200, _NOT_BUILT, kind, is_head=method == "HEAD")
            return
        await _send_file(send, file, headers, is_head=method == "HEAD")


async def _send_file(send: Send, file: _File, headers: Mapping[str, str], *, is_head: bool) -> None:
    said = [(b"cache-control", file.caching), (b"etag", file.tag), (b"vary", b"Accept-Encoding")]
    if file.tag.decode() in headers.get("if-none-match", ""):
        await _send(send, 304, b"", said)
        return
    said.append((b"content-type", file.kind))
    packed = await file.packed() if accepts_gzip(headers) else None
    if packed is not None:
        said.append((b"content-encoding", b"gzip"))
    await _send(send, 200, file.body if packed is None else packed, said, is_head=is_head)


async def _send(
    send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]], *, is_head: bool = False
) -> None:
    if status != 304:
        headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_head else body, "more_body": False})

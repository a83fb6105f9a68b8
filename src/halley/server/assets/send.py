"""Sending the content of an asset: whole or a part, never held in memory, and never trusted by a browser."""

from collections.abc import Iterator, Sequence
from mimetypes import guess_extension
from typing import NamedTuple
from urllib.parse import quote

from litestar import Response
from litestar.response import Stream

from halley.core.ids import ExperimentKey
from halley.errors import NotFound
from halley.server.assets.list import no_asset
from halley.server.experiments.api import find_run
from halley.storage.ports.assets import Asset, Blob, Content
from halley.storage.ports.storage import Storage

_PIECE_BYTES = 2**20

_SANDBOX = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "style-src 'unsafe-inline' data:; img-src data: blob:; font-src data:; media-src data: blob:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
"""What a person logged may be a page with scripts: they run in an origin of their own, and reach nothing."""


class Part(NamedTuple):
    """Bytes `begin` up to `end`, which is not inside."""

    begin: int
    end: int


def send(
    storage: Storage, key: ExperimentKey, asset: str, *, wanted: str | None, known: str | None, is_download: bool
) -> Response[bytes] | Stream:
    """Answer with the content of an asset.

    Args:
        storage: The open store.
        key: Whose asset.
        asset: Its id.
        wanted: The header `Range`; one range is understood, anything else means all.
        known: The header `If-None-Match`.
        is_download: Whether a browser is to save it instead of showing it.

    Raises:
        NotFound: no experiment has this key, or it has no such asset, or its content is not there.
    """
    with storage.read() as session:
        run = find_run(session.catalog, key)
        found = session.assets.get(run, asset)
        content = session.assets.find_content(run, asset)
    if found is None:
        raise no_asset(key, asset)
    if content is None:
        why = f"is at {found.link}" if found.link else "is still on its way from the machine that logged it"
        raise NotFound(f"The content of {found.name!r} {why}.", field="asset")
    headers = _headers(found, is_download=is_download)
    if known is not None and headers["ETag"] in known:
        return Response(b"", status_code=304, headers=headers)
    size = found.size_bytes
    part = read_range(wanted, size)
    if part is None:
        return Response(b"", status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    status = 200
    if part != Part(0, size):
        status = 206
        headers["Content-Range"] = f"bytes {part.begin}-{part.end - 1}/{size}"
    media_type = found.media_type or "application/octet-stream"
    if content.data is not None:
        return Response(content.data[part.begin : part.end], status_code=status, headers=headers, media_type=media_type)
    headers["Content-Length"] = str(part.end - part.begin)
    return Stream(_read(storage, content, part), status_code=status, headers=headers, media_type=media_type)


def read_range(wanted: str | None, size: int) -> Part | None:
    """Which part a `Range` header asks for; all if it asks for none or for several; None if there is no such part.

    Source: RFC 9110, section 14.1.2.

    Example:
        >>> read_range("bytes=-10", 100), read_range("bytes=20-", 100), read_range("bytes=100-", 100)
        (Part(begin=90, end=100), Part(begin=20, end=100), None)
    """
    unit, _, ranges = (wanted or "").partition("=")
    first, dash, last = ranges.partition("-")
    first, last = first.strip(), last.strip()
    is_one = unit.strip() == "bytes" and dash and all(not one or one.isdecimal() for one in (first, last))
    if not is_one or not (first or last):
        return Part(0, size)
    if not first:
        part = Part(max(0, size - int(last)), size)
    else:
        part = Part(int(first), min(size, int(last) + 1) if last else size)
    return part if part.begin < part.end else None


def _headers(asset: Asset, *, is_download: bool) -> dict[str, str]:
    name = asset.name.rsplit("/", 1)[-1]
    if "." not in name:  # whoever saves it expects an ending
        name += guess_extension(asset.media_type.partition(";")[0]) or ""
    plain = "".join(letter if letter.isascii() and letter not in '"\\%' else "_" for letter in name)
    shown = "attachment" if is_download else "inline"
    return {
        "ETag": f'"{asset.digest}"',
        "Cache-Control": "private, max-age=3600",
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"{shown}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": _SANDBOX,
    }


def _read(storage: Storage, content: Content, part: Part) -> Iterator[bytes]:
    for blob, begin, end in _cut(content.blobs, part):
        for at in range(begin, end, _PIECE_BYTES):
            yield storage.blobs.read(blob.digest, at, min(end, at + _PIECE_BYTES))


def _cut(blobs: Sequence[Blob], part: Part) -> Iterator[tuple[Blob, int, int]]:
    """Which bytes of which blobs a part is."""
    first = 0
    for blob in blobs:
        begin, end = max(part.begin - first, 0), min(part.end - first, blob.size_bytes)
        if begin < end:
            yield blob, begin, end
        first += blob.size_bytes

"""What can be logged as a file, turned into a name, a media type, and bytes or a path."""

import io
import json
import os
from collections.abc import Iterator, Mapping
from mimetypes import MimeTypes
from pathlib import Path
from typing import Any, NamedTuple

from halley.core.asset import METADATA_LIMIT, check_asset_name
from halley.errors import ArgumentError, ArgumentTypeError

_types = MimeTypes()  # those it knows itself: what this machine knows besides is no reason for other pages
_MORE_TYPES = {
    ".jsonl": "application/jsonl",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".toml": "application/toml",
    ".webp": "image/webp",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".log": "text/plain",
    ".ipynb": "application/x-ipynb+json",
}


class Source(NamedTuple):
    """Content to log: its name, its media type, and either its bytes or the file that holds them."""

    name: str
    media_type: str
    data: bytes | None
    path: Path | None


def read_source(value: Any, name: str | None, argument: str) -> Source:
    """Read a path, an open file or bytes.

    Raises:
        ArgumentError: there is no such file, or the name cannot be used.
        ArgumentTypeError: it is none of these.

    Example:
        >>> read_source(b"a,b", "table.csv", "log_asset(file_data)")
        Source(name='table.csv', media_type='text/csv', data=b'a,b', path=None)
    """
    if isinstance(value, (bytes, bytearray, memoryview)):
        return make_source(name or "data", bytes(value), argument)
    if isinstance(value, (str, os.PathLike)):
        path = Path(value)
        if not path.is_file():
            what = "a folder" if path.is_dir() else "no file"
            raise ArgumentError(
                f"{argument}={str(value)[:200]!r} is {what}.",
                hint="Pass the path of a file; log_asset_folder takes folders, log_asset_data text.",
            )
        named = check_asset_name(name or path.name, argument)
        return Source(named, find_media_type(named), None, path)
    if hasattr(value, "read"):
        data = value.read()
        given = getattr(value, "name", None)
        found = name or (Path(given).name if isinstance(given, str) else "data")
        return make_source(found, data.encode() if isinstance(data, str) else bytes(data), argument)
    raise ArgumentTypeError(
        f"{argument} is of type {type(value).__name__}, which is no file.", hint="Pass a path, an open file or bytes."
    )


def encode_data(data: Any, name: str) -> Source:
    """Turn data into a file: text and bytes as they are, anything else as JSON.

    Raises:
        ArgumentTypeError: JSON cannot hold it.
    """
    if isinstance(data, (bytes, bytearray, memoryview)):
        return make_source(name, bytes(data), "log_asset_data(name)")
    if isinstance(data, str):
        return make_source(name, data.encode("utf-8", "surrogatepass"), "log_asset_data(name)", "text/plain")
    if isinstance(data, io.IOBase):
        return read_source(data, name, "log_asset_data(data)")
    text = write_json(data, "log_asset_data(data)")
    return make_source(name, text.encode(), "log_asset_data(name)", "application/json")


def make_source(name: str, data: bytes, argument: str, media_type: str = "") -> Source:
    """Name bytes; the media type is that of the name's ending, and else the one given."""
    named = check_asset_name(name, argument)
    return Source(named, find_media_type(named) or media_type, data, None)


def make_json(name: str, value: Any, argument: str) -> Source:
    """Name a value that is written as JSON, whatever the name's ending.

    Raises:
        ArgumentTypeError: JSON cannot hold it.
    """
    return make_source(name, write_json(value, argument).encode(), argument)._replace(media_type="application/json")


def find_media_type(name: str) -> str:
    """The media type of a file by its name; empty if it is not known.

    Example:
        >>> find_media_type("weights/loss.png"), find_media_type("weights.pt")
        ('image/png', '')
    """
    found, encoding = _types.guess_type(name)
    if encoding is not None:  # a compressed file is shown as one
        return f"application/{encoding}"
    return _MORE_TYPES.get(Path(name).suffix.lower()) or found or ""


def encode_metadata(metadata: Any, argument: str) -> str:
    """Write metadata as a JSON object; empty for none.

    Raises:
        ArgumentTypeError: it is no dictionary, or JSON cannot hold it.
        ArgumentError: it is too long.
    """
    if not metadata and (metadata is None or isinstance(metadata, Mapping)):
        return ""
    if not isinstance(metadata, Mapping):
        raise ArgumentTypeError(
            f"{argument} is of type {type(metadata).__name__}, not a dictionary.", hint="Pass {name: value}."
        )
    text = write_json(dict(metadata), argument)
    if len(text) > METADATA_LIMIT:
        raise ArgumentError(
            f"{argument} has {len(text):,} characters of JSON, the limit is {METADATA_LIMIT:,}.",
            hint="Log it as an asset of its own.",
        )
    return text


def write_json(value: Any, argument: str) -> str:
    """Write a value as JSON: arrays as lists, NaN and infinities as null, what else JSON does not know as text.

    Raises:
        ArgumentTypeError: it cannot be written, as it holds itself.
    """
    try:
        text = json.dumps(value, default=_to_json, ensure_ascii=False, allow_nan=True)
        if "NaN" in text or "Infinity" in text:  # perhaps inside a text only
            text = json.dumps(_without_odd(json.loads(text)), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ArgumentTypeError(f"{argument} cannot be written as JSON: {error}.", hint="Log it as text.") from error
    return text


def _to_json(value: Any) -> Any:
    for method in ("tolist", "to_dict"):
        convert = getattr(value, method, None)
        if callable(convert):
            return convert()
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    return str(value)


def _without_odd(value: Any) -> Any:
    if isinstance(value, float) and (value != value or value in {float("inf"), float("-inf")}):
        return None
    if isinstance(value, list):
        return [_without_odd(item) for item in value]
    if isinstance(value, dict):
        return {key: _without_odd(item) for key, item in value.items()}
    return value


def list_folder(folder: Path, *, recursive: bool) -> Iterator[Path]:
    """List the files of a folder by name.

    Raises:
        ArgumentError: there is no such folder.
    """
    if not folder.is_dir():
        raise ArgumentError(f"log_asset_folder(folder)={str(folder)!r} is no folder.", hint="Pass the path of one.")
    return (path for path in sorted(folder.rglob("*") if recursive else folder.iterdir()) if path.is_file())

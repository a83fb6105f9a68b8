"""Assets: files of an experiment, and small pieces of data that are shown like files."""

import re
from pathlib import PurePosixPath

from halley.core.names import check_name
from halley.errors import ArgumentError

BLOB_BYTES = 8 * 2**20
"""The content of an asset is kept in blobs of this size, the last one shorter; a blob is known by its SHA-256."""

INLINE_BYTES = 65_536
"""Content up to this size travels and is kept with the asset itself, in no blob."""

BLOB_LIMIT = 131_072
"""Most blobs of an asset: 1 TiB."""

KIND_LIMIT = 50
METADATA_LIMIT = 1_000_000
"""Longest metadata, in characters of JSON."""

_KIND = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[0-9a-f]{32}")


def check_asset_name(value: object, argument: str) -> str:
    r"""Return `value` as an asset's name: a path with `/` that stays inside its folder.

    Backslashes and a drive or slash in front are what other systems write; they become what they mean.

    Raises:
        ArgumentTypeError: it is no string.
        ArgumentError: it is empty, too long, has control characters, or leads out of its folder.

    Example:
        >>> check_asset_name("weights\\epoch 3.pt", "name")
        'weights/epoch 3.pt'
    """
    name = check_name(value, argument).replace("\\", "/")
    parts = [part for part in PurePosixPath(name).parts if part != "/"]
    if not parts or ".." in parts:
        raise ArgumentError(
            f"{argument}={value!r} is no path inside a folder.", hint="Leave out '..', and name a file."
        )
    return "/".join(parts)


def check_kind(value: object, argument: str) -> str:
    """Return `value` as the kind of an asset, such as `image`.

    Raises:
        ArgumentTypeError: it is no string.
        ArgumentError: it is empty or too long, or has other letters than lower-case ones, digits, `-`, `_` and `.`.
    """
    kind = check_name(value, argument, limit=KIND_LIMIT)
    if not _KIND.fullmatch(kind):
        raise ArgumentError(
            f"{argument}={kind!r} is no kind of asset.", hint="Use lower-case letters, digits, '-', '_' and '.'."
        )
    return kind


def is_digest(value: object) -> bool:
    """Say whether `value` is a SHA-256 in hexadecimal."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def is_asset_id(value: object) -> bool:
    """Say whether `value` is the id of an asset: 32 hexadecimal digits."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None

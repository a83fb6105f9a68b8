"""Checking what is said of an asset, before the store is touched."""

import math
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from halley.core.asset import (
    BLOB_LIMIT,
    INLINE_BYTES,
    METADATA_LIMIT,
    check_asset_name,
    check_kind,
    is_asset_id,
    is_digest,
)
from halley.core.metric import STEP_LIMIT
from halley.core.names import check_name
from halley.errors import InvalidRequest
from halley.server.http.check import checked
from halley.storage.ports import assets as port
from halley.wire.api import BlobRef
from halley.wire.batch import COUNT_LIMIT
from halley.wire.records import Asset

_LINKS = {"http", "https", "s3", "gs", "az", "abfs", "abfss", "hdfs", "file", "ftp", "dbfs", "hf"}
_LINK_LIMIT = 10_000
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+(?:; ?[a-z]+=[\w.+-]+)*", re.ASCII | re.IGNORECASE)


def read_asset(record: Asset, contents: Sequence[bytes], field: str) -> port.NewAsset:
    """Check an asset of a batch.

    Args:
        record: The record.
        contents: Contents of the batch's small assets, which the record counts into.
        field: The record's place in the batch.

    Raises:
        InvalidRequest: something in it cannot be; `field` says where.
    """
    check_id(record.id, f"{field}.id")
    data = _read_content(record, contents, field)
    if not 0 <= record.size_bytes <= COUNT_LIMIT:
        raise InvalidRequest(f"{field}.size_bytes={record.size_bytes} is no size.", field=f"{field}.size_bytes")
    if record.step is not None and not -STEP_LIMIT <= record.step <= STEP_LIMIT:
        raise InvalidRequest(f"{field}.step={record.step} is out of range.", field=f"{field}.step")
    if record.epoch is not None and not math.isfinite(record.epoch):
        raise InvalidRequest(f"{field}.epoch={record.epoch} is not finite.", field=f"{field}.epoch")
    if record.context:
        checked(check_name, record.context, f"{field}.context")
    if record.media_type and not (len(record.media_type) <= 200 and _MEDIA_TYPE.fullmatch(record.media_type)):
        raise InvalidRequest(f"{field}.media_type is no media type.", field=f"{field}.media_type")
    _check_metadata(record.metadata, f"{field}.metadata")
    _check_link(record.link, f"{field}.link")
    asset = port.Asset(
        id=record.id,
        name=checked(check_asset_name, record.name, f"{field}.name"),
        kind=checked(check_kind, record.kind, f"{field}.kind"),
        media_type=record.media_type,
        step=record.step,
        epoch=record.epoch,
        context=record.context,
        metadata=record.metadata,
        size_bytes=record.size_bytes if data is None else len(data),
        link=record.link,
        logged_at=record.time,
    )
    return port.NewAsset(asset, data, record.is_overwriting)


def check_id(value: str, field: str) -> str:
    """Check the id of an asset.

    Raises:
        InvalidRequest: it cannot be one.
    """
    if not is_asset_id(value):
        raise InvalidRequest(
            f"{field}={value[:60]!r} is not the id of an asset.", hint="It is 32 hexadecimal digits.", field=field
        )
    return value


def check_digest(value: str, field: str) -> str:
    """Check a SHA-256.

    Raises:
        InvalidRequest: it cannot be one.
    """
    if not is_digest(value):
        raise InvalidRequest(
            f"{field}={value[:80]!r} is not a SHA-256.",
            hint="It is 64 hexadecimal digits in small letters.",
            field=field,
        )
    return value


def read_blobs(blobs: Sequence[BlobRef]) -> list[port.Blob]:
    """Check which blobs the content of an asset is.

    Raises:
        InvalidRequest: there are none or too many, or one cannot be; `field` says which.
    """
    if not 0 < len(blobs) <= BLOB_LIMIT:
        raise InvalidRequest(
            f"The content has {len(blobs):,} blobs.", hint=f"It has from 1 to {BLOB_LIMIT:,}.", field="blobs"
        )
    return [
        port.Blob(check_digest(blob.digest, f"blobs[{place}].digest"), blob.size_bytes)
        for place, blob in enumerate(blobs)
    ]


def _read_content(record: Asset, contents: Sequence[bytes], field: str) -> bytes | None:
    if record.content is None:
        if record.data is None:
            return None
        data = record.data
    elif 0 <= record.content < len(contents):
        data = contents[record.content]
    else:
        raise InvalidRequest(
            f"{field}.content={record.content} is none of the batch's {len(contents)} contents.",
            field=f"{field}.content",
        )
    if len(data) > INLINE_BYTES:
        raise InvalidRequest(
            f"The content of {field} has {len(data):,} bytes.",
            hint=f"More than {INLINE_BYTES:,} are put as blobs.",
            field=field,
        )
    return data


def _check_metadata(text: str, field: str) -> None:
    if not text:
        return
    if len(text) > METADATA_LIMIT:
        raise InvalidRequest(f"{field} has {len(text):,} characters.", hint="At most a million.", field=field)
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InvalidRequest(f"{field} is no JSON: {error}.", field=field) from error
    if not isinstance(found, dict):
        raise InvalidRequest(f"{field} is no JSON object.", field=field)


def _check_link(link: str, field: str) -> None:
    if not link:
        return
    try:
        scheme = urlsplit(link).scheme
    except ValueError:
        scheme = ""
    if len(link) > _LINK_LIMIT or scheme not in _LINKS:
        raise InvalidRequest(
            f"{field}={link[:100]!r} is no address of a file.",
            hint=f"It begins with one of {sorted(_LINKS)}.",
            field=field,
        )

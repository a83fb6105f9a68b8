"""The bytes of a segment: a header, then frames. Pure; knows no files.

```
segment = magic "HALLEYJ1", version u16, flags u16, body length u32, crc32 of body u32, body, frame*
body    = msgpack of `Header`
frame   = payload length u32, crc32 of payload u32, payload       (length 0: nothing further yet)
payload = `wire.points.POINT`, or msgpack of a `wire.records` record
```

All numbers are little-endian. Metric ids hold inside a segment, so every segment can be read alone.
"""

import struct
from typing import Literal
from zlib import crc32

import msgspec

from halley.errors import JournalCorrupt, JournalVersionError

MAGIC = b"HALLEYJ1"
VERSION = 1
SUFFIX = ".journal"
HEAD = struct.Struct("<II")
"""What stands before a payload: its length and its crc32."""
HEADER_LIMIT = 65_536
"""Longest header in bytes; a longer one is no header."""

_PREFIX = struct.Struct("<8sHHII")

Kind = Literal["trainer", "fork", "output", "sender"]
"""Who writes: the training process, a forked child of it, the capture of its output, or the sender on its behalf."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What opens a segment.

    Attributes:
        experiment_key: Whose records these are.
        workspace: Where the experiment belongs.
        project: Where the experiment belongs.
        writer: Whose journal this is a segment of.
        kind: Who wrote it.
        first: The number of its first record.
        created_at: Milliseconds since 1970 UTC.
    """

    experiment_key: str
    workspace: str
    project: str
    writer: str
    kind: Kind
    first: int
    created_at: int


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Header)


def encode_header(header: Header) -> bytes:
    """Encode a segment's header."""
    body = _encoder.encode(header)
    return _PREFIX.pack(MAGIC, VERSION, 0, len(body), crc32(body)) + body


def decode_header(data: bytes) -> tuple[Header, int]:
    """Decode a segment's header, and say where its first frame begins.

    Raises:
        JournalCorrupt: these bytes are no header.
        JournalVersionError: a newer Halley wrote them.
    """
    if len(data) < _PREFIX.size or not data.startswith(MAGIC):
        raise JournalCorrupt("The file is not a journal of Halley.", hint="Remove it if nothing else knows it.")
    _, version, _, length, crc = _PREFIX.unpack_from(data)
    if version > VERSION:
        raise JournalVersionError(
            f"The journal has version {version}, this Halley reads up to {VERSION}.", hint="Upgrade Halley."
        )
    end = _PREFIX.size + length
    body = data[_PREFIX.size : end]
    if len(body) != length or crc32(body) != crc:
        raise JournalCorrupt("The header of the journal is damaged.")
    try:
        return _decoder.decode(body), end
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise JournalCorrupt(f"The header of the journal is damaged: {error}.") from error


def frame(payload: bytes) -> bytes:
    """Put length and checksum before a payload."""
    return HEAD.pack(len(payload), crc32(payload)) + payload


def segment_name(first: int) -> str:
    """Name the segment that begins with record `first`.

    Example:
        >>> segment_name(42)
        '000000000042.journal'
    """
    return f"{first:012d}{SUFFIX}"

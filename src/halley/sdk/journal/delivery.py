"""How far the sender is: a small file in the run folder, written by the sender and read by the training process.

It is written in place, so that a reader that keeps it open sees the last word even after the run folder is gone.
"""

import os
import struct
from pathlib import Path
from zlib import crc32

import msgspec

_HEAD = struct.Struct("<II")
_LIMIT = 65_536


class Delivery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far the sender is.

    Attributes:
        acknowledged: Records durable on the server, by writer.
        delivered: How many records that is in all, of this run folder.
        refused: Records the server would not take; kept in `refused/`.
        files: How many files wait to be sent.
        broken: Records that could not be read; what is left of them is in `broken/`.
        error: Why the last attempt failed; empty if it did not.
        failing_since: When attempts began to fail, milliseconds since 1970 UTC; 0 if the last one did not.
        name: The experiment's name.
        path: The experiment's page, relative to the server's address.
        is_gone: Whether the experiment was deleted on the server, so that nothing is kept any more.
        is_done: Whether all writers are closed and everything is acknowledged.
    """

    acknowledged: dict[str, int] = {}
    delivered: int = 0
    refused: int = 0
    files: int = 0
    broken: int = 0
    error: str = ""
    failing_since: int = 0
    name: str = ""
    path: str = ""
    is_gone: bool = False
    is_done: bool = False


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Delivery)


def open_delivery(run: Path) -> int:
    """Open the file, making it where it is missing, with room so that a disk that fills up later does no harm."""
    descriptor = os.open(run / "delivery", os.O_RDWR | os.O_CREAT, 0o600)
    if os.fstat(descriptor).st_size == 0:
        os.pwrite(descriptor, bytes(4096), 0)
    return descriptor


def write_delivery(descriptor: int, delivery: Delivery) -> None:
    """Replace what the file says."""
    body = _encoder.encode(delivery)
    os.pwrite(descriptor, _HEAD.pack(len(body), crc32(body)) + body, 0)


def read_delivery(descriptor: int) -> Delivery | None:
    """Read what the file says; None if the sender said nothing yet, or is writing just now."""
    data = os.pread(descriptor, _LIMIT, 0)
    if len(data) < _HEAD.size:
        return None
    length, crc = _HEAD.unpack_from(data)
    body = data[_HEAD.size : _HEAD.size + length]
    if length == 0 or len(body) != length or crc32(body) != crc:
        return None
    return _decoder.decode(body)

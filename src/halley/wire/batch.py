"""A batch: what a sender posts to the server, and the server's reply.

A batch covers `count` records of one writer's journal, the first of them number `first` (from 0). The server takes it
if it has exactly `first` records of this writer, and answers with how many it has then; a batch it already has is
acknowledged again and changes nothing. That is the whole of exactly-once.

Format: zstandard-compressed msgpack of `Batch`, media type `MEDIA_TYPE`. Points are columns of little-endian numbers
that the server hands to the store without touching one point in Python.
"""

import threading

import msgspec
import zstandard

from halley.errors import InvalidRequest, TooLarge
from halley.wire.records import AnyRecord

VERSION = 1
MEDIA_TYPE = "application/vnd.halley.batch"
SIZE_LIMIT = 64 * 2**20
"""Largest batch before compression, in bytes."""

COUNT_LIMIT = 2**53
"""Most records of a writer: what every reader of JSON counts exactly."""

_POINT_SIZES = {"metric": 4, "step": 8, "time": 8, "epoch": 8, "value": 8}


class Points(msgspec.Struct, frozen=True):
    """Points of many metrics, in the order in which they were logged, as columns.

    Attributes:
        metrics: The (name, context) pairs that `metric` counts into.
        metric: uint32 per point, an index into `metrics`.
        step: int64 per point; `core.metric.NO_STEP` where there is none.
        time: int64 per point, milliseconds since 1970 UTC.
        epoch: float64 per point; NaN where there is none.
        value: float64 per point, bit by bit as logged.
    """

    metrics: tuple[tuple[str, str], ...] = ()
    metric: bytes = b""
    step: bytes = b""
    time: bytes = b""
    epoch: bytes = b""
    value: bytes = b""

    def __len__(self) -> int:
        """How many points there are."""
        return len(self.metric) // 4


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Records of one writer, to be taken once. With `count` 0 it is a heartbeat.

    `workspace` and `project` are repeated in every batch, so that the server can make the experiment from any batch.
    `is_resend_after_loss` says that the records between what the server has and `first` are gone on this side too
    (the server was restored from an older copy): take it all the same.
    """

    version: int = VERSION
    experiment_key: str
    workspace: str
    project: str
    writer: str
    first: int
    count: int
    records: tuple[AnyRecord, ...] = ()
    points: Points = Points()
    is_resend_after_loss: bool = False


class BatchReply(msgspec.Struct, frozen=True, kw_only=True):
    """What the server answers to a batch.

    Attributes:
        acknowledged: How many records of this writer are durable, all of them contiguous from 0.
        state: The experiment's state.
        name: The experiment's name.
        path: The experiment's page, relative to the server's address, such as `/default/general/experiments/KEY`.
    """

    acknowledged: int
    state: str
    name: str
    path: str


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Batch)
_of_thread = threading.local()


def _decompressor() -> zstandard.ZstdDecompressor:
    """A thread's own: making one costs ten times what decompressing a small batch does."""
    made: zstandard.ZstdDecompressor | None = getattr(_of_thread, "decompressor", None)
    if made is None:
        made = _of_thread.decompressor = zstandard.ZstdDecompressor()
    return made


def encode_batch(batch: Batch) -> bytes:
    """Encode and compress a batch."""
    return zstandard.ZstdCompressor(level=1).compress(_encoder.encode(batch))


def decode_batch(data: bytes) -> Batch:
    """Decompress, decode and check a batch.

    Raises:
        InvalidRequest: it is no batch, of another version, or its columns do not fit together.
        TooLarge: it is larger than `SIZE_LIMIT` before compression.
    """
    try:
        size = zstandard.frame_content_size(data)
        if size > SIZE_LIMIT:
            raise TooLarge(
                f"The batch has {size:,} bytes before compression, the limit is {SIZE_LIMIT:,}.",
                hint="Send fewer records in a batch.",
            )
        if size < 0:
            raise InvalidRequest("The batch does not say its size.", hint="Compress it in one piece.")
        batch = _decoder.decode(_decompressor().decompress(data))
    except (zstandard.ZstdError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRequest(
            f"The body is not a batch: {error}.", hint=f"Send {MEDIA_TYPE}, version {VERSION}."
        ) from error
    _check(batch)
    return batch


def _check(batch: Batch) -> None:
    if batch.version != VERSION:
        raise InvalidRequest(
            f"The batch has version {batch.version}, this server reads version {VERSION}.",
            hint="Upgrade the older of the two.",
            field="version",
        )
    if not (0 <= batch.first <= COUNT_LIMIT and 0 <= batch.count <= COUNT_LIMIT):
        raise InvalidRequest(f"first and count must be from 0 to {COUNT_LIMIT}.", field="first")
    points, count = batch.points, len(batch.points)
    wide = len(points.step), len(points.time), len(points.epoch), len(points.value)
    if wide == (8 * count,) * 4 and len(points.metric) == 4 * count:
        return
    for column, width in _POINT_SIZES.items():
        if len(getattr(points, column)) != count * width:
            raise InvalidRequest(
                f"Column {column} has {len(getattr(points, column))} bytes, not {count} points of {width} bytes.",
                field=f"points.{column}",
            )

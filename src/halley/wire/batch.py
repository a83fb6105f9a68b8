"""A batch: what a sender posts to the server, and the server's reply.

A batch covers `count` records of one writer's journal, the first of them number `first` (from 0). The server takes it
if it has exactly `first` records of this writer, and answers with how many it has then; a batch it already has is
acknowledged again and changes nothing. That is the whole of exactly-once.

Format: zstandard-compressed msgpack of `Batch`, media type `MEDIA_TYPE`. Points are columns of little-endian numbers
that the server hands to the store without touching one point in Python.
"""

import threading
from typing import Annotated

import msgspec
import zstandard

from halley.errors import InvalidRequest, TooLarge
from halley.wire.records import AnyRecord

VERSION = 1
MEDIA_TYPE = "application/vnd.halley.batch"
SIZE_LIMIT = 64 * 2**20
"""Largest batch before compression, in bytes."""

OBJECT_LIMIT = 16 * 2**20
"""Largest records and names of metrics of a batch before compression, in bytes: these become objects, which take many
times as much memory as they take here."""

COUNT_LIMIT = 2**53
"""Most records of a writer: what every reader of JSON counts exactly."""

Contents = Annotated[tuple[bytes, ...], msgspec.Meta(max_length=65_536)]
"""Contents of small assets; more would be mostly the objects that hold them."""

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
    (the server was restored from an older copy): take it all the same. `contents` are those of small assets, which the
    records count into.
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
    contents: Contents = ()
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


class _RawPoints(msgspec.Struct, frozen=True):
    """`Points`, the names not decoded yet."""

    metrics: msgspec.Raw = msgspec.Raw(b"\x90")
    metric: bytes = b""
    step: bytes = b""
    time: bytes = b""
    epoch: bytes = b""
    value: bytes = b""


class RawBatch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch whose records and names are not decoded yet: what it costs to do so can be known before."""

    version: int
    experiment_key: str
    workspace: str
    project: str
    writer: str
    first: int
    count: int
    records: msgspec.Raw = msgspec.Raw(b"\x90")
    points: _RawPoints = _RawPoints()
    contents: Contents = ()
    is_resend_after_loss: bool = False

    @property
    def object_bytes(self) -> int:
        """How many bytes will become objects."""
        return memoryview(self.records).nbytes + memoryview(self.points.metrics).nbytes

    def decode(self) -> Batch:
        """Decode the rest, and check the batch.

        Raises:
            InvalidRequest: it is no batch, of another version, or its columns do not fit together.
        """
        raw = self.points
        try:
            records = _records_decoder.decode(self.records)
            metrics = _metrics_decoder.decode(raw.metrics)
        except _ERRORS as error:
            raise _no_batch(error) from error
        batch = Batch(
            version=self.version,
            experiment_key=self.experiment_key,
            workspace=self.workspace,
            project=self.project,
            writer=self.writer,
            first=self.first,
            count=self.count,
            records=records,
            points=Points(metrics, raw.metric, raw.step, raw.time, raw.epoch, raw.value),
            contents=self.contents,
            is_resend_after_loss=self.is_resend_after_loss,
        )
        _check(batch)
        return batch


_ERRORS = (zstandard.ZstdError, msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_encoder = msgspec.msgpack.Encoder()
_raw_decoder = msgspec.msgpack.Decoder(RawBatch)
_records_decoder = msgspec.msgpack.Decoder(tuple[AnyRecord, ...])
_metrics_decoder = msgspec.msgpack.Decoder(tuple[tuple[str, str], ...])
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
        TooLarge: it is larger than `SIZE_LIMIT` or `OBJECT_LIMIT` before compression.
    """
    return open_batch(data).decode()


def open_batch(data: bytes) -> RawBatch:
    """Decompress a batch, and decode what takes no more memory than it takes there.

    Raises:
        InvalidRequest: it is no batch.
        TooLarge: it is larger than `SIZE_LIMIT` or `OBJECT_LIMIT` before compression.
    """
    try:
        size = zstandard.frame_content_size(data)
        if size > SIZE_LIMIT:
            raise _too_large("The batch has", size, SIZE_LIMIT)
        if size < 0:
            raise InvalidRequest("The batch does not say its size.", hint="Compress it in one piece.")
        raw = _raw_decoder.decode(_decompressor().decompress(data))
    except _ERRORS as error:
        raise _no_batch(error) from error
    if raw.object_bytes > OBJECT_LIMIT:
        raise _too_large("The batch's records and names have", raw.object_bytes, OBJECT_LIMIT)
    return raw


def _too_large(what: str, size: int, limit: int) -> TooLarge:
    return TooLarge(
        f"{what} {size:,} bytes before compression, the limit is {limit:,}.", hint="Send fewer records in a batch."
    )


def _no_batch(error: Exception) -> InvalidRequest:
    return InvalidRequest(f"The body is not a batch: {error}.", hint=f"Send {MEDIA_TYPE}, version {VERSION}.")


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

"""The closed union of everything an experiment can say. Journal, sender, ingest and importers read this one list.

A metric's points are too many to be objects: in the journal a point is a fixed-size binary record (`wire.points`)
that refers to a `DefineMetric`, and in a batch all points are columns (`wire.batch.Points`). Everything else is a
tagged msgpack map, so that a record can gain fields without a new version.

To add a record: one class here, one pane method in the SDK, one case in `server/ingest/apply.py`.
"""

from typing import Literal

import msgspec

from halley.core.output import OutputLine
from halley.core.parameter import Value


class Record(msgspec.Struct, frozen=True, tag_field="t", omit_defaults=True, kw_only=True):
    """Base of all records.

    Attributes:
        time: When it was said, milliseconds since 1970 UTC.
    """

    time: int


class Start(Record, tag="start", frozen=True, omit_defaults=True, kw_only=True):
    """An experiment begins, or is taken up again by a new writer. The first record of every journal."""

    workspace: str
    project: str
    name: str = ""
    mode: Literal["create", "get", "get_or_create"] = "create"
    source: str = ""
    """Where it comes from, such as `halley 0.1.0`; shown as `Created from`."""
    host: str = ""
    process: int = 0
    command: str = ""


class DefineMetric(Record, tag="metric", frozen=True, omit_defaults=True, kw_only=True):
    """Journal only: the points that follow call this metric by `id`. Holds until the segment ends."""

    id: int
    name: str
    context: str = ""


class Parameter(Record, tag="parameter", frozen=True, omit_defaults=True, kw_only=True):
    """A parameter has a value; the later one wins."""

    name: str
    value: Value
    source: Literal["manual", "auto", "cli"] = "manual"


class Other(Record, tag="other", frozen=True, omit_defaults=True, kw_only=True):
    """A loose fact has a value; the later one wins."""

    name: str
    value: Value


class Name(Record, tag="name", frozen=True, omit_defaults=True, kw_only=True):
    """The experiment's name, from now on."""

    name: str


class AddTags(Record, tag="tags", frozen=True, omit_defaults=True, kw_only=True):
    """Labels to add."""

    tags: tuple[str, ...]


class Output(Record, tag="output", frozen=True, omit_defaults=True, kw_only=True):
    """Lines of output, in the order in which they began."""

    lines: tuple[OutputLine, ...]


class Asset(Record, tag="asset", frozen=True, omit_defaults=True, kw_only=True):
    """A file, or a piece of data that is shown like one.

    Attributes:
        id: 32 hexadecimal digits, made up by the writer.
        name: A path with `/`.
        kind: What it is shown as, such as `image`.
        media_type: Such as `image/png`.
        step: The step it belongs to, if any.
        epoch: The epoch it belongs to, if any.
        context: Such as `train`.
        metadata: A JSON object as text; empty for none.
        size_bytes: Of its content.
        data: Journal only: its content, if that is small. In a batch it is in `Batch.contents`.
        content: Batch only: the place of its content there; None if it is sent apart (`wire.api.AttachContent`).
        link: Where a remote asset is, which has no content here.
        is_overwriting: Whether it takes the place of those with its kind, name and step.
    """

    id: str
    name: str
    kind: str = "file"
    media_type: str = ""
    step: int | None = None
    epoch: float | None = None
    context: str = ""
    metadata: str = ""
    size_bytes: int = 0
    data: bytes | None = None
    content: int | None = None
    link: str = ""
    is_overwriting: bool = False


class End(Record, tag="end", frozen=True, omit_defaults=True, kw_only=True):
    """The experiment ended.

    `state` is how; `reason` one line for people (the exception, the signal); `traceback` the whole story.
    """

    state: Literal["finished", "failed", "killed"]
    reason: str = ""
    traceback: str = ""


AnyRecord = Start | DefineMetric | Parameter | Other | Name | AddTags | Output | Asset | End
"""The closed union."""

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(AnyRecord)


def encode_record(record: AnyRecord) -> bytes:
    """Encode a record as tagged msgpack."""
    return _encoder.encode(record)


def decode_record(data: bytes | memoryview) -> AnyRecord:
    """Decode a record.

    Raises:
        msgspec.ValidationError: the bytes are msgpack, but no record.
        msgspec.DecodeError: the bytes are no msgpack.
    """
    record: AnyRecord = _decoder.decode(data)
    return record

"""Batches cross the wire unchanged; what is no batch is refused with a clear error."""

from __future__ import annotations

import struct

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from halley.core.output import OutputLine
from halley.errors import InvalidRequest, TooLarge
from halley.wire import batch as wire
from halley.wire.batch import OBJECT_LIMIT, Batch, Points, decode_batch, encode_batch
from halley.wire.points import POINT, POINT_KIND
from halley.wire.records import (
    AddTags,
    AnyRecord,
    Asset,
    DefineMetric,
    End,
    Name,
    Other,
    Output,
    Parameter,
    Start,
    decode_record,
    encode_record,
)

KEY, WRITER = "k" * 32, "0" * 32
RECORDS: list[AnyRecord] = [
    Start(time=1, workspace="default", project="digits", host="h", process=7, command="python train.py"),
    DefineMetric(time=2, id=1, name="loss", context="train"),
    Parameter(time=3, name="lr", value=0.1),
    Parameter(time=3, name="big", value=-(2**63)),
    Other(time=4, name="note", value=None),
    Name(time=5, name="first"),
    AddTags(time=6, tags=("a", "b")),
    Output(time=7, lines=(OutputLine(0, 1, 7, "hello"), OutputLine(1, 2, 8, "\x1b[31mred"))),
    Asset(time=8, id="a" * 32, name="a/b.png", kind="image", step=-3, epoch=0.5, metadata='{"a": 1}', data=b"\0\xff"),
    Asset(time=8, id="b" * 32, name="c", content=0, size_bytes=3),
    End(time=9, state="failed", reason="ValueError: no", traceback="Traceback..."),
]


def a_batch(**changes: object) -> Batch:
    fields = {
        "experiment_key": KEY,
        "workspace": "default",
        "project": "digits",
        "writer": WRITER,
        "first": 0,
        "count": 0,
    }
    return Batch(**{**fields, **changes})


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_every_record_survives_the_journal_and_the_wire(record: AnyRecord) -> None:
    assert decode_record(encode_record(record)) == record
    assert encode_record(record)[0] != POINT_KIND
    sent = a_batch(records=(record,), count=1)
    assert decode_batch(encode_batch(sent)) == sent


def test_contents_of_small_assets_stand_beside_the_records() -> None:
    sent = a_batch(records=(Asset(time=1, id="a" * 32, name="a", content=1),), contents=(b"", b"\0" * 1_000), count=1)
    body = encode_batch(sent)
    assert decode_batch(body) == sent
    assert wire.open_batch(body).object_bytes < 200
    with pytest.raises(InvalidRequest, match="length <= 65536"):
        decode_batch(encode_batch(a_batch(contents=(b"",) * 65_537)))


def test_the_union_is_covered_by_this_test() -> None:
    assert {type(record) for record in RECORDS} == set(AnyRecord.__args__)  # type: ignore[attr-defined]


def test_a_record_of_a_later_version_with_more_fields_is_read() -> None:
    later = msgspec.msgpack.encode({"t": "name", "time": 1, "name": "x", "colour": "blue"})
    assert decode_record(later) == Name(time=1, name="x")


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(-(2**63), 2**63 - 1), st.floats()), max_size=50))
def test_points_keep_every_bit(points: list[tuple[int, int, float]]) -> None:
    columns = Points(
        metrics=(("loss", ""),),
        metric=struct.pack(f"<{len(points)}I", *(point[0] for point in points)),
        step=struct.pack(f"<{len(points)}q", *(point[1] for point in points)),
        time=bytes(8 * len(points)),
        epoch=bytes(8 * len(points)),
        value=struct.pack(f"<{len(points)}d", *(point[2] for point in points)),
    )
    assert decode_batch(encode_batch(a_batch(points=columns, count=len(points)))).points == columns
    assert len(columns) == len(points)


def test_the_binary_point_is_37_bytes() -> None:
    assert POINT.size == 37


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not a batch"),
        (b"hello", "not a batch"),
        (zstandard.compress(b"hello"), "not a batch"),
        (zstandard.compress(msgspec.msgpack.encode({"version": 1})), "not a batch"),
        (encode_batch(a_batch())[:-3], "not a batch"),
        (encode_batch(a_batch(version=2)), "version 2"),
        (encode_batch(a_batch(first=-1)), "from 0 to"),
        (encode_batch(a_batch(points=Points(metric=b"1234", step=b"short"))), "Column step"),
    ],
)
def test_what_is_no_batch_is_refused(body: bytes, says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        decode_batch(body)


def test_a_bomb_is_refused_unopened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "SIZE_LIMIT", 1_000)
    with pytest.raises(TooLarge, match="1,000"):
        decode_batch(zstandard.compress(bytes(100_000)))
    streamed = zstandard.ZstdCompressor(write_content_size=False).compress(bytes(100_000))
    with pytest.raises(InvalidRequest):
        decode_batch(streamed)


@pytest.mark.parametrize("kind", ["names", "records"])
def test_what_would_become_millions_of_objects_is_refused_before_it_does(kind):
    """A few kilobytes of zstandard hold 64 MB of the smallest objects, which would take a gigabyte."""
    count = OBJECT_LIMIT // 5 + 1
    many = b"\xdd" + count.to_bytes(4, "big")
    if kind == "names":
        raw = {"points": {"metrics": msgspec.Raw(many + b"\x92\xa1a\xa1b" * count)}}
    else:
        raw = {"records": [{"t": "output", "time": 1, "lines": msgspec.Raw(many + b"\x94\x01\x01\x01\xa0" * count)}]}
    given = msgspec.structs.asdict(a_batch()) | raw
    body = zstandard.compress(msgspec.msgpack.encode(given))
    assert len(body) < 10_000
    with pytest.raises(TooLarge, match=r"records and names have 16,\d+,\d+ bytes before compression, the limit is 16,"):
        decode_batch(body)

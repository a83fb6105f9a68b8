"""Journal payloads to batches: columns, bit by bit."""

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halley.core.metric import NO_STEP
from halley.errors import JournalCorrupt
from halley.sdk.journal.layout import Header
from halley.sdk.sender.collect import make_batch, make_gap, make_points
from halley.wire.batch import decode_batch, encode_batch
from halley.wire.points import POINT
from halley.wire.records import DefineMetric, Other, encode_record

HEADER = Header(
    experiment_key="k" * 32, workspace="w", project="p", writer="0" * 32, kind="trainer", first=0, created_at=0
)
METRICS = [(f"m{n}", "train" if n % 2 else "") for n in range(9)]
points = st.tuples(
    st.integers(0, 8),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(0, 2**62),
    st.floats(),
    st.integers(0, 2**64 - 1).map(lambda bits: struct.pack("<Q", bits)),
)


def pack(metric, step, time, epoch, value):
    return POINT.pack(0, metric, step, time, epoch, 0.0)[:-8] + value


@given(st.lists(points, min_size=1, max_size=50))
def test_columns_hold_every_bit(given_points):
    columns = make_points([pack(*point) for point in given_points], METRICS)
    count = len(given_points)
    metrics = struct.unpack(f"<{count}I", columns.metric)
    assert [columns.metrics[metric] for metric in metrics] == [METRICS[point[0]] for point in given_points]
    assert struct.unpack(f"<{count}q", columns.step) == tuple(point[1] for point in given_points)
    assert struct.unpack(f"<{count}q", columns.time) == tuple(point[2] for point in given_points)
    assert columns.epoch == struct.pack(f"<{count}d", *(point[3] for point in given_points))
    assert columns.value == b"".join(point[4] for point in given_points)
    assert set(columns.metrics) == {METRICS[point[0]] for point in given_points}


def test_a_batch_counts_every_record_and_carries_those_the_server_needs():
    payloads = [
        encode_record(DefineMetric(time=1, id=0, name="loss")),
        POINT.pack(0, 0, NO_STEP, 2, math.nan, math.nan),
        encode_record(Other(time=3, name="note", value="x")),
    ]
    batch = make_batch(HEADER, 10, payloads, [("loss", "")])
    assert (batch.first, batch.count, len(batch.points)) == (10, 3, 1)
    assert batch.records == (Other(time=3, name="note", value="x"),)
    assert decode_batch(encode_batch(batch)) == batch


def test_a_gap_counts_records_that_say_nothing():
    batch = make_gap(HEADER, 4, 3)
    assert (batch.first, batch.count, batch.records, len(batch.points)) == (4, 3, (), 0)


@pytest.mark.parametrize(
    "payload", [b"\x81\xa1t\xa3new", encode_record(Other(time=1, name="n", value=1))[:-1], POINT.pack(0, 1, 0, 0, 0, 0)]
)
def test_what_is_no_record_is_not_guessed_at(payload):
    with pytest.raises(JournalCorrupt):
        make_batch(HEADER, 0, [payload], [("loss", "")])

"""Journal payloads to a batch. Pure."""

import sys
from array import array
from collections.abc import Sequence

import msgspec

from halley.errors import JournalCorrupt
from halley.sdk.journal.layout import Header
from halley.wire.batch import Batch, Points
from halley.wire.points import POINT, POINT_KIND
from halley.wire.records import AnyRecord, Asset, DefineMetric, decode_record

_COLUMNS = {"metric": (1, 4), "step": (5, 8), "time": (13, 8), "epoch": (21, 8), "value": (29, 8)}
"""Where each column lies in a point: offset and width in bytes."""


def make_batch(
    header: Header,
    first: int,
    payloads: Sequence[bytes],
    metrics: Sequence[tuple[str, str]],
    *,
    after_loss: bool = False,
) -> Batch:
    """Make a batch of the payloads of one segment.

    Args:
        header: The segment's.
        first: The number of the first payload.
        payloads: Records of one segment, one behind the other.
        metrics: What the ids of this segment stand for.
        after_loss: Whether the server lacks records before these which are gone here too.

    Raises:
        JournalCorrupt: a payload is no record, or its metric is not defined.
    """
    points = [payload for payload in payloads if payload[0] == POINT_KIND]
    records: list[AnyRecord] = []
    contents: list[bytes] = []
    for payload in payloads:
        if payload[0] != POINT_KIND:
            record = _decode(payload)
            if isinstance(record, Asset) and record.data is not None:
                contents.append(record.data)
                record = msgspec.structs.replace(record, data=None, content=len(contents) - 1)
            if not isinstance(record, DefineMetric):
                records.append(record)
    return Batch(
        experiment_key=header.experiment_key,
        workspace=header.workspace,
        project=header.project,
        writer=header.writer,
        first=first,
        count=len(payloads),
        records=tuple(records),
        points=make_points(points, metrics),
        contents=tuple(contents),
        is_resend_after_loss=after_loss,
    )


def make_gap(header: Header, first: int, count: int, *, after_loss: bool = False) -> Batch:
    """Make a batch that stands for `count` records that say nothing: refused, broken, or none (a heartbeat)."""
    return Batch(
        experiment_key=header.experiment_key,
        workspace=header.workspace,
        project=header.project,
        writer=header.writer,
        first=first,
        count=count,
        is_resend_after_loss=after_loss,
    )


def make_points(payloads: Sequence[bytes], metrics: Sequence[tuple[str, str]]) -> Points:
    """Turn points as the journal holds them into columns, bit by bit.

    Raises:
        JournalCorrupt: a point has another length, or its metric is not defined.
    """
    if not payloads:
        return Points()
    joined = b"".join(payloads)
    count = len(payloads)
    if len(joined) != count * POINT.size:
        raise JournalCorrupt("A point of the journal does not have the length of a point.")
    columns = {name: _column(joined, count, offset, width) for name, (offset, width) in _COLUMNS.items()}
    ids = array("I", columns["metric"])
    if sys.byteorder == "big":
        ids.byteswap()
    used = sorted(set(ids))
    if used[-1] >= len(metrics):
        raise JournalCorrupt(f"The journal has a point of metric {used[-1]}, but defines {len(metrics)} only.")
    if len(used) < used[-1] + 1:
        places = {metric: place for place, metric in enumerate(used)}
        ids = array("I", [places[metric] for metric in ids])
        if sys.byteorder == "big":
            ids.byteswap()
        columns["metric"] = ids.tobytes()
    return Points(metrics=tuple(metrics[metric] for metric in used), **columns)


def _column(joined: bytes, count: int, offset: int, width: int) -> bytes:
    # Byte by byte of the width, all points at once: the slices run in C, and no bit of a NaN changes.
    column = bytearray(count * width)
    for byte in range(width):
        column[byte::width] = joined[offset + byte :: POINT.size]
    return bytes(column)


def _decode(payload: bytes) -> AnyRecord:
    try:
        return decode_record(payload)
    except ValueError as error:  # msgspec's two errors
        raise JournalCorrupt(f"The journal holds something that is no record: {error}.") from error

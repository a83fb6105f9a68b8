"""The points of a batch in the order of the store: by metric and step, of equals the last, and with a step each.

Few points are ordered one by one: numpy's calls cost more than a few points do.
"""

import struct
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from halley.core.metric import NO_STEP
from halley.errors import ArgumentError
from halley.storage.ports.metrics import PointColumns
from halley.storage.sql.metrics.codec import POINT, Integers, Records, settle
from halley.storage.sql.metrics.summary import Summary, metric_begins, summarise, summarise_few

STEP_LIMIT = 2**62
"""Steps lie within +- this."""

_FEW_POINTS = 64
_FORMAT = "Iqqdd"
"""One of `codec.POINT`."""


class Ordered(NamedTuple):
    """Points in order.

    Attributes:
        points: As records, or already as the bytes of such.
        n: How many they are.
        metrics: The numbers of their metrics.
        begins: Where each metric's points begin.
        firsts: The first step of each metric.
        summaries: What is known of each metric's points.
        first_time: The earliest time.
    """

    points: Records | bytes
    n: int
    metrics: Sequence[int]
    begins: Sequence[int]
    firsts: Sequence[int]
    summaries: Sequence[Summary]
    first_time: int

    @property
    def records(self) -> Records:
        """The points as records."""
        return np.frombuffer(self.points, POINT) if isinstance(self.points, bytes) else self.points

    def to_bytes(self) -> bytes:
        """The points as the journal holds them."""
        return self.points if isinstance(self.points, bytes) else self.points.tobytes()


def order(points: PointColumns, numbers: Sequence[int], known: Mapping[int, Summary]) -> Ordered:
    """Order points.

    Args:
        points: At least one.
        numbers: The numbers of `points.metrics`.
        known: The summaries of the run's series, by number.

    Raises:
        ArgumentError: a point refers to a metric that is not there, or its step is beyond +-2**62.
    """
    return (_order_few if len(points.metric) <= _FEW_POINTS else _order_many)(points, numbers, known)


def _order_few(points: PointColumns, numbers: Sequence[int], known: Mapping[int, Summary]) -> Ordered:
    place = points.metric.tolist()
    _check_metric(max(place), numbers)
    metric = [numbers[one] for one in place]
    step = points.step.tolist()
    if NO_STEP in step:
        _give_steps(metric, step, known)
    _check_steps(min(step), max(step))
    time = points.time.tolist()
    columns = zip(metric, step, time, points.epoch.tolist(), points.value.tolist(), strict=True)
    rows = sorted(
        {row[:2]: row for row in columns}.values()
    )  # no two are alike in metric and step: NaN is not compared
    metrics, steps, _, _, values = zip(*rows, strict=True)
    begins = [0] + [place for place in range(1, len(rows)) if metrics[place] != metrics[place - 1]]
    return Ordered(
        struct.pack("<" + _FORMAT * len(rows), *chain.from_iterable(rows)),
        len(rows),
        [metrics[begin] for begin in begins],
        begins,
        [steps[begin] for begin in begins],
        summarise_few(steps, values, begins),
        min(time),
    )


def _order_many(points: PointColumns, numbers: Sequence[int], known: Mapping[int, Summary]) -> Ordered:
    _check_metric(int(points.metric.max()), numbers)
    order, metric = _by_metric(points.metric, np.array(numbers, np.uint32))
    records = np.empty(len(order), POINT)
    records["metric"] = metric
    for column in ("step", "time", "epoch", "value"):
        records[column] = getattr(points, column)[order]
    lowest = int(points.step.min())
    if lowest == NO_STEP:
        _give_many_steps(records, known)
        lowest = int(records["step"].min())
    _check_steps(lowest, int(records["step"].max()))
    records = settle(records)
    begins = metric_begins(records)
    return Ordered(
        records,
        len(records),
        records["metric"][begins].tolist(),
        begins.tolist(),
        records["step"][begins].tolist(),
        summarise(records["step"], np.ascontiguousarray(records["value"]), begins),
        int(points.time.min()),
    )


def _by_metric(
    places: npt.NDArray[np.uint32], numbers: npt.NDArray[np.uint32]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.uint32]]:
    """The order of points by metric, and else as they came; and their metrics' numbers in that order.

    Mostly that is the order by step, too: then all that is left to do is to see so.
    """
    distinct, rank = np.unique(numbers, return_inverse=True)
    small = np.uint16 if len(distinct) <= 2**16 else np.uint32  # numbers of 16 bits are sorted in linear time
    ranks = rank.astype(small)[places]
    order = np.argsort(ranks, kind="stable")
    return order, distinct[ranks[order]]


def _check_metric(largest: int, numbers: Sequence[int]) -> None:
    if largest >= len(numbers):
        raise ArgumentError(
            f"A point refers to metric {largest}, but the batch has {len(numbers)} metrics.",
            hint="Number the metrics of a batch from 0.",
        )


def _check_steps(lowest: int, highest: int) -> None:
    if lowest < -STEP_LIMIT or highest > STEP_LIMIT:
        raise ArgumentError(
            f"Step {lowest if lowest < -STEP_LIMIT else highest} is beyond +-2**62.", hint="Count steps from 0."
        )


def _give_many_steps(records: Records, known: Mapping[int, Summary]) -> None:
    steps: Integers = records["step"]
    metrics = records["metric"]
    for metric in np.unique(metrics[steps == NO_STEP]).tolist():
        places = np.flatnonzero(metrics == metric)
        given = steps[places].tolist()
        _give_steps([metric] * len(given), given, known)
        steps[places] = given


def _give_steps(metric: Sequence[int], step: list[int], known: Mapping[int, Summary]) -> None:
    """Give points without a step the next one of their series, in the order in which they were logged."""
    largest: dict[int, int] = {}
    for place, (one, given) in enumerate(zip(metric, step, strict=True)):
        last = largest.get(one)
        if last is None and one in known:
            last = known[one].last_step
        if given == NO_STEP:
            given = step[place] = 0 if last is None else last + 1
        largest[one] = given if last is None else max(last, given)

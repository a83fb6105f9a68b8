"""What the server must have: a plain dictionary of points for every run, kept by the clients beside what they send."""

from __future__ import annotations

import math
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from halley.core.metric import NO_STEP

Array = npt.NDArray[Any]
MetricName = tuple[str, str]

ROLLED_POINTS = 512
"""The contract: up to so many points a bucket are exact in every bucket."""

BORDER_POINTS = 128
"""The contract: beyond that, the border between two buckets may be drawn so many points off."""


class Columns(NamedTuple):
    """Points in the order in which they are logged; `metric` counts into `metrics`."""

    metrics: Sequence[MetricName]
    metric: Array
    step: Array
    time: Array
    epoch: Array
    value: Array


class Series:
    """The points of one metric of one run, by step."""

    def __init__(self) -> None:
        self.points: dict[int, tuple[int, float, float]] = {}
        self._sorted: tuple[Array, Array, Array, Array] | None = None

    def put(self, steps: list[int], times: list[int], epochs: list[float], values: list[float]) -> None:
        """Log points, the later one winning."""
        if NO_STEP in steps:
            largest = max(self.points, default=-1)
            for place, step in enumerate(steps):
                largest = largest + 1 if step == NO_STEP else max(largest, step)
                steps[place] = largest if step == NO_STEP else step
        self.points.update(zip(steps, zip(times, epochs, values, strict=True), strict=True))
        self._sorted = None

    def columns(self) -> tuple[Array, Array, Array, Array]:
        """Steps, times, epochs and values, by step."""
        if self._sorted is None:
            steps = np.fromiter(self.points, np.int64, len(self.points))
            rest = np.array(list(self.points.values()), np.float64).reshape(-1, 3)
            order = np.argsort(steps)
            self._sorted = (steps[order], rest[order, 0], rest[order, 1], rest[order, 2])
        return self._sorted

    def summary(self) -> dict[str, Any]:
        """Count, last, extremes, as the API names them."""
        steps, _, _, values = self.columns()
        finite = np.isfinite(values)
        found: dict[str, Any] = {"count": len(steps), "last_step": int(steps[-1]), "last": float(values[-1])}
        for name, pick in (("min", np.min), ("max", np.max)):
            extreme = float(pick(values[finite])) if finite.any() else None
            found[name] = extreme
            found[f"{name}_step"] = None if extreme is None else int(steps[values == extreme][0])
        return found


@dataclass
class ModelRun:
    """One run as its clients know it: what was acknowledged, and no more.

    A fork begins with what `parent` has up to `step`. Nobody writes the parent while forks of it wait.
    """

    kind: str
    parent: ModelRun | None = None
    step: int = 0
    is_asked: bool = False
    is_forked: bool = False
    forks_waiting: int = 0
    key: str = field(default_factory=lambda: secrets.token_hex(16))
    series: dict[MetricName, Series] = field(default_factory=dict)
    parameters: dict[str, int] = field(default_factory=dict)
    line_count: int = 0
    first_time: int | None = None
    is_ended: bool = False
    is_started: bool = False
    is_deleting: bool = False
    is_deleted: bool = False
    is_touched: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, points: Columns) -> None:
        """Log the points of a batch."""
        for place, name in enumerate(points.metrics):
            which = points.metric == place
            if which.any():
                series = self.series.setdefault(name, Series())
                columns = (points.step, points.time, points.epoch, points.value)
                series.put(*(column[which].tolist() for column in columns))
        if len(points.time):
            earliest = int(points.time.min())
            self.first_time = earliest if self.first_time is None else min(self.first_time, earliest)

    def adopt(self) -> None:
        """The server has forked it: it has what its parent has, once."""
        parent = self.parent
        assert parent is not None
        with self.lock:
            if self.is_forked:
                return
            for name, series in parent.series.items():
                points = {step: point for step, point in series.points.items() if step <= self.step}
                if points:
                    self.series[name] = Series()
                    self.series[name].points = points
                    self.first_time = parent.first_time
            self.parameters = dict(parent.parameters)
            self.is_forked = self.is_started = self.is_touched = True
            parent.forks_waiting -= 1
            parent.is_touched = True

    @property
    def size(self) -> int:
        """How many points it has."""
        return sum(len(series.points) for series in self.series.values())

    def place(
        self, name: MetricName, axis: str | MetricName, low: float | None, high: float | None
    ) -> tuple[Array, Array]:
        """Places on an axis, or by another metric, and values of a series in a range, in the order of x, then step."""
        steps, times, epochs, values = self.series[name].columns()
        if isinstance(axis, tuple):
            others, _, _, at_others = self.series[axis].columns()
            _, mine, theirs = np.intersect1d(steps, others, assume_unique=True, return_indices=True)
            at, values = at_others[theirs], values[mine]
        else:
            at = {
                "step": lambda: steps.astype(np.float64),
                "epoch": lambda: epochs,
                "wall": lambda: times,
                "relative": lambda: times - float(self.first_time or 0),
            }[axis]()
        kept = np.isfinite(at)
        if low is not None:
            kept &= at >= low
        if high is not None:
            kept &= at <= high
        at, values = at[kept], values[kept]
        order = np.argsort(at, kind="stable")
        return at[order], values[order]


class Wrong(Exception):
    """The server's answer is not what it must be."""


def expect(claim: Any, *said: Any) -> None:
    """Raise `Wrong` unless the claim holds."""
    if not claim:
        raise Wrong(" ".join(map(str, said)))


def check_chart(
    chart: dict[str, Any], lines: dict[tuple[str, MetricName], tuple[Array, Array]], buckets: int, *, joints: int = 0
) -> int:
    """Check a chart against the points it draws; return how many points that were.

    Args:
        chart: The server's answer.
        lines: Places and values of every series that must be in it, in the order of the axis.
        buckets: How many buckets were asked for.
        joints: Where it was put together of so many pieces more than one, points at their borders may be in both.
    """
    edges = np.array(chart["x"], np.float64)
    expect(len(edges) <= buckets and (np.diff(edges) > 0).all(), "the grid is not one", edges[:5])
    told = [(line["experiment"], (line["metric"]["name"], line["metric"]["context"])) for line in chart["lines"]]
    expect(len(set(told)) == len(told), "a line comes twice", told)
    expect(set(told) == set(lines), "lines", sorted(set(told) ^ set(lines)), "are there or missing")
    distinct = np.unique(np.concatenate([at for at, _ in lines.values()])) if lines else np.empty(0)
    if len(distinct) <= buckets:
        expect(chart["width"] == 0 and np.array_equal(edges, distinct), "the grid is not the very values of x")
    for name, line in zip(told, chart["lines"], strict=True):
        try:
            _check_line(edges, line, *lines[name], joints=None if chart["width"] == 0 else joints)
        except Wrong as wrong:
            raise Wrong(f"line {name}: {wrong}") from None
    return sum(len(at) for at, _ in lines.values())


def _check_line(edges: Array, line: dict[str, Any], at: Array, values: Array, *, joints: int | None) -> None:
    count = np.array(line["count"], np.int64)
    mean = np.array(line["mean"], np.float64)
    low = mean if line["min"] is None else np.array(line["min"], np.float64)
    high = mean if line["max"] is None else np.array(line["max"], np.float64)
    odd = np.zeros(len(count), np.int64) if line["odd"] is None else np.array(line["odd"], np.int64)
    finite = np.isfinite(values)
    if not len(at):
        expect(not count.any(), "points of nothing")
        return
    bucket = np.searchsorted(edges, at, side="right") - 1
    expect(bucket.min() >= 0, "a point lies left of the grid")
    n = np.bincount(bucket, minlength=len(edges))
    known, where = values[finite], bucket[finite]
    least, most = np.full(len(edges), math.inf), np.full(len(edges), -math.inf)
    np.minimum.at(least, where, known)
    np.maximum.at(most, where, known)
    has = np.bincount(where, minlength=len(edges)) > 0
    expect((low[has] <= least[has]).all() and (high[has] >= most[has]).all(), "the envelope misses an extreme")
    if len(known):
        some = ~np.isnan(low)
        expect((low[some] >= known.min()).all() and (high[some] <= known.max()).all(), "the envelope holds too much")
    if joints is not None and n.max() > ROLLED_POINTS:
        off = int(np.abs(np.cumsum(count) - np.cumsum(n)).max())
        expect(off <= BORDER_POINTS * (1 + joints), "a border between buckets is", off, "points off")
        for told, known_size in ((count, len(at)), (odd, int((~finite).sum()))):
            more = int(told.sum()) - known_size
            expect(0 <= more <= BORDER_POINTS * joints, "counts", int(told.sum()), "points, not", known_size)
        return
    expect(np.array_equal(count, n), "the counts of buckets are wrong")
    expect(np.array_equal(odd, np.bincount(bucket[~finite], minlength=len(edges))), "odd points are in wrong buckets")
    expect(np.isnan(mean[~has]).all(), "a bucket without a value has a mean")
    expect(np.array_equal(low[has], least[has]) and np.array_equal(high[has], most[has]), "the envelope is not tight")
    total = np.bincount(where, weights=known, minlength=len(edges))[has]
    mean_of = total / np.bincount(where, minlength=len(edges))[has]
    scale = float(np.abs(known).max()) if len(known) else 1.0
    expect(np.allclose(mean[has], mean_of, rtol=1e-9, atol=1e-9 * scale), "a mean is wrong")

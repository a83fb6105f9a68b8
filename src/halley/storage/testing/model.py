"""The metrics port as a plain dictionary: slow, and so simple that it is right."""

import math
from bisect import bisect_right
from collections.abc import Sequence

from halley.core.metric import NO_STEP, MetricId
from halley.storage.ports.metrics import Chart, ChartSeries, Series, XAxis
from halley.storage.testing.make import Point


class ModelRun:
    """The points of one run."""

    def __init__(self) -> None:
        self.points: dict[MetricId, dict[int, tuple[int, float, float]]] = {}
        self.first_time: int | None = None

    def append(self, points: Sequence[Point]) -> None:
        """Append points."""
        for metric, step, time, epoch, value in points:
            series = self.points.setdefault(metric, {})
            at = step if step != NO_STEP else max(series, default=-1) + 1
            series[at] = (time, epoch, value)
            self.first_time = time if self.first_time is None else min(self.first_time, time)

    def fork(self, step: int) -> "ModelRun":
        """A run that begins with what this one has now up to a step."""
        child = ModelRun()
        for metric, series in self.points.items():
            kept = {at: point for at, point in series.items() if at <= step}
            if kept:
                child.points[metric] = kept
                child.first_time = self.first_time
        return child

    def list_series(self) -> list[Series]:
        """All series by name and context."""
        return [self._summarise(metric) for metric in sorted(self.points)]

    def _summarise(self, metric: MetricId) -> Series:
        points = self.points[metric]
        last_step = max(points)
        finite = [(value, step) for step, (_, _, value) in points.items() if math.isfinite(value)]
        least = min(finite, default=(None, None))
        most = min(((-value, step) for value, step in finite), default=(None, None))
        return Series(
            metric,
            len(points),
            last_step,
            points[last_step][2],
            least[0],
            least[1],
            None if most[0] is None else -most[0],
            most[1],
        )

    def list_points(
        self, metric: MetricId, x: XAxis | MetricId = "step", low: float | None = None, high: float | None = None
    ) -> list[tuple[float, float]]:
        """(x, value) of a series in a range, in the order of x, then step."""
        found = []
        joined = self.points.get(x, {}) if isinstance(x, MetricId) else {}
        for step, (time, epoch, value) in sorted(self.points.get(metric, {}).items()):
            at: float
            if isinstance(x, MetricId):
                at = joined[step][2] if step in joined and math.isfinite(joined[step][2]) else math.nan
            else:
                at = {"step": step, "epoch": epoch, "wall": time, "relative": time - (self.first_time or 0)}[x]
            if not math.isnan(at) and (low is None or at >= low) and (high is None or at <= high):
                found.append((float(at), value))
        return sorted(found, key=lambda point: point[0])


def is_same(a: float, b: float) -> bool:
    """Whether two values are equal, or both NaN."""
    return a == b or (math.isnan(a) and math.isnan(b))


def is_same_series(a: Series, b: Series) -> bool:
    """Whether two summaries are equal; NaN equals itself."""
    fields = ("metric", "count", "last_step", "min", "min_step", "max", "max_step")
    return is_same(a.last, b.last) and all(getattr(a, name) == getattr(b, name) for name in fields)


def check_line(chart: Chart, line: ChartSeries, points: Sequence[tuple[float, float]], *, is_exact: bool) -> None:
    """Check a line of a chart against the points it draws.

    Always: no point is missing, and the envelope contains every finite value at its place and nothing beyond the
    series' own extremes. If `is_exact`: everything in every bucket.
    """
    buckets: list[list[float]] = [[] for _ in chart.x]
    edges = chart.x.tolist()
    for at, value in points:
        buckets[bisect_right(edges, at) - 1].append(value)
    assert int(line.count.sum()) == len(points)
    assert int(line.odd.sum()) == sum(not math.isfinite(value) for _, value in points)
    finite = [value for _, value in points if math.isfinite(value)]
    for place, values in enumerate(buckets):
        known = [value for value in values if math.isfinite(value)]
        if known:
            assert line.min[place] <= min(known)
            assert line.max[place] >= max(known)
            assert line.min[place] >= min(finite)
            assert line.max[place] <= max(finite)
        if is_exact:
            _check_bucket(line, place, values, known)


def _check_bucket(line: ChartSeries, place: int, values: Sequence[float], known: Sequence[float]) -> None:
    assert line.count[place] == len(values)
    assert line.odd[place] == len(values) - len(known)
    assert is_same(line.min[place], min(known, default=math.nan))
    assert is_same(line.max[place], max(known, default=math.nan))
    assert is_same(line.last[place], values[-1] if values else math.nan)
    if known:
        scale = max(map(abs, known))
        assert math.isclose(line.mean[place], math.fsum(known) / len(known), rel_tol=1e-9, abs_tol=1e-9 * scale)
    else:
        assert math.isnan(line.mean[place])

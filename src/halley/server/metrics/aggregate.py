"""Groups of runs: mean, spread and envelope of their lines, bucket by bucket on the chart's grid. Pure.

**A run counts once in a bucket**, with its mean there, however many points it has. A run without a finite point in a
bucket is not counted in that bucket: nothing is interpolated, so `count` may change along a line, and where runs end at
different times the mean is that of those which are still there.

The standard deviation is that of a sample, `s = sqrt(sum((x - mean)**2) / (n - 1))`, and the standard error of the mean
is `s / sqrt(n)`: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.6 and 1.3.5.2. Both are NaN for fewer than two
runs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halley.core.metric import MetricId
from halley.storage.ports.metrics import Chart, ChartSeries, Floats, Integers


@dataclass(frozen=True, slots=True)
class GroupSeries:
    """One metric of one group; every array is as long as the chart's `x`, and NaN where no run counts.

    Attributes:
        group: The group's place.
        metric: The metric.
        runs: How many runs of the group have the metric.
        count: How many of them count in each bucket.
        mean: Mean of the runs' means.
        standard_deviation: Their sample standard deviation.
        standard_error: The standard error of `mean`.
        min: The smallest of the runs' means.
        max: The largest.
        envelope_min: The smallest point of any run.
        envelope_max: The largest.
    """

    group: int
    metric: MetricId
    runs: int
    count: Integers
    mean: Floats
    standard_deviation: Floats
    standard_error: Floats
    min: Floats
    max: Floats
    envelope_min: Floats
    envelope_max: Floats


def aggregate(chart: Chart, groups: Sequence[Collection[int]]) -> list[GroupSeries]:
    """Aggregate the lines of a chart.

    Args:
        chart: A whole chart of all runs.
        groups: The runs of each group; a run may be in several.

    Returns:
        Group by group, the metrics that any of its runs has, in the order of the chart.
    """
    found = []
    for place, runs in enumerate(groups):
        members = set(runs)
        lines: dict[MetricId, list[ChartSeries]] = {}
        for series in chart.series:
            if series.run in members:
                lines.setdefault(series.metric, []).append(series)
        found += [_aggregate_one(place, metric, each) for metric, each in lines.items()]
    return found


def _aggregate_one(group: int, metric: MetricId, lines: Sequence[ChartSeries]) -> GroupSeries:
    means = np.stack([line.mean for line in lines])
    is_there = np.isfinite(means)
    count = np.count_nonzero(is_there, axis=0)
    missing = None if count.min(initial=len(lines)) == len(lines) else ~is_there
    lowest, highest = _find_least(means, missing), _find_most(means, missing)
    envelope_min = _find_least(np.stack([line.min for line in lines]), missing)
    envelope_max = _find_most(np.stack([line.max for line in lines]), missing)
    unit = _choose_unit(np.maximum(np.abs(lowest), np.abs(highest)))
    if unit is not None:
        means /= unit
    n = np.where(count > 0, count, np.nan)
    mean = means.sum(axis=0) / n if missing is None else means.sum(axis=0, where=is_there) / n
    means -= mean
    if missing is not None:
        means[missing] = 0.0
    deviation = np.sqrt(np.einsum("rb,rb->b", means, means) / np.where(count > 1, count - 1, np.nan))
    if unit is not None:
        mean, deviation = mean * unit, deviation * unit
    return GroupSeries(
        group,
        metric,
        len(lines),
        count.astype(np.int64),
        np.minimum(np.maximum(mean, lowest), highest),  # rounding must not leave the range
        deviation,
        deviation / np.sqrt(n),
        lowest,
        highest,
        envelope_min,
        envelope_max,
    )


def _find_least(values: Floats, missing: npt.NDArray[np.bool_] | None) -> Floats:
    """The smallest of each bucket; NaN where there is nothing."""
    if missing is None:
        return np.asarray(values.min(axis=0))
    return np.where(missing.all(axis=0), np.nan, np.where(missing, np.inf, values).min(axis=0))


def _find_most(values: Floats, missing: npt.NDArray[np.bool_] | None) -> Floats:
    """The largest of each bucket; NaN where there is nothing."""
    if missing is None:
        return np.asarray(values.max(axis=0))
    return np.where(missing.all(axis=0), np.nan, np.where(missing, -np.inf, values).max(axis=0))


def _choose_unit(size: Floats) -> Floats | None:
    """What to measure in, so that squares of huge and of tiny values stay numbers; None if the values are neither."""
    is_odd = (size > 1e150) | ((size < 1e-150) & (size > 0))
    return np.where(is_odd, size, 1.0) if is_odd.any() else None

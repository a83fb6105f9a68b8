"""Points of metrics: appending them, and drawing them.

**A point** is (run, metric, step, time, epoch, value); a metric is (name, context). NaN and infinities are values:
kept bit by bit, left out of min, max and mean, but counted, so that a chart can mark them.

**Steps** come in any order. A point without a step (`NO_STEP`) gets the next one of its series: one more than the
largest, 0 for the first. The same (run, metric, step) again: the later write wins, in charts, in `series`, in export.

**Visible at once.** A point is in every answer from the moment its transaction commits.

**A chart** has all series on one shared x grid of at most `buckets` buckets, whose edges lie on round values, so that
neighbouring zooms share cache entries. The envelope (min, max) contains every extreme at every zoom. If a range holds
no more distinct x values than buckets, the grid is exactly these values. Points without an epoch are not on the epoch
axis. A bucket of more than 512 points of a series may be drawn from summaries of 128 points, one of more than 65,536
from summaries of 16,384: then count, mean and last are right to one summary at its borders, and min and max may
include a point from just beyond them.

**A metric as x** joins two metrics of each run by step: a step at which x has no finite value is left out.

**Cost** of a chart follows what it draws, not what was logged.

**Thread safety**: a port belongs to its session.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from halley.core.metric import MetricId

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

XAxis = Literal["step", "epoch", "relative", "wall"]
"""step; epoch; ms since the earliest time of any point the run ever logged; ms since 1970 UTC."""


class PointColumns(NamedTuple):
    """Points of one run in the order in which they were logged; see `wire.batch.Points`."""

    metrics: Sequence[MetricId]
    metric: npt.NDArray[np.uint32]
    step: Integers
    time: Integers
    epoch: Floats
    value: Floats


@dataclass(frozen=True, slots=True)
class Series:
    """What is known of a metric of a run without reading a point. Min and max are None if no value is finite."""

    metric: MetricId
    count: int
    last_step: int
    last: float
    min: float | None
    min_step: int | None
    max: float | None
    max_step: int | None


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """One line of a chart; every array is as long as the chart's `x`.

    `count` is how many points fell into a bucket, `odd` how many of them are NaN or infinite; `min`, `max`, `mean`
    are NaN where no finite point fell, `last` is the bucket's last value as it is.
    """

    run: int
    metric: MetricId
    count: Integers
    odd: Integers
    min: Floats
    max: Floats
    mean: Floats
    last: Floats


class Chart(NamedTuple):
    """Series on one grid. `x[i]` is the left edge of bucket i, or the very value where a bucket holds one value."""

    x: Floats
    width: float
    """Width of a bucket; 0 where the grid is the very values."""
    series: Sequence[ChartSeries]
    cursor: bytes = b""
    """How far the chart is, for `since`."""
    begin: int | None = None
    """Of what is new since a cursor: the bucket of the chart at which `x` begins. None: the chart is whole."""


class Metrics(Protocol):
    """See the module's contract."""

    def append(self, run: int, points: PointColumns) -> None:
        """Append points."""
        ...

    def fork(self, run: int, parent: int, step: int) -> None:
        """Let a run without points begin with what another has now up to a step, that step inside.

        No point is copied: the series are read through the parent, and have all its times and epochs. What happens to
        the parent later, be it told of earlier steps, or deleted, changes nothing for the fork; a fork that is told of
        a step that it inherits changes nothing for the parent.
        """
        ...

    def list_series(self, run: int) -> Sequence[Series]:
        """All metrics of a run by name and context."""
        ...

    def draw(
        self,
        runs: Sequence[int],
        metrics: Sequence[MetricId],
        *,
        x: XAxis | MetricId = "step",
        low: float | None = None,
        high: float | None = None,
        buckets: int = 500,
        since: bytes | None = None,
    ) -> Chart:
        """Draw every metric of every run that has it, `low` <= x <= `high`, on one grid; or what is new of it.

        With the `cursor` of an earlier chart of the same question as `since`, only what is new comes if that is
        possible: `begin` says from which bucket on. Buckets before it are as they were; from it on, `x` and the
        series that are listed take the place of what was there, and series that are not listed are as they were,
        with nothing in buckets that they did not have. What is possible: by step, when all new points lie behind the
        last step of their series and the width of the buckets stays; and on every axis, when nothing is new at all.
        Else, and if `since` is no cursor or one of another question, the chart comes whole. Where the old chart drew
        from summaries, the points of the one at the border of `begin` may count on both sides.
        """
        ...

    def sketch(
        self, runs: Sequence[int], metrics: Sequence[MetricId], *, buckets: int = 40
    ) -> Mapping[tuple[int, MetricId], Floats]:
        """Small pictures for tables: the mean per bucket over each series' own steps, NaN where nothing fell."""
        ...

    def export(self, run: int, metric: MetricId) -> Iterator[PointColumns]:
        """Every point of a series, by step, in pieces of at most 65,536."""
        ...

    def export_many(self, run: int, metrics: Sequence[MetricId], *, after: int | None = None) -> Iterator[PointColumns]:
        """Every point of some metrics of a run, metric by metric as given, each by step, in such pieces.

        The numbers of metrics in a piece count into `metrics`; a piece may hold points of several. A long export need
        not hold one snapshot: the next one goes on with the metrics that are left, after the step that came last.

        Args:
            run: The run.
            metrics: Which, each once. Those that the run does not have have no points.
            after: Steps of the first metric up to this one are left out.
        """
        ...

    def delete(self, run: int) -> bool:
        """Delete points of a run, not more than take a few milliseconds; say whether there may be more.

        A run that is deleted in several jobs must be out of reach before the first: its experiment goes first. It is
        as if nothing had been logged when the answer is no.
        """
        ...

    def delete_metric(self, run: int, metric: MetricId) -> bool:
        """Delete every point of a metric of a run; say whether it had any. What is logged after that starts anew.

        It is one transaction whatever its size. The run's earliest time stays as it was.
        """
        ...

    def tidy(self, run: int) -> None:
        """Fold what came in small pieces into full chunks; an ended run is compacted. Changes no answer."""
        ...

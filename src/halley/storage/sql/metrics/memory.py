"""What the writer remembers of runs from job to job, so that a small batch need not read before it writes.

All of it can be read again from the tables; what may be wrong has another version, see `hold.py`.
"""

import math
from collections import OrderedDict
from collections.abc import Sequence

from halley.core.metric import MetricId
from halley.errors import StorageError
from halley.storage.sql.hold import Holder
from halley.storage.sql.link import NAMES, Link
from halley.storage.sql.metrics.summary import Summary
from halley.storage.sql.put import insert

ORIGIN = insert("origin", {"run": "integer", "first_time": "integer"}, key=1)
"""The earliest time of a run."""

_SERIES_LIMIT = 200_000
"""Most series remembered; some 60 MB."""

_RUNS_LIMIT = 2_000
_METRICS_LIMIT = 200_000


class RunMemory:
    """What is known of one run.

    Attributes:
        project_id: Its project.
        first_time: The earliest time of a point, None before the first.
        waiting: How many points are in its journal.
        series: Metric number to summary.
        has_kin: Whether it was forked, or others were forked from it.
        is_ranked: Whether its summaries are ranked, see `rank.py`.
        version: Of the run, when this was read.
    """

    __slots__ = ("first_time", "has_kin", "is_ranked", "project_id", "series", "version", "waiting")

    def __init__(
        self,
        version: int,
        project_id: int,
        first_time: int | None,
        waiting: int,
        series: dict[int, Summary],
        *,
        has_kin: bool,
        is_ranked: bool,
    ) -> None:
        self.version = version
        self.project_id = project_id
        self.first_time = first_time
        self.waiting = waiting
        self.series = series
        self.has_kin = has_kin
        self.is_ranked = is_ranked


class Memory:
    """Runs that were written lately, and the numbers of metrics.

    Args:
        link: The writer's connection.
        holder: Says which memory is right.
    """

    def __init__(self, link: Link, holder: Holder) -> None:
        self._link = link
        self.holder = holder
        self._runs: OrderedDict[int, RunMemory] = OrderedDict()
        self._metrics: dict[MetricId, int] = {}
        self._by_job: list[MetricId] = []

    def forget(self) -> None:
        """Forget everything."""
        self._runs.clear()
        self._metrics.clear()

    def begin_job(self) -> None:
        """Note from now on which metrics a job finds or makes."""
        self._by_job.clear()

    def roll_back_job(self) -> None:
        """Forget the metrics that the job may have made."""
        for metric in self._by_job:
            self._metrics.pop(metric, None)

    def recall(self, run: int) -> RunMemory:
        """What is known of a run, which nobody else writes from here on.

        Raises:
            StorageError: there is no such run.
        """
        version = self.holder.hold(run)
        known = self._runs.get(run)
        if known is None or known.version != version:
            known = self._runs[run] = self._read(run, version)
            self._drop_oldest()
        self._runs.move_to_end(run)
        return known

    def _drop_oldest(self) -> None:
        size = sum(len(known.series) for known in self._runs.values())
        while len(self._runs) > _RUNS_LIMIT or (size > _SERIES_LIMIT and len(self._runs) > 1):
            _, oldest = self._runs.popitem(last=False)
            size -= len(oldest.series)

    def _read(self, run: int, version: int) -> RunMemory:
        link = self._link
        found = link.row("select project_id, is_ranked from experiment where run = ?", (run,))
        if found is None:
            raise StorageError(f"There is no run {run}.", hint="Make the experiment before its points.")
        return RunMemory(
            version,
            found[0],
            link.value("select first_time from origin where run = ?", (run,)),
            link.value("select cast(coalesce(sum(n), 0) as bigint) from journal where run = ?", (run,)),
            {metric: summary for _, metric, summary in read_summaries(link, run)},
            has_kin=link.value("select 1 from heritage where run = ? or source = ? limit 1", (run, run)) is not None,
            is_ranked=bool(found[1]),
        )

    def number(self, metrics: Sequence[MetricId]) -> list[int]:
        """The numbers of metrics; new ones are given one."""
        known = self._metrics
        numbers = [known.get(metric) for metric in metrics]
        return [
            self._number_one(metric) if number is None else number
            for metric, number in zip(metrics, numbers, strict=True)
        ]

    def _number_one(self, metric: MetricId) -> int:
        name, context = metric
        link = self._link
        number: int | None = link.value("select id from metric where name = ? and context = ?", (name, context))
        if number is None and link.lock(NAMES):  # another process may have named it until a moment ago
            number = link.value("select id from metric where name = ? and context = ?", (name, context))
        if number is None:
            number = link.value("insert into metric (name, context) values (?, ?) returning id", (name, context))
        assert number is not None
        if len(self._metrics) >= _METRICS_LIMIT:
            self._metrics.clear()
        self._metrics[MetricId(name, context)] = number
        self._by_job.append(MetricId(name, context))
        return number


def read_summaries(link: Link, run: int) -> list[tuple[MetricId, int, Summary]]:
    """All series of a run by name and context: metric, its number, summary."""
    rows = link.rows(
        "select metric.name, metric.context, metric.id, n, last_step, last, min, min_step, max, max_step,"
        " late from series join metric on metric.id = series.metric where run = ? order by metric.name, metric.context",
        (run,),
    )
    return [
        # A database that cannot keep NaN keeps nothing; a series always has a last value.
        (MetricId(name, context), number, Summary(n, last_step, math.nan if last is None else last, *extremes))
        for name, context, number, n, last_step, last, *extremes in rows
    ]

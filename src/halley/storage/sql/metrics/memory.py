"""What the writer remembers of runs from job to job, so that a small batch need not read before it writes.

All of it can be read again from the tables; after a rollback it is forgotten altogether. Where other processes write
to the database too, table `owner` says who wrote a run last: if that was another, the run is read again.
"""

import math
import secrets
from collections import OrderedDict
from collections.abc import Sequence

from halley.core.metric import MetricId
from halley.errors import StorageError
from halley.storage.sql.link import NAMES, Link
from halley.storage.sql.metrics.summary import Summary

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
        checked: The last transaction in which it was read, or known to be as it is in the tables.
    """

    __slots__ = ("checked", "first_time", "project_id", "series", "waiting")

    def __init__(self, project_id: int, first_time: int | None, waiting: int, series: dict[int, Summary]) -> None:
        self.project_id = project_id
        self.first_time = first_time
        self.waiting = waiting
        self.series = series
        self.checked = 0


class Memory:
    """Runs that were written lately, and the numbers of metrics.

    Args:
        link: The writer's connection.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._server = secrets.randbits(62)
        self._runs: OrderedDict[int, RunMemory] = OrderedDict()
        self._metrics: dict[MetricId, int] = {}

    def forget(self) -> None:
        """Forget everything."""
        self._runs.clear()
        self._metrics.clear()

    def forget_run(self, run: int) -> None:
        """Forget one run, and let all other processes forget it."""
        self._runs.pop(run, None)
        if self._link.dialect.is_shared:
            self._link.run("delete from owner where run = ?", (run,))

    def recall(self, run: int) -> RunMemory:
        """What is known of a run.

        Raises:
            StorageError: there is no such run.
        """
        self._link.lock(run)
        known = self._runs.get(run)
        is_sure = known is not None and known.checked == self._link.transaction
        if self._link.dialect.is_shared and not is_sure and not self._claim(run):
            known = None
        if known is None:
            known = self._runs[run] = self._read(run)
            self._drop_oldest()
        else:
            self._runs.move_to_end(run)
        known.checked = self._link.transaction
        return known

    def _claim(self, run: int) -> bool:
        """Note that this process writes the run; say whether it was the last one before, too."""
        if self._link.value("select server from owner where run = ?", (run,)) == self._server:
            return True
        self._link.run(
            "insert into owner (run, server) values (?, ?) on conflict (run) do update set server = excluded.server",
            (run, self._server),
        )
        return False

    def _drop_oldest(self) -> None:
        size = sum(len(known.series) for known in self._runs.values())
        while len(self._runs) > _RUNS_LIMIT or (size > _SERIES_LIMIT and len(self._runs) > 1):
            _, oldest = self._runs.popitem(last=False)
            size -= len(oldest.series)

    def _read(self, run: int) -> RunMemory:
        link = self._link
        project_id = link.value("select project_id from experiment where run = ?", (run,))
        if project_id is None:
            raise StorageError(f"There is no run {run}.", hint="Make the experiment before its points.")
        return RunMemory(
            project_id,
            link.value("select first_time from origin where run = ?", (run,)),
            link.value("select cast(coalesce(sum(n), 0) as bigint) from journal where run = ?", (run,)),
            {metric: summary for _, metric, summary in read_summaries(link, run)},
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
        return number


def read_summaries(link: Link, run: int) -> list[tuple[MetricId, int, Summary]]:
    """All series of a run by name and context: metric, its number, summary."""
    rows = link.rows(
        "select metric.name, metric.context, metric.id, n, last_step, last, min, min_step, max, max_step"
        " from series join metric on metric.id = series.metric where run = ? order by metric.name, metric.context",
        (run,),
    )
    return [
        # A database that cannot keep NaN keeps nothing; a series always has a last value.
        (MetricId(name, context), number, Summary(n, last_step, math.nan if last is None else last, *extremes))
        for name, context, number, n, last_step, last, *extremes in rows
    ]

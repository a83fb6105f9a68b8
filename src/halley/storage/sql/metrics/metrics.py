"""The metrics of one transaction or snapshot; see `storage.ports.metrics` for what they promise."""

from collections.abc import Iterator, Mapping, Sequence

from halley.core.metric import MetricId
from halley.errors import StorageError
from halley.storage.ports.metrics import Chart, Floats, PointColumns, Series, XAxis
from halley.storage.sql.link import Link
from halley.storage.sql.metrics.append import append
from halley.storage.sql.metrics.delete import delete_run, delete_series
from halley.storage.sql.metrics.draw import Question, draw, sketch
from halley.storage.sql.metrics.export import export
from halley.storage.sql.metrics.fold import compact
from halley.storage.sql.metrics.fork import fork
from halley.storage.sql.metrics.memory import Memory, read_summaries
from halley.storage.sql.metrics.rank import rank


class SqlMetrics:
    """Metrics over SQL.

    Args:
        link: The connection.
        memory: What the writer remembers; None for a snapshot, which cannot write.
    """

    def __init__(self, link: Link, memory: Memory | None) -> None:
        self._link = link
        self._memory = memory

    def append(self, run: int, points: PointColumns) -> None:
        """See `Metrics.append`.

        Raises:
            ArgumentError: a point refers to a metric that is not there, or its step is beyond +-2**62.
            StorageError: there is no such run.
        """
        append(self._link, self._writing, run, points)

    def fork(self, run: int, parent: int, step: int) -> None:
        """See `Metrics.fork`.

        Raises:
            ArgumentError: the run has points already, or is its own parent.
            StorageError: there is no such run, or no such parent.
        """
        fork(self._link, self._writing, run, parent, step)

    def list_series(self, run: int) -> Sequence[Series]:
        """See `Metrics.list_series`."""
        return [Series(metric, *summary[:7]) for metric, _, summary in read_summaries(self._link, run)]

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
        """See `Metrics.draw`."""
        return draw(self._link, Question(tuple(runs), tuple(metrics), x, low, high, buckets), since)

    def sketch(
        self, runs: Sequence[int], metrics: Sequence[MetricId], *, buckets: int = 40
    ) -> Mapping[tuple[int, MetricId], Floats]:
        """See `Metrics.sketch`. A series of no more points than buckets is drawn point by point."""
        return sketch(self._link, runs, metrics, buckets)

    def export(self, run: int, metric: MetricId) -> Iterator[PointColumns]:
        """See `Metrics.export`."""
        return export(self._link, run, [metric], None)

    def export_many(self, run: int, metrics: Sequence[MetricId], *, after: int | None = None) -> Iterator[PointColumns]:
        """See `Metrics.export_many`."""
        return export(self._link, run, metrics, after)

    def delete(self, run: int) -> bool:
        """See `Metrics.delete`."""
        self._writing.holder.hold(run)
        has_more = delete_run(self._link, self._writing.holder, run)
        if has_more:
            self._writing.holder.change(run)
        else:
            self._writing.holder.let_go(run)
        return has_more

    def delete_metric(self, run: int, metric: MetricId) -> bool:
        """See `Metrics.delete_metric`."""
        self._writing.holder.hold(run)
        was_there = delete_series(self._link, self._writing.holder, run, metric)
        self._writing.holder.change(run)
        return was_there

    def tidy(self, run: int) -> None:
        """See `Metrics.tidy`."""
        self._writing.holder.hold(run)
        compact(self._link, run)
        rank(self._link, run)
        self._writing.holder.change(run)

    @property
    def _writing(self) -> Memory:
        if self._memory is None:
            raise StorageError("A snapshot cannot be written to.", hint="Do it in a job given to write().")
        return self._memory

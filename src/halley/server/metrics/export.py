"""Exporting every point of experiments as an Arrow stream.

No snapshot is held for as long as a slow reader takes: what leaves at a time is read from one moment, and the next
part goes on where it ended.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from litestar.response import Stream

from halley.core.ids import ExperimentKey
from halley.core.metric import MetricId
from halley.errors import NotFound
from halley.server.experiments.api import find_run
from halley.server.metrics.arrow import END, MEDIA_TYPE, ArrowWriter
from halley.server.metrics.read import read_metrics, read_runs
from halley.storage.ports.storage import Session, Storage
from halley.wire.api import ExportMetrics

_PIECES = 16
"""Pieces of at most 65,536 points that are read from one snapshot, and held in memory."""

_METRICS = 2_000
"""Metrics that are looked for in one snapshot."""


class Export(NamedTuple):
    """What to export: experiments by run, and all metrics that may come."""

    runs: dict[int, ExperimentKey]
    metrics: list[MetricId]


def plan_one(session: Session, key: ExperimentKey, name: str | None, context: str | None) -> Export:
    """Plan the export of one experiment: all its metrics, or those with this name, in all contexts or in one.

    Raises:
        NotFound: no experiment has this key, or it has no such metric.
    """
    run = find_run(session.catalog, key)
    metrics = [
        one.metric
        for one in session.metrics.list_series(run)
        if name in {None, one.metric.name} and context in {None, one.metric.context}
    ]
    if not metrics and not (name is context is None):
        raise NotFound(
            f"Experiment {key} has no metric with name={name!r}, context={context!r}.",
            hint=f"GET /api/v1/experiments/{key} lists its metrics.",
            field="name",
        )
    return Export({run: key}, metrics)


def plan_many(session: Session, query: ExportMetrics) -> Export:
    """Plan the export of several experiments; keys that are not known are left out.

    Raises:
        InvalidRequest: a key or a name cannot be one.
    """
    runs = read_runs(session, query.experiments, "experiments")
    if query.metrics is None:
        found = {one.metric for run in runs for one in session.metrics.list_series(run)}
        return Export(runs, sorted(found))
    return Export(runs, read_metrics(query.metrics))


def stream(storage: Storage, export: Export, name: str, *, is_compressed: bool) -> Stream:
    """Answer with the stream, as a file of this name."""
    return Stream(
        _write(storage, export, is_compressed=is_compressed),
        media_type=MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}.arrows"', "Cache-Control": "no-store"},
    )


def _write(storage: Storage, export: Export, *, is_compressed: bool) -> Iterator[bytes]:
    writer = ArrowWriter(list(export.runs.values()), export.metrics, is_compressed=is_compressed)
    yield writer.begin()
    for experiment, run in enumerate(export.runs):
        left, after = _list_metrics(storage, run, export.metrics), None
        while left:
            asked = left[:_METRICS]
            with storage.read() as session:
                pieces = list(islice(session.metrics.export_many(run, asked, after=after), _PIECES))
            for piece in pieces:
                yield writer.write(experiment, piece)
            if len(pieces) < _PIECES:
                left, after = left[len(asked) :], None
            else:
                last = pieces[-1]
                left, after = left[int(last.metric[-1]) :], int(last.step[-1])
    yield END


def _list_metrics(storage: Storage, run: int, wanted: Sequence[MetricId]) -> list[MetricId]:
    """The metrics that a run has, of those that are wanted."""
    with storage.read() as session:
        there = {one.metric for one in session.metrics.list_series(run)}
    return [metric for metric in wanted if metric in there]

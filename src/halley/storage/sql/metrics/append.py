"""Appending a batch of points: to the journal if they are few for each metric, straight to chunks if they are many.

The summary of every series is kept in the same transaction. If all new steps of a series are larger than all old
ones, it follows from the old summary and the new points. Else a point may be rewritten: the old steps in that range
are read, and if an extreme was rewritten, the whole series.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from halley.core.metric import NO_STEP, MetricId
from halley.errors import ArgumentError
from halley.storage.ports.metrics import PointColumns
from halley.storage.sql.link import Link
from halley.storage.sql.metrics.codec import POINT, Columns, Records, columns_of, settle, settle_columns
from halley.storage.sql.metrics.fold import fold
from halley.storage.sql.metrics.memory import Memory, RunMemory
from halley.storage.sql.metrics.points import read_journal, read_series
from halley.storage.sql.metrics.summary import Summary, add, metric_begins, summarise, summarise_one
from halley.storage.sql.put import insert

STEP_LIMIT = 2**62
"""Steps lie within +- this."""

_DIRECT_POINTS = 256
"""A batch with so many points a metric goes straight to chunks."""

_FOLD_POINTS, _FOLD_WIDTH, _FOLD_LIMIT = 4_096, 256, 65_536
"""The journal of a run is folded at 4,096 points, at 256 a metric if that is more, and at 65,536 in any case."""

_JOURNAL = insert("journal", {"run": "integer", "n": "integer", "points": "blob"})
_ORIGIN = insert("origin", {"run": "integer", "first_time": "integer"}, key=1)
_SERIES = insert(
    "series",
    {
        "run": "integer",
        "metric": "integer",
        "project_id": "integer",
        "n": "integer",
        "last_step": "integer",
        "last": "real",
        "min": "real",
        "min_step": "integer",
        "max": "real",
        "max_step": "integer",
        "late": "integer",
    },
    key=2,
)


def append(link: Link, memory: Memory, run: int, points: PointColumns) -> None:
    """Append points to a run; see `Metrics.append`.

    Raises:
        ArgumentError: a point refers to a metric that is not there, or its step is beyond +-2**62.
        StorageError: there is no such run.
    """
    if not len(points.metric):
        return
    known = memory.recall(run)
    records = settle(_to_records(memory, known, points))
    begins = metric_begins(records)
    metrics = records["metric"][begins].tolist()
    _keep_first_time(link, run, known, int(points.time.min()))
    summaries = summarise(records["step"], np.ascontiguousarray(records["value"]), begins)
    _put_summaries(link, run, known, _add_all(link, run, known, records, begins, metrics, summaries))

    if len(records) >= _DIRECT_POINTS * len(metrics):
        fold(link, run, records)
        known.waiting = 0
        return
    link.put(_JOURNAL, (run, len(records), records.tobytes()))
    known.waiting += len(records)
    if known.waiting >= min(_FOLD_LIMIT, max(_FOLD_POINTS, _FOLD_WIDTH * len(known.series))):
        fold(link, run)
        known.waiting = 0


def _to_records(memory: Memory, known: RunMemory, points: PointColumns) -> Records:
    metrics = [MetricId(*metric) for metric in points.metrics]
    if int(points.metric.max()) >= len(metrics):
        raise ArgumentError(
            f"A point refers to metric {int(points.metric.max())}, but the batch has {len(metrics)} metrics.",
            hint="Number the metrics of a batch from 0.",
        )
    numbers = np.array(memory.number(metrics), np.uint32)
    records = np.empty(len(points.metric), POINT)
    records["metric"] = numbers[points.metric]
    records["step"] = points.step
    records["time"] = points.time
    records["epoch"] = points.epoch
    records["value"] = points.value
    lowest = int(points.step.min())
    if lowest == NO_STEP:
        _give_steps(known, records)
        lowest = int(records["step"].min())
    highest = int(records["step"].max())
    if lowest < -STEP_LIMIT or highest > STEP_LIMIT:
        raise ArgumentError(
            f"Step {lowest if lowest < -STEP_LIMIT else highest} is beyond +-2**62.", hint="Count steps from 0."
        )
    return records


def _give_steps(known: RunMemory, records: Records) -> None:
    """Give points without a step the next one of their series, in the order in which they were logged."""
    steps: npt.NDArray[np.int64] = records["step"]
    metrics = records["metric"]
    for metric in np.unique(metrics[steps == NO_STEP]).tolist():
        places = np.flatnonzero(metrics == metric)
        old = known.series.get(metric)
        largest = None if old is None else old.last_step
        given = steps[places].tolist()
        for place, step in enumerate(given):
            if step == NO_STEP:
                step = 0 if largest is None else largest + 1
                given[place] = step
            largest = step if largest is None else max(largest, step)
        steps[places] = given


def _keep_first_time(link: Link, run: int, known: RunMemory, time: int) -> None:
    if known.first_time is None or time < known.first_time:
        link.put(_ORIGIN, (run, time))
        known.first_time = time


# summaries


def _add_all(
    link: Link,
    run: int,
    known: RunMemory,
    records: Records,
    begins: npt.NDArray[np.int64],
    metrics: Sequence[int],
    summaries: Sequence[Summary],
) -> dict[int, Summary]:
    firsts = records["step"][begins].tolist()
    ends = [*begins[1:].tolist(), len(records)]
    journal: Records | None = None
    changed: dict[int, Summary] = {}
    for place, (metric, first, new) in enumerate(zip(metrics, firsts, summaries, strict=True)):
        old = known.series.get(metric)
        if old is None:
            changed[metric] = new
        elif first > old.last_step:
            changed[metric] = add(old, new)
        else:
            if journal is None:
                journal = read_journal(link, run)
            points = columns_of(records[begins[place] : ends[place]])
            added = _add_among(link, run, metric, journal, old, new, points)
            changed[metric] = added._replace(late=old.late + 1)
    return changed


def _add_among(
    link: Link, run: int, metric: int, journal: Records, old: Summary, new: Summary, points: Columns
) -> Summary:
    """Add points whose steps lie among the old ones."""
    near = read_series(link, run, metric, journal, low=int(points.step[0]), high=int(points.step[-1]))
    rewritten = points.step[np.isin(points.step, near.step, assume_unique=True)]
    if not np.isin([old.min_step or 0, old.max_step or 0], rewritten).any():
        return add(old, new, rewritten=len(rewritten))
    whole = settle_columns([read_series(link, run, metric, journal), points])
    return summarise_one(whole.step, whole.value)


def _put_summaries(link: Link, run: int, known: RunMemory, changed: dict[int, Summary]) -> None:
    for metric, summary in changed.items():
        link.put(_SERIES, (run, metric, known.project_id, *summary))
    known.series.update(changed)

"""Appending a batch of points: to the journal if they are few for each metric, straight to chunks if they are many.

The summary of every series is kept in the same transaction. If all new steps of a series are larger than all old
ones, it follows from the old summary and the new points. Else a point may be rewritten: the old steps in that range
are read, and if an extreme was rewritten, the whole series.
"""

import logging

import numpy as np

from halley.errors import StorageDamaged
from halley.storage.ports.metrics import PointColumns
from halley.storage.sql.link import Link
from halley.storage.sql.metrics.codec import Columns, Records, columns_of, settle_columns
from halley.storage.sql.metrics.fold import fold
from halley.storage.sql.metrics.fork import settle_self, settle_series
from halley.storage.sql.metrics.memory import ORIGIN, Memory, RunMemory
from halley.storage.sql.metrics.order import Ordered, order
from halley.storage.sql.metrics.points import read_journal, read_series
from halley.storage.sql.metrics.rank import unrank
from halley.storage.sql.metrics.summary import Summary, add, summarise_one
from halley.storage.sql.names import count_in
from halley.storage.sql.put import insert

logger = logging.getLogger("halley.storage")

_DIRECT_POINTS = 256
"""A batch with so many points a metric goes straight to chunks."""

_FOLD_POINTS, _FOLD_WIDTH, _FOLD_LIMIT = 4_096, 256, 65_536
"""The journal of a run is folded at 4,096 points, at 256 a metric if that is more, and at 65,536 in any case."""

_JOURNAL = insert("journal", {"run": "integer", "n": "integer", "points": "blob"})
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
    kept=1,
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
    new = order(points, memory.number(points.metrics), known.series)
    _keep_first_time(link, run, known, new.first_time)
    _put_summaries(link, run, known, _add_all(link, memory, run, known, new))

    is_direct = new.n >= _DIRECT_POINTS * len(new.metrics) and known.waiting >= 0
    if not is_direct:
        link.put(_JOURNAL, (run, new.n, new.to_bytes()))
        known.waiting += new.n
    if is_direct or known.waiting >= min(_FOLD_LIMIT, max(_FOLD_POINTS, _FOLD_WIDTH * len(known.series))):
        try:
            fold(link, run, new.records if is_direct else None, has_journal=known.waiting > 0)
            known.waiting = 0
        except StorageDamaged as error:  # the points before these are; these are not, and stay in the journal
            logger.error("%s What comes is kept beside them.", error)
            if is_direct:
                link.put(_JOURNAL, (run, new.n, new.to_bytes()))
            known.waiting = -_FOLD_LIMIT  # it is tried again, but not with every batch


def _keep_first_time(link: Link, run: int, known: RunMemory, time: int) -> None:
    if known.first_time is None or time < known.first_time:
        link.put(ORIGIN, (run, time))
        known.first_time = time


# summaries


def _add_all(link: Link, memory: Memory, run: int, known: RunMemory, new: Ordered) -> dict[int, Summary]:
    journal: Records | None = None
    changed: dict[int, Summary] = {}
    for place, (metric, first, summary) in enumerate(zip(new.metrics, new.firsts, new.summaries, strict=True)):
        old = known.series.get(metric)
        if old is None:
            changed[metric] = summary
        elif first > old.last_step:
            changed[metric] = add(old, summary)
        else:
            if known.has_kin:
                settle_self(link, memory.holder, run, metric)
                settle_series(link, memory.holder, run, metric, first)
            if journal is None:
                journal = read_journal(link, run)
            end = new.begins[place + 1] if place + 1 < len(new.begins) else new.n
            points = columns_of(new.records[new.begins[place] : end])
            try:
                added = _add_among(link, run, metric, journal, old, summary, points)
            except StorageDamaged:  # which points are rewritten cannot be read; that must not keep new ones out
                added = add(old, summary)
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
    count_in(link, known.project_id, [metric for metric in changed if metric not in known.series])
    if known.is_ranked:
        unrank(link, run)
        known.is_ranked = False
    for metric, summary in changed.items():
        link.put(_SERIES, (run, metric, known.project_id, *summary))
    known.series.update(changed)

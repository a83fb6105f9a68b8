"""Deleting points: all of a run, slice by slice, or all of one metric of a run at once."""

from halley.core.metric import MetricId
from halley.storage.sql.delete import Rows, delete_slice
from halley.storage.sql.hold import Holder
from halley.storage.sql.link import Link, in_list
from halley.storage.sql.metrics.fork import settle_heirs, settle_series
from halley.storage.sql.metrics.points import read_journal
from halley.storage.sql.names import count_out

_SERIES_PER_SLICE = 1_000

_TABLES = (
    Rows("journal", "id", 500),
    Rows("chunk", "id", 75),
    Rows("clock", "id", 100),
    Rows("stretch", "metric, first", 500),
    Rows("heritage", "metric, until", 2_000),
    Rows("origin", "run", 500),
)
"""What there is of a run, and how much of it is deleted at a time."""


def delete_run(link: Link, holder: Holder, run: int) -> bool:
    """Delete a slice of what there is of a run; say whether there may be more."""
    return settle_heirs(link, holder, run) or _delete_summaries(link, run) or delete_slice(link, run, _TABLES)


def _delete_summaries(link: Link, run: int) -> bool:
    link.lock(run)
    rows = link.rows(
        "delete from series where run = ? and metric in (select metric from series where run = ? limit ?)"
        " returning project_id, metric",
        (run, run, _SERIES_PER_SLICE),
    )
    if rows:
        count_out(link, rows[0][0], [number for _, number in rows])
        link.deleted_rows += len(rows)
    return len(rows) == _SERIES_PER_SLICE


def delete_series(link: Link, holder: Holder, run: int, metric: MetricId) -> bool:
    """Delete a metric of a run: its summary, chunks, clocks that no other metric shares, and points in the journal."""
    link.lock(run)
    number = link.value("select id from metric where name = ? and context = ?", tuple(metric))
    if number is None:
        return False
    settle_series(link, holder, run, number, -(2**63))
    project_id = link.value("delete from series where run = ? and metric = ? returning project_id", (run, number))
    if project_id is None:
        return False
    count_out(link, project_id, [number])
    link.run("delete from heritage where run = ? and metric = ?", (run, number))
    link.run("delete from stretch where run = ? and metric = ?", (run, number))
    clocks = link.rows("delete from chunk where run = ? and metric = ? returning clock", (run, number))
    link.run(
        f"delete from clock where run = ? and id in {in_list({clock for (clock,) in clocks})}"
        " and not exists (select 1 from chunk where chunk.run = clock.run and chunk.clock = clock.id)",
        (run,),
    )
    _delete_from_journal(link, run, number)
    link.deleted_rows += 1 + len(clocks)
    return True


def _delete_from_journal(link: Link, run: int, number: int) -> None:
    journal = read_journal(link, run)
    kept = journal[journal["metric"] != number]
    if len(kept) == len(journal):
        return
    link.run("delete from journal where run = ?", (run,))
    if len(kept):
        link.run("insert into journal (run, n, points) values (?, ?, ?)", (run, len(kept), kept.tobytes()))

"""Deleting points: all of a run, slice by slice, or all of one metric of a run at once."""

from halley.core.metric import MetricId
from halley.storage.sql.delete import Rows, delete_slice
from halley.storage.sql.link import Link, in_list
from halley.storage.sql.metrics.points import read_journal

_TABLES = (
    Rows("series", "metric", 2_000),
    Rows("journal", "id", 500),
    Rows("chunk", "id", 75),
    Rows("clock", "id", 100),
    Rows("stretch", "metric, first", 500),
    Rows("heritage", "metric, until", 2_000),
    Rows("origin", "run", 500),
)
"""What there is of a run, and how much of it is deleted at a time."""


def delete_run(link: Link, run: int) -> bool:
    """Delete a slice of what there is of a run; say whether there may be more."""
    return delete_slice(link, run, _TABLES)


def delete_series(link: Link, run: int, metric: MetricId) -> bool:
    """Delete a metric of a run: its summary, chunks, clocks that no other metric shares, and points in the journal."""
    link.lock(run)
    number = link.value("select id from metric where name = ? and context = ?", tuple(metric))
    if number is None or not link.run("delete from series where run = ? and metric = ?", (run, number)).rowcount:
        return False
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

"""Forks: a run begins with what another had up to a step, without copying a point.

Table `heritage` says, for every series of a forked run, up to which step it is read from which run; forks of forks name
the runs that have the points, so that no chain is followed. Summaries are copied, so tables never notice.

A fork keeps what it was: before points that others inherit are rewritten or deleted, and before a forked run itself is
told of a step that it inherits, the heir gets chunks of its own (copy on write).
"""

from collections.abc import Iterable

from halley.core.metric import MetricId
from halley.errors import ArgumentError
from halley.storage.sql.hold import Holder
from halley.storage.sql.link import Link, in_list
from halley.storage.sql.metrics.fold import Piece, write_pieces
from halley.storage.sql.metrics.lines import Span, find_lines, find_series, read_parts
from halley.storage.sql.metrics.memory import ORIGIN, Memory, RunMemory
from halley.storage.sql.metrics.points import ChunkReader
from halley.storage.sql.metrics.rank import unrank
from halley.storage.sql.metrics.stretch import drop_stretches
from halley.storage.sql.metrics.summary import Summary, add, summarise_one
from halley.storage.sql.names import count_in

_SLICE_POINTS = 500_000
"""Heirs get so many points of their own at a time."""

_PAGE_ROWS = 1_000

_NEW_HERITAGE = "insert into heritage (run, metric, until, source) values (?, ?, ?, ?)"
_NEW_SERIES = """
insert into series (run, metric, project_id, n, last_step, last, min, min_step, max, max_step, late)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def fork(link: Link, memory: Memory, run: int, parent: int, step: int) -> None:
    """Let a run without points begin with what another has up to a step; see `Metrics.fork`.

    Raises:
        ArgumentError: the run has points already, or is its own parent.
        StorageError: there is no such run, or no such parent.
    """
    given, known = memory.recall(parent), memory.recall(run)
    if run == parent or known.series:
        raise ArgumentError("Only an experiment that has no points yet can be forked from another.")
    inherited = _summarise(link, parent, given, step)
    heritage = []
    for number, summary in inherited.items():
        rows = link.rows(
            "select until, source from heritage where run = ? and metric = ? order by until", (parent, number)
        )
        for _, source in rows:  # whoever rewrites what is inherited has to see this heir, too
            memory.holder.hold(source)
        heritage += [(run, number, *row) for row in cut_heritage([*rows, (2**63 - 1, parent)], summary.last_step)]
    if known.is_ranked:
        unrank(link, run)
    count_in(link, known.project_id, list(inherited))
    link.run_many(_NEW_HERITAGE, heritage)
    link.run_many(_NEW_SERIES, [(run, number, known.project_id, *one) for number, one in inherited.items()])
    if given.first_time is not None and inherited:
        first_time = given.first_time if known.first_time is None else min(given.first_time, known.first_time)
        link.put(ORIGIN, (run, first_time))
    memory.holder.change(run)
    memory.holder.change(parent)


def cut_heritage(rows: Iterable[tuple[int, int]], step: int) -> list[tuple[int, int]]:
    """What of a series' sources (up to which step, which run) is left if it ends with a step.

    Example:
        >>> cut_heritage([(10, 1), (20, 2), (99, 3)], 15)
        [(10, 1), (15, 2)]
    """
    kept: list[tuple[int, int]] = []
    for until, source in rows:
        kept.append((min(until, step), source))
        if until >= step:
            break
    return kept


def _summarise(link: Link, parent: int, given: RunMemory, step: int) -> dict[int, Summary]:
    """The summaries of a run's series up to a step, by number, of those that have any point there."""
    whole = {number: one for number, one in given.series.items() if one.last_step <= step}
    rest = given.series.keys() - whole.keys()
    found: dict[int, Summary] = {}
    for line in find_lines(link, find_series(link, [parent], _name(link, rest)), Span(high=step)):
        for part in line.parts:
            points = read_parts(ChunkReader(link), [part])  # a reader remembers what it read: one for all never ends
            points = points.take(points.step <= step)
            if len(points.step):
                summary = summarise_one(points.step, points.value)
                found[line.number] = add(found[line.number], summary) if line.number in found else summary
    return {number: one._replace(late=0) for number, one in sorted((whole | found).items())}


def _name(link: Link, numbers: Iterable[int]) -> list[MetricId]:
    return [MetricId(*row) for row in link.rows(f"select name, context from metric where id in {in_list(numbers)}")]


# copy on write


def settle_series(link: Link, holder: Holder, run: int, number: int, step: int) -> None:
    """Before a series is told of a step among its others, or loses all from a step on: settle its heirs there."""
    heirs = link.rows(
        "select distinct run from heritage where source = ? and metric = ? and until >= ?", (run, number, step)
    )
    for (heir,) in heirs:
        _settle(link, holder, heir, number)


def settle_self(link: Link, holder: Holder, run: int, number: int) -> None:
    """Before a series is told of a step among its others: it inherits nothing any more."""
    if link.value("select 1 from heritage where run = ? and metric = ? limit 1", (run, number)) is not None:
        _settle(link, holder, run, number)


def settle_heirs(link: Link, holder: Holder, source: int) -> bool:
    """Before a run is deleted: give a slice of its heirs points of their own; say whether there are more."""
    rows = link.rows(
        "select heritage.run, heritage.metric, n from heritage"
        " join series on series.run = heritage.run and series.metric = heritage.metric"
        f" where source = ? order by heritage.run limit {_PAGE_ROWS}",
        (source,),
    )
    size = 0
    for heir, number, n in rows:
        _settle(link, holder, heir, number)
        size += n
        if size >= _SLICE_POINTS:
            return True
    return len(rows) == _PAGE_ROWS


def _settle(link: Link, holder: Holder, heir: int, number: int) -> None:
    """Give a series of a run what it inherits as chunks of its own."""
    holder.hold(heir)
    until = link.value("select max(until) from heritage where run = ? and metric = ?", (heir, number))
    drop_stretches(link, heir, number, -(2**63))
    pieces: list[Piece] = []
    size = 0
    for line in find_lines(link, find_series(link, [heir], _name(link, [number]))):
        for part in line.parts:
            if part.first > until:
                break
            points = read_parts(ChunkReader(link), [part])
            pieces.append(Piece(number, [], points))
            size += len(points.step)
            if size >= _SLICE_POINTS:
                write_pieces(link, heir, pieces)
                pieces, size = [], 0
    write_pieces(link, heir, pieces)
    link.run("delete from heritage where run = ? and metric = ?", (heir, number))
    holder.change(heir)

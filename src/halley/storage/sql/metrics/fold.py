"""Folding: points from the journal and from large batches become chunks, merged with chunks that are there.

The chunks of a series never overlap. New points that lie after all others join the last chunks if these are small
(at most twice as big, so that a point is rewritten O(log n) times); points that lie among others rewrite the chunks
they lie in.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from halley.storage.sql.link import Link, in_list
from halley.storage.sql.metrics.codec import (
    CHUNK_POINTS,
    ROLLED_POINTS,
    Columns,
    Records,
    columns_of,
    encode,
    roll_up,
    roll_up_clock,
    settle,
    settle_columns,
    split_metrics,
)
from halley.storage.sql.metrics.points import ChunkReader, ChunkRow, list_chunks, read_journal
from halley.storage.sql.metrics.stretch import STRETCH_POINTS, drop_stretches, make_stretches

_NEW_CLOCK = "insert into clock (run, times, epochs, rollup) values (?, ?, ?, ?) returning id"
_NEW_CHUNK = """
insert into chunk (run, metric, first, last, n, clock, rollup, steps, vals) values (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


_PAGE_CHUNKS = 32


class Piece(NamedTuple):
    """A stretch of a series to write: old chunks, and new points that win over them."""

    metric: int
    chunks: list[ChunkRow]
    points: Columns | None


def fold(link: Link, run: int, newest: Records | None = None) -> None:
    """Turn a run's journal, and points newer than it, into chunks."""
    journal = read_journal(link, run)
    records = journal if newest is None else np.concatenate([journal, newest]) if len(journal) else newest
    if not len(records):
        return
    records = settle(records)
    pieces: list[Piece] = []
    for metric, begin, end in split_metrics(records):
        pieces += _place(link, run, metric, columns_of(records[begin:end]))
    write_pieces(link, run, pieces)
    if len(journal):
        link.run("delete from journal where run = ?", (run,))


def compact(link: Link, run: int) -> None:
    """Fold the journal, then make all chunks full but the last of each series."""
    fold(link, run)
    loose = _list_loose(link, run)
    pieces = []
    for number, chunks in loose.items():
        full = _count_full(chunks)
        if len(chunks) - full > 1:
            pieces.append(Piece(number, chunks[full:], None))
    write_pieces(link, run, pieces)
    rewritten = {piece.metric for piece in pieces}
    for number, chunks in loose.items():
        if number in rewritten and sum(chunk.n for chunk in chunks) >= STRETCH_POINTS:
            chunks = list_chunks(link, run, number, chunks[0].first, chunks[-1].last)
        make_stretches(link, run, number, chunks[: _count_full(chunks)])


def _list_loose(link: Link, run: int) -> dict[int, list[ChunkRow]]:
    """The chunks of every series of a run that no stretch covers."""
    covered = dict(link.rows("select metric, max(last) from stretch where run = ? group by metric", (run,)))
    loose: dict[int, list[ChunkRow]] = {}
    questions = [f"metric not in {in_list(covered)}" if covered else "metric is not null"]
    questions += [f"metric = {number} and first > {last}" for number, last in covered.items()]
    for which in questions:
        for number, *row in link.rows(
            f"select metric, id, first, last, n, clock from chunk where run = ? and {which} order by metric, first",
            (run,),
        ):
            loose.setdefault(number, []).append(ChunkRow(*row))
    return loose


def _count_full(chunks: Sequence[ChunkRow]) -> int:
    """How many chunks from the first on are full."""
    return next((place for place, chunk in enumerate(chunks) if chunk.n < CHUNK_POINTS), len(chunks))


# placing


def _place(link: Link, run: int, metric: int, points: Columns) -> list[Piece]:
    """Decide which chunks the new points of a series are merged with."""
    begin, size = int(points.step[0]), len(points.step)
    seen: list[ChunkRow] = []
    for chunk in _newest_chunks(link, run, metric):
        if chunk.last < begin:
            if chunk.n >= CHUNK_POINTS or chunk.n > 2 * size:
                break
            size += chunk.n
        seen.append(chunk)
    seen.reverse()
    if not seen or seen[-1].last < begin:
        return [Piece(metric, seen, points)]
    drop_stretches(link, run, metric, begin)
    return _place_among(metric, seen, points)


def _newest_chunks(link: Link, run: int, metric: int) -> Iterator[ChunkRow]:
    """The chunks of a series from the last one back, a page at a time: mostly a few are wanted."""
    before = 2**63 - 1
    while True:
        rows = link.rows(
            "select id, first, last, n, clock from chunk where run = ? and metric = ? and first < ?"
            f" order by first desc limit {_PAGE_CHUNKS}",
            (run, metric, before),
        )
        yield from map(ChunkRow._make, rows)
        if len(rows) < _PAGE_CHUNKS:
            return
        before = rows[-1][1]


def _place_among(metric: int, seen: list[ChunkRow], points: Columns) -> list[Piece]:
    """Give every point to the last chunk that begins before it; chunks side by side that get some become one piece."""
    owner = np.searchsorted(np.array([chunk.first for chunk in seen]), points.step, side="right") - 1
    pieces: list[Piece] = []
    previous = -2
    for place in np.unique(owner).tolist():
        given = points.take(owner == place)
        chunks = [seen[place]] if place >= 0 and _is_joined(seen[place], given) else []
        before = pieces[-1].points if chunks and pieces and place == previous + 1 else None
        if before is not None:
            pieces[-1] = Piece(metric, pieces[-1].chunks + chunks, settle_columns([before, given]))
        else:
            pieces.append(Piece(metric, chunks, given))
        previous = place
    return pieces


def _is_joined(chunk: ChunkRow, points: Columns) -> bool:
    return int(points.step[0]) <= chunk.last or chunk.n <= 2 * len(points.step)


# writing


def write_pieces(link: Link, run: int, pieces: Sequence[Piece]) -> None:
    """Write pieces as chunks, and drop the chunks and clocks they replace."""
    replaced = [chunk for piece in pieces for chunk in piece.chunks]
    found = ChunkReader(link).read(replaced) if replaced else {}
    clocks = _Clocks(link, run)
    rows = []
    for piece in pieces:
        parts = [found[chunk.id] for chunk in piece.chunks]
        if piece.points is not None:
            parts.append(piece.points)
        whole = settle_columns(parts)
        for begin in range(0, len(whole.step), CHUNK_POINTS):
            part = whole.take(slice(begin, begin + CHUNK_POINTS))
            n = len(part.step)
            clock, steps = clocks.keep(part)
            rollup = roll_up(part.step, part.value) if n >= ROLLED_POINTS else None
            rows.append(
                (run, piece.metric, int(part.step[0]), int(part.step[-1]), n, clock, rollup, steps, encode(part.value))
            )
    if replaced:
        link.run(f"delete from chunk where id in {in_list(chunk.id for chunk in replaced)}")
    link.run_many(_NEW_CHUNK, rows)
    if replaced:
        link.run(
            f"delete from clock where id in {in_list({chunk.clock for chunk in replaced})}"
            " and not exists (select 1 from chunk where chunk.run = ? and chunk.clock = clock.id)",
            (run,),
        )


class _Clocks:
    """Times and epochs of the chunks being written: chunks with equal steps, times and epochs share one clock."""

    def __init__(self, link: Link, run: int) -> None:
        self._link = link
        self._run = run
        self._kept: dict[tuple[int, int, int, int, int], list[tuple[Columns, int, bytes]]] = {}

    def keep(self, part: Columns) -> tuple[int, bytes]:
        """The clock and the encoded steps of a chunk."""
        step, time = part.step, part.time
        key = (len(step), int(step[0]), int(step[-1]), int(time[0]), int(time[-1]))
        alike = self._kept.setdefault(key, [])
        for other, clock, steps in alike:
            if _is_equal(other.step, step) and _is_equal(other.time, time) and _is_equal(other.epoch, part.epoch):
                return clock, steps
        rollup = roll_up_clock(time, part.epoch) if len(time) >= ROLLED_POINTS else None
        clock = self._link.value(_NEW_CLOCK, (self._run, encode(time), encode(part.epoch), rollup))
        steps = encode(step)
        alike.append((part, clock, steps))
        return clock, steps


def _is_equal(a: npt.NDArray[np.generic], b: npt.NDArray[np.generic]) -> bool:
    return np.array_equal(a.view(np.int64), b.view(np.int64))  # bit by bit: NaN equals itself

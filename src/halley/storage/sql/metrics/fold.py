"""Folding: points from the journal and from large batches become chunks, merged with chunks that are there.

The chunks of a series never overlap. New points that lie after all others join the last chunks if these are small
(at most twice as big, so that a point is rewritten O(log n) times); points that lie among others rewrite the chunks
they lie in.
"""

from collections.abc import Sequence
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
    settle,
    settle_columns,
    split_metrics,
)
from halley.storage.sql.metrics.points import ChunkReader, ChunkRow, read_journal

_NEW_CLOCK = "insert into clock (run, times, epochs) values (?, ?, ?) returning id"
_NEW_CHUNK = """
insert into chunk (run, metric, first, last, n, clock, rollup, steps, vals) values (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


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
    by_metric: dict[int, list[ChunkRow]] = {}
    for metric, *row in link.rows(
        "select metric, id, first, last, n, clock from chunk where run = ? order by metric, first", (run,)
    ):
        by_metric.setdefault(metric, []).append(ChunkRow(*row))
    pieces = []
    for metric, chunks in by_metric.items():
        full = 0
        while full < len(chunks) and chunks[full].n == CHUNK_POINTS:
            full += 1
        if len(chunks) - full > 1:
            pieces.append(Piece(metric, chunks[full:], None))
    write_pieces(link, run, pieces)


# placing


def _place(link: Link, run: int, metric: int, points: Columns) -> list[Piece]:
    """Decide which chunks the new points of a series are merged with."""
    begin, size = int(points.step[0]), len(points.step)
    seen: list[ChunkRow] = []
    for row in link.run(
        "select id, first, last, n, clock from chunk where run = ? and metric = ? order by first desc", (run, metric)
    ):
        chunk = ChunkRow(*row)
        if chunk.last < begin:
            if chunk.n >= CHUNK_POINTS or chunk.n > 2 * size:
                break
            size += chunk.n
        seen.append(chunk)
    seen.reverse()
    if not seen or seen[-1].last < begin:
        return [Piece(metric, seen, points)]
    return _place_among(metric, seen, points)


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
        clock = self._link.value(_NEW_CLOCK, (self._run, encode(time), encode(part.epoch)))
        steps = encode(step)
        alike.append((part, clock, steps))
        return clock, steps


def _is_equal(a: npt.NDArray[np.generic], b: npt.NDArray[np.generic]) -> bool:
    return np.array_equal(a.view(np.int64), b.view(np.int64))  # bit by bit: NaN equals itself

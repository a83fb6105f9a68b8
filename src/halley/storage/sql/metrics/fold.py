"""Folding: points from the journal and from large batches become chunks, merged with chunks that are there.

The chunks of a series never overlap. New points that lie after all others join the last chunks if these are small
(at most twice as big, so that a point is rewritten O(log n) times); points that lie among others rewrite the chunks
they lie in.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from halley.storage.sql.link import Link, in_list
from halley.storage.sql.metrics.codec import (
    CHUNK_POINTS,
    POINT,
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
from halley.storage.sql.put import insert

_NEW_CLOCK = "insert into clock (run, times, epochs, rollup) values (?, ?, ?, ?) returning id"
_CHUNK = insert(
    "chunk",
    {
        "run": "integer",
        "metric": "integer",
        "first": "integer",
        "last": "integer",
        "n": "integer",
        "clock": "integer",
        "rollup": "blob",
        "steps": "blob",
        "vals": "blob",
    },
)


_PAGE_CHUNKS = 32

_SHORT_CHUNKS = 4
"""Series of fewer chunks are short."""

_COMPACT_POINTS = 2_000_000
"""So many points are compacted together: bounds memory."""

_CLOCK_LIMIT = 64
"""Most clocks remembered while chunks are written; 25 MB."""


class Piece(NamedTuple):
    """A stretch of a series to write: old chunks, and new points that win over them."""

    metric: int
    chunks: list[ChunkRow]
    points: Columns | None


def fold(link: Link, run: int, newest: Records | None = None, *, has_journal: bool = True) -> None:
    """Turn a run's journal, unless it is known to have none, and points newer than it, into chunks."""
    journal = read_journal(link, run) if has_journal else np.empty(0, POINT)
    records = journal if newest is None else np.concatenate([journal, newest]) if len(journal) else newest
    if not len(records):
        return
    records = settle(records)
    parts = split_metrics(records)
    found = _list_short(link, run, [metric for metric, _, _ in parts])
    pieces: list[Piece] = []
    for metric, begin, end in parts:
        newest_chunks = _newest_chunks(link, run, metric) if found is None else reversed(found.get(metric, []))
        pieces += _place(link, run, metric, columns_of(records[begin:end]), newest_chunks)
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
    clocks, begin, size = _Clocks(link, run), 0, 0
    for end, piece in enumerate(pieces, 1):
        size += sum(chunk.n for chunk in piece.chunks)
        if size >= _COMPACT_POINTS or end == len(pieces):
            write_pieces(link, run, pieces[begin:end], clocks)
            begin, size = end, 0
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


def _list_short(link: Link, run: int, metrics: Sequence[int]) -> dict[int, list[ChunkRow]] | None:
    """All chunks of some series with one question, if they are short; None if there are too many."""
    rows = link.rows(
        "select metric, id, first, last, n, clock from chunk"
        f" where run = ? and metric in {in_list(metrics)} order by metric, first limit ?",
        (run, _SHORT_CHUNKS * len(metrics)),
    )
    if len(rows) == _SHORT_CHUNKS * len(metrics):
        return None
    found: dict[int, list[ChunkRow]] = {}
    for metric, *row in rows:
        found.setdefault(metric, []).append(ChunkRow(*row))
    return found


def _place(link: Link, run: int, metric: int, points: Columns, newest_chunks: Iterable[ChunkRow]) -> list[Piece]:
    """Decide which chunks the new points of a series are merged with; its chunks are given from the last one back."""
    begin, size = int(points.step[0]), len(points.step)
    seen: list[ChunkRow] = []
    for chunk in newest_chunks:
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


def write_pieces(link: Link, run: int, pieces: Sequence[Piece], clocks: "_Clocks | None" = None) -> None:
    """Write pieces as chunks, and drop the chunks and clocks they replace.

    Args:
        link: The connection.
        run: Whose pieces.
        pieces: What to write.
        clocks: Those that were written just before, to be shared.
    """
    replaced = [chunk for piece in pieces for chunk in piece.chunks]
    found = ChunkReader(link).read(replaced) if replaced else {}
    clocks = clocks or _Clocks(link, run)
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
    for row in rows:
        link.put(_CHUNK, row)
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
        self._kept: dict[tuple[int, ...], list[_Kept]] = {}
        self._size = 0

    def keep(self, part: Columns) -> tuple[int, bytes]:
        """The clock and the encoded steps of a chunk."""
        step, time = part.step, part.time
        key = (len(step), int(step[0]), int(step[-1]), int(time[0]), int(time[-1]))
        for other in self._kept.get(key, ()):
            if other.step == step.tobytes() and other.time == time.tobytes() and other.epoch == part.epoch.tobytes():
                return other.clock, other.encoded
        rollup = roll_up_clock(time, part.epoch) if len(time) >= ROLLED_POINTS else None
        clock: int = self._link.value(_NEW_CLOCK, (self._run, encode(time), encode(part.epoch), rollup))
        kept = _Kept(step.tobytes(), time.tobytes(), part.epoch.tobytes(), clock, encode(step))
        if self._size == _CLOCK_LIMIT:
            self._size -= len(self._kept.pop(next(iter(self._kept))))
        self._size += 1
        self._kept.setdefault(key, []).append(kept)
        return clock, kept.encoded


class _Kept(NamedTuple):
    """A clock: its columns as bytes, so that NaN equals itself."""

    step: bytes
    time: bytes
    epoch: bytes
    clock: int
    encoded: bytes

"""Cursors: how far a chart was when it was drawn, so that the next drawing needs to bring only what is new.

A cursor keeps the question, the grid, and for every series how many points it had, how many batches came among older
steps, and its last step. If the number of late batches is still the same, every new point lies behind the old last
step: so only the buckets from there on are drawn again, and only of series that grew. In all other cases the chart
comes whole.
"""

import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from halley.storage.sql.metrics.grid import Grid, round_grid
from halley.storage.sql.metrics.lines import Key, Known

Question = tuple[Any, ...]
"""What was asked for: a cursor is good for the same question only."""

_NUMBERS = 5
_SIZE_LIMIT = 64 * 2**20


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """How far a chart was.

    Attributes:
        question: A checksum of what was asked for.
        begin: The x at which the grid was begun.
        width: The grid's, 0 where it was the very values.
        first: The grid's first edge.
        buckets: How many it had.
        series: Run, metric's number, points, late batches, last step of each, 8 bytes a number: who sends a cursor
            that is none costs the server no more than its bytes.
    """

    question: int
    begin: float
    width: float
    first: float
    buckets: int
    series: bytes


_decoder = msgspec.msgpack.Decoder(Cursor)


def make_cursor(question: Question, grid: Grid, begin: float, known: Mapping[Key, Known]) -> bytes:
    """Note how far a chart is."""
    edges = grid.edges
    cursor = Cursor(
        _check(question),
        float(begin),
        grid.width,
        float(edges[0]) if len(edges) else 0.0,
        len(edges),
        np.array([(*key, *_how_far(one)) for key, one in known.items()], np.int64).tobytes(),
    )
    return zlib.compress(msgspec.msgpack.encode(cursor), 1)


def read_cursor(data: bytes, question: Question) -> Cursor | None:
    """Read a cursor; None if it is none, or of another question: then a chart is drawn whole."""
    try:
        inflated = zlib.decompressobj().decompress(data, _SIZE_LIMIT)
        cursor = _decoder.decode(inflated)
    except (zlib.error, msgspec.DecodeError):
        return None
    is_good = cursor.question == _check(question) and len(cursor.series) % (8 * _NUMBERS) == 0
    return cursor if is_good else None


def _check(question: Question) -> int:
    return zlib.crc32(repr(question).encode())


def _how_far(one: Known) -> tuple[int, int, int]:
    return one.n, one.late, one.last_step


def _list_series(cursor: Cursor) -> dict[Key, tuple[int, int, int]]:
    rows = np.frombuffer(cursor.series, np.int64).reshape(-1, _NUMBERS).tolist()
    return {(run, number): (n, late, last_step) for run, number, n, late, last_step in rows}


def find_grown(cursor: Cursor, known: Mapping[Key, Known]) -> list[Key] | None:
    """The series that grew behind their last step and did nothing else; None if any changed in another way."""
    old = _list_series(cursor)
    if old.keys() != known.keys():
        return None
    changed = [key for key in known if _how_far(known[key]) != old[key]]
    for key in changed:
        (n, late, last_step), now = old[key], known[key]
        if now.late != late or now.n <= n or now.last_step <= last_step:
            return None
    return changed


def continue_grid(
    cursor: Cursor, known: Mapping[Key, Known], grown: Sequence[Key], high: float | None, buckets: int
) -> tuple[Grid, int] | None:
    """The grid now, and its first bucket in which anything can be new; None if it is not the old one, grown."""
    end = min(max(one.last_step for one in known.values()), math.inf if high is None else high)
    old = _list_series(cursor)
    step = min(old[key][2] for key in grown)
    if not cursor.width or step < cursor.begin:
        return None
    grid = round_grid(cursor.begin, end, buckets)
    if grid.width != cursor.width or float(grid.edges[0]) != cursor.first or len(grid.edges) < cursor.buckets:
        return None
    return grid, int(grid.edges.searchsorted(step, side="right")) - 1

"""The axes of time and epoch: the roll-ups of clocks say where a chunk lies.

Small chunks are read, and lines in which time goes back altogether, because their points have to be sorted.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from halley.storage.sql.link import Link, in_list
from halley.storage.sql.metrics.axes import NOTHING, Column, Drawn, Stroke
from halley.storage.sql.metrics.codec import (
    CLOCK_BLOCK,
    NO_TIME,
    ROLLED_POINTS,
    Floats,
    Records,
    unseal,
)
from halley.storage.sql.metrics.lines import Line, Part, read_parts
from halley.storage.sql.metrics.points import ChunkReader, ClockField
from halley.storage.sql.metrics.stretch import rows_of

_FETCH = 256
"""Chunks fetched at once: bounds memory."""


class ClockAxis:
    """Times or epochs: what clocks keep.

    Args:
        link: The connection.
        field: `time` or `epoch`.
        origins: Run to the time that is 0 on its axis; missing runs have 0.
    """

    is_unique = False

    def __init__(self, link: Link, field: ClockField, origins: Mapping[int, int]) -> None:
        self._link = link
        self._field = field
        self._origins = origins
        self._reader = ChunkReader(link)
        self._rollups: dict[int, Records | None] = {}
        self._x: dict[tuple[int, int], Column] = {}

    def lay(self, lines: Sequence[Line]) -> list[list[Stroke]]:
        """See `Axis.lay`."""
        self._read_rollups(part.chunk.clock for line in lines for part in line.parts if part.chunk and _is_big(part))
        # Where the others lie only their points say; they are read for all lines together.
        laid = [[(part, self._place(part, line)) for part in line.parts] for line in lines]
        unknown = [
            (part, line) for line, parts in zip(lines, laid, strict=True) for part, stroke in parts if not stroke
        ]
        read = iter(self._draw_all(unknown))
        return [
            self._check(line, [stroke or next(read) for _, stroke in parts])
            for line, parts in zip(lines, laid, strict=True)
        ]

    def _draw_all(self, parts: Sequence[tuple[Part, Line]]) -> list[Stroke]:
        """Read parts."""
        drawn = []
        for begin in range(0, len(parts), _FETCH):
            some = parts[begin : begin + _FETCH]
            chunks = [part.chunk for part, _ in some if part.chunk is not None and part.points is None]
            values = {id_: decoded for id_, _, decoded in self._reader.read_values([chunk.id for chunk in chunks])}
            clocks = self._reader.read_clock_columns({chunk.clock for chunk in chunks}, self._field)
            for part, line in some:
                if part.chunk is not None and part.points is None:
                    drawn.append(self._draw(clocks[part.chunk.clock], values[part.chunk.id], line))
                else:
                    drawn.append(self._draw_whole([part], line))
        return drawn

    def _draw_whole(self, parts: Sequence[Part], line: Line) -> Stroke:
        """Read parts of a line as one."""
        points = read_parts(self._reader, parts)
        return self._draw(points.time if self._field == "time" else points.epoch, points.value, line)

    def _read_rollups(self, ids: Iterable[int]) -> None:
        missing = set(ids) - self._rollups.keys()
        if missing:
            rows = self._link.run(f"select id, rollup from clock where id in {in_list(missing)}")
            unsealed = [(id_, unseal(data, CLOCK_BLOCK)) for id_, data in rows]
            self._rollups |= {id_: None if data is None else np.frombuffer(data, CLOCK_BLOCK) for id_, data in unsealed}

    def _origin(self, line: Line) -> int:
        return self._origins.get(line.run, 0)

    def _place(self, part: Part, line: Line) -> Stroke | None:
        """Where a part lies, if its roll-up says so."""
        origin = self._origin(line)
        if part.digests is not None:
            ends = part.digests[self._field]
            if self._is_known(ends):
                filled = part.digests[ends[:, 0] <= ends[:, 1]]
                if not len(filled):
                    return NOTHING
                low, high = float(filled[self._field][0, 0]), float(filled[self._field][-1, 1])
                return Stroke(low - origin, high - origin, int(filled["n"].sum()), digests=filled, origin=origin)
        elif part.chunk is not None and _is_big(part):
            rollup = self._rollups.get(part.chunk.clock)
            if rollup is not None and self._is_known(rollup[self._field]):
                low, high = float(rollup[self._field][0, 0]), float(rollup[self._field][-1, 1])
                if low > high:
                    return NOTHING
                return Stroke(low - origin, high - origin, part.n, part.chunk, origin=origin)
        return None

    def _is_known(self, ends: Column) -> bool:
        if self._field == "time":
            return bool((ends != NO_TIME).all() and (ends[1:, 0] >= ends[:-1, 1]).all())
        filled = ends[ends[:, 0] <= ends[:, 1]]
        return not np.isnan(ends).any() and bool((filled[1:, 0] >= filled[:-1, 1]).all())

    def _check(self, line: Line, strokes: Sequence[Stroke]) -> list[Stroke]:
        """The strokes if they follow one another; else all of the line as one."""
        filled = [stroke for stroke in strokes if stroke.n]
        if all(after.low >= before.high for before, after in pairwise(filled)):
            return filled
        whole = self._draw_whole(line.parts, line)
        return [whole] if whole.n else []

    def _draw(self, column: Column, values: Floats, line: Line) -> Stroke:
        """Points that are at hand, as a stroke."""
        origin = self._origin(line)
        x = self._to_x(column, origin)
        if self._field == "epoch":
            has_epoch = np.isfinite(x)
            if not has_epoch.all():
                x, values = x[has_epoch], values[has_epoch]
        if (x[1:] < x[:-1]).any():
            order = np.argsort(x, kind="stable")
            x, values = x[order], values[order]
        return Stroke(float(x[0]), float(x[-1]), len(x), drawn=(x, values), origin=origin) if len(x) else NOTHING

    def _to_x(self, column: Column, origin: int) -> Column:
        return (column - origin if origin else column).astype(np.float64, copy=False)

    def read(self, strokes: Sequence[Stroke]) -> list[Drawn]:
        """See `Axis.read`."""
        chunks = [stroke.chunk for stroke in strokes if stroke.chunk is not None]
        values = {id_: decoded for id_, _, decoded in self._reader.read_values([chunk.id for chunk in chunks])}
        clocks = self._reader.read_clock_columns({chunk.clock for chunk in chunks}, self._field)
        read: list[Drawn] = []
        for stroke in strokes:
            if stroke.drawn is not None:
                read.append(stroke.drawn)
            elif stroke.chunk is not None:
                key = (stroke.chunk.clock, stroke.origin)
                if key not in self._x:  # metrics that share a clock share the very column
                    self._x[key] = self._to_x(clocks[stroke.chunk.clock], stroke.origin)
                read.append((self._x[key], values[stroke.chunk.id]))
        return read

    def split(self, stroke: Stroke, digests: Records) -> list[Stroke]:
        """See `Axis.split`."""
        ends = (digests[self._field] - stroke.origin).tolist()
        return [
            Stroke(low, high, chunk.n, chunk, origin=stroke.origin)
            for (low, high), chunk in zip(ends, rows_of(digests), strict=True)
        ]

    def flat_x(self, stroke: Stroke) -> Column | None:
        """See `Axis.flat_x`."""
        if stroke.chunk is None or stroke.drawn is not None:
            return None
        self._read_rollups([stroke.chunk.clock])
        rollup = self._rollups[stroke.chunk.clock]
        if rollup is None:
            return None
        ends = rollup[self._field] - stroke.origin
        return np.unique(ends[:, 0]).astype(np.float64) if (ends[:, 0] == ends[:, 1]).all() else None

    def digest_ends(self, stroke: Stroke, digests: Records) -> tuple[Floats, Floats]:
        """See `Axis.digest_ends`."""
        ends = (digests[self._field] - stroke.origin).astype(np.float64)
        return ends[:, 0], ends[:, 1]

    def with_ends(self, strokes: Sequence[Stroke]) -> Sequence[Stroke]:
        """See `Axis.with_ends`."""
        self._read_rollups(stroke.chunk.clock for stroke in strokes if stroke.chunk is not None)
        return [stroke for stroke in strokes if stroke.chunk and self._rollups[stroke.chunk.clock] is not None]

    def block_ends(self, strokes: Sequence[Stroke], firsts: Column) -> tuple[Floats, Floats]:  # noqa: ARG002
        """See `Axis.block_ends`."""
        clocks = [stroke.chunk.clock for stroke in strokes if stroke.chunk is not None]
        self._read_rollups(clocks)
        rollups = [self._rollups[clock] for clock in clocks]
        origin = strokes[0].origin
        ends = np.concatenate([rollup[self._field] for rollup in rollups if rollup is not None]) - origin
        return ends[:, 0].astype(np.float64), ends[:, 1].astype(np.float64)


def _is_big(part: Part) -> bool:
    return part.n >= ROLLED_POINTS and part.points is None

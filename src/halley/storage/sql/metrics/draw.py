"""Drawing charts: series heaped on one shared grid, from points where there are few and from roll-ups where many.

A chunk is drawn from its roll-up if more than 512 of its points fall into a bucket: then the border between two
buckets is drawn to the nearest 128 points for count, mean and last, and min and max of the points at the border count
on both sides, so that the envelope never misses an extreme. A chunk that the journal rewrites is drawn from points.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np

from halley.core.metric import MetricId
from halley.storage.ports.metrics import Chart, ChartSeries, XAxis
from halley.storage.sql.link import Link, in_list
from halley.storage.sql.metrics.codec import (
    BLOCK,
    BLOCK_POINTS,
    Columns,
    Floats,
    Integers,
    Records,
    settle_columns,
)
from halley.storage.sql.metrics.grid import EMPTY, Cut, Grid, cut, even_grid, round_grid, value_grid
from halley.storage.sql.metrics.heap import Blocks, Heap
from halley.storage.sql.metrics.lines import Line, Part, find_lines
from halley.storage.sql.metrics.points import ChunkReader

_ROLLED_POINTS_PER_BUCKET = 512
_FETCH = 256
"""Chunks fetched at once: bounds memory."""


def draw(
    link: Link,
    runs: Sequence[int],
    metrics: Sequence[MetricId],
    x: XAxis,
    low: float | None,
    high: float | None,
    buckets: int,
) -> Chart:
    """Draw every metric of every run that has it; see `Metrics.draw`."""
    if x == "step":
        return _draw_steps(link, find_lines(link, runs, metrics), low, high, buckets)
    return _draw_columns(link, find_lines(link, runs, metrics), x, low, high, buckets)


# steps


def _draw_steps(link: Link, lines: list[Line], low: float | None, high: float | None, buckets: int) -> Chart:
    if low is not None or high is not None:
        lines = [line._replace(parts=[part for part in line.parts if _is_near(part, low, high)]) for line in lines]
    reader = PartReader(link, low, high)
    grid = _choose_step_grid(reader, lines, low, high, buckets)
    heap = Heap(len(lines), len(grid.edges), is_single=not grid.width)
    heap_lines(reader, heap, [(line, grid) for line in lines])
    return _finish(heap, grid, lines)


def _is_near(part: Part, low: float | None, high: float | None) -> bool:
    return (low is None or part.last >= low) and (high is None or part.first <= high)


def _choose_step_grid(
    reader: "PartReader", lines: list[Line], low: float | None, high: float | None, buckets: int
) -> Grid:
    parts = [part for line in lines for part in line.parts]
    if not parts:
        return EMPTY
    begin = max(min(part.first for part in parts), -math.inf if low is None else low)
    end = min(max(part.last for part in parts), math.inf if high is None else high)
    if max(sum(part.n for part in line.parts if reader.is_whole(part)) for line in lines) <= buckets:
        grid = value_grid(reader.list_steps(parts), buckets)
        if grid is not None:
            return grid
    return round_grid(begin, end, buckets)


class PartReader:
    """Reads parts inside a range of steps, and remembers what chunks share."""

    def __init__(self, link: Link, low: float | None = None, high: float | None = None) -> None:
        self._link = link
        self._chunks = ChunkReader(link)
        self._low = low
        self._high = high
        self._cuts: dict[tuple[int, int], Cut] = {}
        self._kept: dict[int, Integers] = {}
        self._limits: dict[int, tuple[Integers, slice, Integers]] = {}

    def read(self, parts: Sequence[Part]) -> list[tuple[Integers, Floats]]:
        """Steps and values of parts, inside the range."""
        found = {
            id_: (steps, values)
            for id_, steps, values in self._chunks.read_values([part.chunk.id for part in parts if part.chunk])
        }
        return [self._limit(*self._merge(part, found)) for part in parts]

    def _merge(self, part: Part, found: Mapping[int, tuple[Integers, Floats]]) -> tuple[Integers, Floats]:
        if part.chunk is None:
            assert part.points is not None
            return part.points.step, part.points.value
        steps, values = found[part.chunk.id]
        if part.points is None:
            return steps, values
        nothing = np.zeros(len(steps))
        old = Columns(steps, nothing.astype(np.int64), nothing, values)
        merged = settle_columns([old, part.points])
        return merged.step, merged.value

    def _limit(self, steps: Integers, values: Floats) -> tuple[Integers, Floats]:
        if self._low is None and self._high is None:
            return steps, values
        known = self._limits.get(id(steps))
        if known is None:
            begin = 0 if self._low is None else int(np.searchsorted(steps, self._low))
            end = len(steps) if self._high is None else int(np.searchsorted(steps, self._high, side="right"))
            # An id means something only while its array lives, so the array is kept too.
            known = self._limits[id(steps)] = (steps, slice(begin, end), steps[begin:end])
        _, inside, limited = known
        return limited, values[inside]

    def list_steps(self, parts: Sequence[Part]) -> Iterator[Integers]:
        """The steps of parts, inside the range; a column that several share comes once."""
        seen: dict[int, Integers] = {}
        for begin in range(0, len(parts), _FETCH):
            for steps, _ in self.read(parts[begin : begin + _FETCH]):
                if id(steps) not in seen:
                    seen[id(steps)] = steps
                    yield steps

    def cut(self, steps: Integers, grid: Grid) -> Cut:
        """Cut steps by a grid; columns that chunks share are cut once."""
        key = (id(steps), id(grid.edges))
        known = self._cuts.get(key)
        if known is None:
            known = self._cuts[key] = cut(steps, grid)
            self._kept[id(steps)] = steps  # an id means something only while its array lives
        return known

    def read_rollups(self, parts: Sequence[Part]) -> dict[int, Records]:
        """The roll-ups of chunks that have one, by chunk."""
        ids = [part.chunk.id for part in parts if part.chunk]
        return {
            id_: np.frombuffer(rollup, BLOCK)
            for id_, rollup in (
                self._link.rows(f"select id, rollup from chunk where id in {in_list(ids)}") if ids else ()
            )
            if rollup is not None
        }

    def is_whole(self, part: Part) -> bool:
        """Whether all of a part lies in the range."""
        return (self._low is None or part.first >= self._low) and (self._high is None or part.last <= self._high)


def heap_lines(reader: PartReader, heap: Heap, lines: Sequence[tuple[Line, Grid]]) -> None:
    """Heap all parts of lines, each on its grid."""
    work = [(place, part, grid) for place, (line, grid) in enumerate(lines) for part in line.parts]
    for begin in range(0, len(work), _FETCH):
        stretch = work[begin : begin + _FETCH]
        dense = [part for _, part, grid in stretch if _is_dense(reader, part, grid)]
        rolled = reader.read_rollups(dense)
        marked = [
            ((place, part.chunk is not None and part.chunk.id in rolled), part, grid) for place, part, grid in stretch
        ]
        jobs = [
            (place, part, grid, blocks)
            for (place, is_rolled), items in groupby(marked, itemgetter(0))
            for part, grid, blocks in _place_parts([item[1:] for item in items], rolled if is_rolled else {})
        ]
        read = iter(reader.read([part for _, part, _, blocks in jobs if blocks is None]))
        for place, _, grid, blocks in jobs:
            if blocks is not None:
                heap.put_blocks(place, blocks)
                continue
            steps, values = next(read)
            if len(steps):
                heap.put(place, reader.cut(steps, grid), values)


def _place_parts(
    items: Sequence[tuple[Part, Grid]], rolled: Mapping[int, Records]
) -> list[tuple[Part, Grid, Blocks | None]]:
    """Place the roll-ups of parts of one series: all together, or else each, or else not."""
    grid = items[0][1]
    parts = [part for part, _ in items]
    together = _place_blocks(parts, rolled, grid) if rolled else None
    if together is not None:
        return [(parts[0], grid, together)]
    return [(part, grid, _place_blocks([part], rolled, grid) if rolled else None) for part in parts]


def _is_dense(reader: PartReader, part: Part, grid: Grid) -> bool:
    if part.chunk is None or part.points is not None or not grid.width or not reader.is_whole(part):
        return False
    return part.n > _ROLLED_POINTS_PER_BUCKET * max(1.0, (part.last - part.first) / grid.width)


def _place_blocks(parts: Sequence[Part], rolled: Mapping[int, Records], grid: Grid) -> Blocks | None:
    """The buckets in which blocks begin and end; None where points must be read because a block is too wide."""
    each = [rolled[part.chunk.id] for part in parts if part.chunk]
    blocks = np.concatenate(each)
    closing = np.cumsum([len(one) for one in each]) - 1
    sizes = np.full(len(blocks), BLOCK_POINTS)
    sizes[closing] = [part.n - BLOCK_POINTS * (len(one) - 1) for part, one in zip(parts, each, strict=True)]
    ends = np.append(blocks["x"][1:] - 1, 0)
    ends[closing] = [part.last for part in parts]
    first = np.searchsorted(grid.edges, blocks["x"].astype(np.float64), side="right") - 1
    last = np.searchsorted(grid.edges, ends.astype(np.float64), side="right") - 1
    over = last > first
    if (last - first > 1).any() or not np.isin(last[over], first).all():
        return None
    return Blocks(first, last, sizes, blocks)


# other axes


def _draw_columns(
    link: Link, lines: list[Line], x: XAxis, low: float | None, high: float | None, buckets: int
) -> Chart:
    origins = (
        {}
        if x != "relative"
        else dict(link.rows(f"select run, first_time from origin where run in {in_list(line.run for line in lines)}"))
    )
    columns = [_read_column(link, line, x, origins.get(line.run, 0), low, high) for line in lines]
    filled = [column for column, _ in columns if len(column)]
    if not filled:
        grid = EMPTY
    else:
        begin, end = min(float(column[0]) for column in filled), max(float(column[-1]) for column in filled)
        grid = value_grid(filled, buckets) or round_grid(begin, end, buckets)
    heap = Heap(len(lines), len(grid.edges))
    for place, (column, values) in enumerate(columns):
        if len(column):
            heap.put(place, cut(column, grid), values)
    return _finish(heap, grid, lines)


def _read_column(
    link: Link, line: Line, x: XAxis, origin: int, low: float | None, high: float | None
) -> tuple[Floats, Floats]:
    """The x column of a series, sorted, and its values; of equal x, the larger step last."""
    found = ChunkReader(link).read([part.chunk for part in line.parts if part.chunk])
    parts = [
        settle_columns(
            [columns for columns in (found.get(part.chunk.id) if part.chunk else None, part.points) if columns]
        )
        for part in line.parts
    ]
    points = settle_columns(parts)
    column: Floats = points.epoch if x == "epoch" else (points.time - origin).astype(np.float64)
    values = points.value
    if x == "epoch":
        has_epoch = np.isfinite(column)
        if not has_epoch.all():
            column, values = column[has_epoch], values[has_epoch]
    if (column[1:] < column[:-1]).any():
        order = np.argsort(column, kind="stable")
        column, values = column[order], values[order]
    begin = 0 if low is None else int(np.searchsorted(column, low))
    end = len(column) if high is None else int(np.searchsorted(column, high, side="right"))
    return column[begin:end], values[begin:end]


def _finish(heap: Heap, grid: Grid, lines: Sequence[Line]) -> Chart:
    columns = heap.finish()
    series = [
        ChartSeries(line.run, line.metric, *(column[place] for column in columns)) for place, line in enumerate(lines)
    ]
    return Chart(grid.edges, grid.width, series)


# sketches


def sketch(
    link: Link, runs: Sequence[int], metrics: Sequence[MetricId], buckets: int
) -> dict[tuple[int, MetricId], Floats]:
    """Draw small pictures; see `Metrics.sketch`."""
    lines = find_lines(link, runs, metrics)
    reader = PartReader(link)
    grids: dict[tuple[int, int], Grid] = {}
    drawn = []
    for line in lines:
        size = sum(part.n for part in line.parts)
        first, last = line.parts[0].first, line.parts[-1].last
        if size <= buckets:
            steps = [steps.astype(np.float64) for steps, _ in reader.read(line.parts)]
            drawn.append((line, Grid(np.concatenate(steps), 0.0)))
        else:
            drawn.append((line, grids.setdefault((first, last), even_grid(first, last + 1, buckets))))
    heap = Heap(len(lines), buckets)
    heap_lines(reader, heap, drawn)
    means = heap.finish().mean
    return {(line.run, line.metric): means[place, : len(grid.edges)] for place, (line, grid) in enumerate(drawn)}

"""Heaping the strokes of lines on a grid, each by the cheapest way that is exact enough.

A chunk that lies in one bucket, or is small beside it, is drawn from its digest, if a stretch has it. A chunk is drawn
from its roll-up if more than 512 of its points fall into a bucket. Then the border between two buckets is drawn to the
nearest chunk, or block of 128 points, for count, mean and last, and min and max of what lies on the border count on
both sides, so that the envelope never misses an extreme. All else is drawn from points. So a chart costs what its
buckets cost, however long its series are.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from halley.storage.sql.link import Link, in_list
from halley.storage.sql.metrics.axes import Axis, Column, Drawn, Stroke
from halley.storage.sql.metrics.codec import BLOCK, BLOCK_POINTS, ROLLED_POINTS, Floats, Integers, Records, unseal
from halley.storage.sql.metrics.grid import Grid, find_buckets
from halley.storage.sql.metrics.heap import Blocks, Heap, Placed

Mask = npt.NDArray[np.bool_]

_ROLLED_POINTS_PER_BUCKET = 512
_SMALL_SHARE = 4
"""A chunk is small beside a bucket that is so many times as wide, as a block of 128 points is beside 512."""

_FETCH = 256
"""Chunks fetched at once: bounds memory."""


class _Found(NamedTuple):
    """Where digests begin and end, which of them may have points inside, and which lie inside as a whole."""

    low: Floats
    high: Floats
    is_near: Mask
    is_whole: Mask


class Brush:
    """Heaps strokes of one axis.

    Args:
        link: The connection.
        axis: The axis.
        low: Where the chart begins; None for where its points do.
        high: Where it ends; likewise.
    """

    def __init__(self, link: Link, axis: Axis, low: float | None = None, high: float | None = None) -> None:
        self.axis = axis
        self._link = link
        self._low = -math.inf if low is None else low
        self._high = math.inf if high is None else high
        self._limits: dict[int, tuple[Column, slice, Column]] = {}

    def near(self, strokes: Sequence[Stroke]) -> list[Stroke]:
        """The strokes that may have points inside."""
        if self._low == -math.inf and self._high == math.inf:
            return list(strokes)
        return [stroke for stroke in strokes if stroke.high >= self._low and stroke.low <= self._high]

    def is_whole(self, stroke: Stroke) -> bool:
        """Whether all of a stroke lies inside."""
        return stroke.low >= self._low and stroke.high <= self._high

    def hold(self, lines: Sequence[Sequence[Stroke]]) -> list[list[Stroke]]:
        """Lines with all their points inside at hand; for lines of few points."""
        strokes = [(place, one) for place, line in enumerate(lines) for stroke in line for one in self._split(stroke)]
        held: list[list[Stroke]] = [[] for _ in lines]
        for begin in range(0, len(strokes), _FETCH):
            some = strokes[begin : begin + _FETCH]
            for (place, stroke), (x, values) in zip(some, self._read([one for _, one in some]), strict=True):
                if len(x):
                    kept = values if self.is_whole(stroke) else values.copy()  # a view would keep all of a chunk
                    held[place].append(Stroke(float(x[0]), float(x[-1]), len(x), drawn=(x, kept)))
        return held

    def _split(self, stroke: Stroke) -> list[Stroke]:
        """The chunks of a stroke that may have points inside."""
        if stroke.digests is None:
            return [stroke]
        return self.axis.split(stroke, stroke.digests[self._find_digests(stroke, stroke.digests).is_near])

    def _find_digests(self, stroke: Stroke, digests: Records) -> _Found:
        """Where digests are, and which of them are inside."""
        low, high = self.axis.digest_ends(stroke, digests)
        is_near = (high >= self._low) & (low <= self._high)
        return _Found(low, high, is_near, (low >= self._low) & (high <= self._high))

    def count_whole(self, stroke: Stroke) -> int:
        """How many points of a stroke are certainly inside."""
        if stroke.digests is None or self.is_whole(stroke):
            return stroke.n if self.is_whole(stroke) else 0
        return int(stroke.digests["n"][self._find_digests(stroke, stroke.digests).is_whole].sum())

    def list_x(self, strokes: Sequence[Stroke]) -> Iterator[Column]:
        """The x of strokes, inside, as little as possible being read: who asks may stop when it has seen enough."""
        rest: list[Stroke] = []
        for stroke in strokes:
            if stroke.digests is None:
                rest.append(stroke)
                continue
            low, high, is_near, is_whole = self._find_digests(stroke, stroke.digests)
            yield np.unique(np.stack([low, high])[:, is_whole])
            rest += self.axis.split(stroke, stroke.digests[is_near & ((low != high) | ~is_whole)])
        unknown = []
        for stroke in rest:
            flat = self.axis.flat_x(stroke) if self.is_whole(stroke) else None
            if flat is None:
                unknown.append(stroke)
            else:
                yield flat
        seen: dict[int, Column] = {}
        begin, size = 0, 1
        while begin < len(unknown):
            for x, _ in self._read(unknown[begin : begin + size]):
                if id(x) not in seen:
                    seen[id(x)] = x  # an id means something only while its array lives
                    yield x
            begin, size = begin + size, min(2 * size, _FETCH)

    def _read(self, strokes: Sequence[Stroke]) -> list[Drawn]:
        return [
            drawn if self.is_whole(stroke) else self._limit(*drawn)
            for stroke, drawn in zip(strokes, self.axis.read(strokes), strict=True)
        ]

    def _limit(self, x: Column, values: Floats) -> Drawn:
        known = self._limits.get(id(x))
        if known is None:
            begin = int(np.searchsorted(x, self._low))
            end = int(np.searchsorted(x, self._high, side="right"))
            known = self._limits[id(x)] = (x, slice(begin, end), x[begin:end])  # keeps x: see above
        _, inside, limited = known
        return limited, values[inside]

    # heaping

    def heap(self, heap: Heap, lines: Sequence[tuple[Sequence[Stroke], Grid]]) -> None:
        """Heap the strokes of lines, each on its grid."""
        work = [
            (place, grid, item) for place, (strokes, grid) in enumerate(lines) for item in self._group(strokes, grid)
        ]
        begin = 0
        while begin < len(work):
            end, size = begin, 0
            while end < len(work) and size < _FETCH:
                item = work[end][2]
                size += 1 if isinstance(item, Stroke) else len(item.chunks)
                end += 1
            self._heap_some(heap, work[begin:end])
            begin = end

    def _group(self, strokes: Sequence[Stroke], grid: Grid) -> Iterator["Stroke | Rolled"]:
        """Gather what is drawn from roll-ups side by side."""
        rolled = Rolled([], [])
        for stroke in strokes:
            for item in [stroke] if stroke.digests is None else self._cut_digests(stroke, stroke.digests, grid):
                if isinstance(item, Blocks):
                    rolled.digests.append(item)
                elif self._is_dense(item, grid):
                    rolled.chunks.append(item)
                else:
                    if rolled.digests or rolled.chunks:
                        yield rolled
                        rolled = Rolled([], [])
                    yield item
        if rolled.digests or rolled.chunks:
            yield rolled

    def _cut_digests(self, stroke: Stroke, digests: Records, grid: Grid) -> list[Stroke | Blocks]:
        """Digests of chunks that lie in one bucket, or are small beside it, as they are; of other chunks the chunks."""
        low, high, is_near, is_whole = self._find_digests(stroke, digests)
        places = np.clip(np.stack([low, high]), grid.edges[0], None)
        first, last = find_buckets(places[0], grid), find_buckets(places[1], grid)
        is_kept = is_whole & ((first == last) if grid.width else (low == high))
        # Two buckets may share a small chunk, if another begins in the second: then it counts in the first.
        is_small = is_whole & (_SMALL_SHARE * (high - low) <= grid.width) & np.isin(last, first[is_kept])
        if (np.diff(np.flatnonzero(is_kept | is_small)) == 1).all():
            is_kept |= is_small
        chunks = self.axis.split(stroke, digests[is_near & ~is_kept])
        if all(self._is_dense(chunk, grid) for chunk in chunks):  # the order of roll-ups is found when they are joined
            return [*_to_blocks(digests, low, high, is_kept), *chunks]
        order = np.cumsum(is_near & ~is_kept)
        items: list[Stroke | Blocks] = []
        for place in range(len(chunks) + 1):
            items += _to_blocks(digests, low, high, is_kept & (order == place))
            items += chunks[place : place + 1]
        return items

    def _is_dense(self, stroke: Stroke, grid: Grid) -> bool:
        if stroke.chunk is None or stroke.newer is not None or stroke.n < ROLLED_POINTS or not self.is_whole(stroke):
            return False
        if not grid.width:
            return self.axis.flat_x(stroke) is not None
        return stroke.n > _ROLLED_POINTS_PER_BUCKET * max(1.0, (stroke.high - stroke.low) / grid.width)

    def _heap_some(self, heap: Heap, work: Sequence[tuple[int, Grid, "Stroke | Rolled"]]) -> None:
        rollups = self._read_rollups(
            [stroke for _, _, item in work if not isinstance(item, Stroke) for stroke in item.chunks]
        )
        jobs: list[tuple[int, Grid, Stroke | Placed]] = []
        for place, grid, item in work:
            placed = [item] if isinstance(item, Stroke) else self._place(item, rollups, grid)
            jobs += [(place, grid, one) for one in placed]
        read = iter(self._read([job for _, _, job in jobs if isinstance(job, Stroke)]))
        for place, grid, job in jobs:
            if isinstance(job, Placed):
                heap.put_blocks(place, job)
                continue
            x, values = next(read)
            if len(x):
                heap.put(place, x, values, grid)

    def _read_rollups(self, strokes: Sequence[Stroke]) -> dict[int, bytes]:
        ids = [stroke.chunk.id for stroke in self.axis.with_ends(strokes) if stroke.chunk is not None]
        rows = self._link.rows(f"select id, rollup from chunk where id in {in_list(ids)}") if ids else []
        return {id_: rollup for id_, data in rows if (rollup := unseal(data, BLOCK)) is not None}

    def _place(self, rolled: "Rolled", rollups: dict[int, bytes], grid: Grid) -> Sequence[Stroke | Placed]:
        """Place what is rolled up on the grid: all together, or else each by itself, or else from points."""
        if all(stroke.chunk is not None and stroke.chunk.id in rollups for stroke in rolled.chunks):
            together = _place_blocks([*rolled.digests, self._blocks_of(rolled.chunks, rollups)], grid)
            if together is not None:
                return [together]
        placed: list[tuple[float, Stroke | Placed]] = []
        for chunk in rolled.chunks:
            is_there = chunk.chunk is not None and chunk.chunk.id in rollups
            alone = _place_blocks([self._blocks_of([chunk], rollups)], grid) if is_there else None
            placed.append((chunk.low, chunk if alone is None else alone))
        for blocks in rolled.digests:
            alone = _place_blocks([blocks], grid)
            assert alone is not None  # each lies in one bucket
            placed.append((float(blocks.low[0]), alone))
        return [one for _, one in sorted(placed, key=lambda pair: pair[0])]

    def _blocks_of(self, strokes: Sequence[Stroke], rollups: dict[int, bytes]) -> Blocks | None:
        """The roll-ups of chunks, one after the other."""
        if not strokes:
            return None
        blocks = np.frombuffer(b"".join([rollups[s.chunk.id] for s in strokes if s.chunk is not None]), BLOCK)
        sizes = [-(-stroke.n // BLOCK_POINTS) for stroke in strokes]
        n = np.full(len(blocks), BLOCK_POINTS)
        n[np.cumsum(sizes) - 1] = [
            stroke.n - BLOCK_POINTS * (size - 1) for stroke, size in zip(strokes, sizes, strict=True)
        ]
        low, high = self.axis.block_ends(strokes, blocks["x"])
        rest = (np.ascontiguousarray(blocks[name]) for name in ("min", "max", "sum", "last"))
        return Blocks(low, high, n, blocks["odd"].astype(np.int64), *rest)


def _to_blocks(digests: Records, low: Floats, high: Floats, which: Mask) -> list[Blocks]:
    """Some digests as blocks, if there are any."""
    if not which.any():
        return []
    columns = (np.ascontiguousarray(digests[name][which]) for name in ("n", "odd", "min", "max", "sum", "final"))
    return [Blocks(low[which], high[which], *columns)]


class Rolled(NamedTuple):
    """What follows one another in a line and is drawn from roll-ups: digests, and chunks with their own."""

    digests: list[Blocks]
    chunks: list[Stroke]


def _place_blocks(parts: Sequence[Blocks | None], grid: Grid) -> Placed | None:
    """The buckets in which blocks begin and end; None where points must be read because a block is too wide."""
    blocks = Blocks.join([part for part in parts if part is not None])
    first, last = find_buckets(blocks.low, grid), find_buckets(blocks.high, grid)
    over = last > first
    if (last - first > 1).any() or not _all_in(last[over], first):
        return None
    return Placed(first, last, blocks)


def _all_in(some: Integers, places: Integers) -> bool:
    """Whether all of some buckets are among sorted ones."""
    at = np.searchsorted(places, some)
    return bool((at < len(places)).all()) and bool((places[at] == some).all())

"""Points heaped into the buckets of a grid, for many series at once."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from halley.storage.sql.metrics.codec import Floats, Integers
from halley.storage.sql.metrics.grid import Cut, Grid, cut, find_buckets

Column = npt.NDArray[Any]

_Group = tuple[Column, Grid, list[int], list[Floats]]
"""An x, its grid, and the series that have values at this x, with them."""

_FLUSH_POINTS = 500_000
"""So many points are reduced together: bounds memory."""

_MATRIX_POINTS = 65_536
"""So many points are one matrix: it fits the processor's cache."""

_SHORT_POINTS = 4_096
"""Series that share their x with no other are laid end to end if they are not longer than this."""

_SLICED_SIZE = 12
"""Buckets of so few points are reduced point by point, all buckets at once."""


class Heaped(NamedTuple):
    """Per series and bucket; see `ports.metrics.ChartSeries`."""

    count: Any
    odd: Any
    min: Any
    max: Any
    mean: Any
    last: Any


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks of a series by x: where each begins and ends, and what is in it; see `codec.BLOCK`."""

    low: Floats
    high: Floats
    n: Integers
    odd: Integers
    min: Floats
    max: Floats
    sum: Floats
    last: Floats

    @staticmethod
    def join(parts: "Sequence[Blocks]") -> "Blocks":
        """Blocks of several parts, by x."""
        if len(parts) == 1:
            return parts[0]
        low = np.concatenate([part.low for part in parts])
        order = np.argsort(low, kind="stable")
        names = [field.name for field in fields(Blocks)]
        return Blocks(*(np.concatenate([getattr(part, name) for part in parts])[order] for name in names))


class Placed(NamedTuple):
    """Blocks on a grid: the buckets in which they begin and end, the same or the next."""

    first: Integers
    last: Integers
    blocks: Blocks


class Heap:
    """Count, odd count, min, max, sum and last value for every bucket of every series.

    Parts of one series must be given in the order of x. Parts are collected and reduced together: series that share
    their x, as the runs of a chart mostly do, are the columns of one matrix.

    Args:
        series: How many series.
        buckets: How many buckets each has.
        is_single: Whether no bucket of a series can hold more than one point: then there is nothing to reduce.
    """

    def __init__(self, series: int, buckets: int, *, is_single: bool = False) -> None:
        self._is_single = is_single
        shape = (series, buckets)
        self._count = np.zeros(shape, np.int64)  # where it is 0, the others mean nothing
        self._last = np.zeros(shape)
        self._fresh = [True] * series
        self._waiting: dict[tuple[int, int], _Group] = {}
        self._points = 0
        if is_single:
            return
        self._odd = np.zeros(shape, np.int64)
        self._min, self._max, self._sum = np.zeros(shape), np.zeros(shape), np.zeros(shape)

    def put(self, series: int, x: Column, values: Floats, grid: Grid) -> None:
        """Heap values at a sorted x, all of it at or right of the grid's first edge.

        Values with the very same column of x are reduced together.
        """
        _, _, rows, columns = self._waiting.setdefault((id(x), id(grid.edges)), (x, grid, [], []))
        rows.append(series)
        columns.append(values)
        self._points += len(values)
        if self._points > _FLUSH_POINTS:
            self._flush()

    def _flush(self) -> None:
        groups = list(self._waiting.values())
        self._waiting, self._points = {}, 0
        if not self._is_single:
            groups = self._flush_short(groups)
        # Parts of a series lie side by side, so what begins first is the earlier: the later one's last value stays.
        for x, grid, rows, columns in sorted(groups, key=lambda group: float(group[0][0])):
            cuts = cut(x, grid)
            width = max(1, _MATRIX_POINTS // len(x))
            for begin in range(0, len(rows), width):
                stacked = columns[begin : begin + width]
                matrix = (np.concatenate(stacked) if len(stacked) > 1 else stacked[0]).reshape(len(stacked), -1)
                self._reduce(cuts, rows[begin : begin + width], matrix)

    def _flush_short(self, groups: list[_Group]) -> list[_Group]:
        """Reduce the short ones, laid end to end; return what is left."""
        seen = [row for _, _, rows, _ in groups for row in rows]
        if len(groups) < 3 or len(set(seen)) < len(seen):
            return groups
        rest, short, points = [], [], 0
        for group in groups:
            x, grid, rows, _ = group
            if len(rows) > 1 or len(x) > _SHORT_POINTS or grid is not groups[0][1]:
                rest.append(group)
                continue
            short.append(group)
            points += len(x)
            if points >= _MATRIX_POINTS:
                self._reduce_short(short)
                short, points = [], 0
        if short:
            self._reduce_short(short)
        return rest

    def _reduce(self, cuts: Cut, rows: Sequence[int], values: npt.NDArray[np.float64]) -> None:
        """Reduce a matrix, one row a series, one column an x."""
        where = _to_place(rows, cuts.bucket)
        if self._is_single:
            self._count[where] += cuts.size
            self._last[where] = values
            return
        finite = np.isfinite(values)
        is_finite = bool(finite.all())
        low = values if is_finite else np.where(finite, values, np.inf)
        high = values if is_finite else np.where(finite, values, -np.inf)
        total = values if is_finite else np.where(finite, values, 0.0)
        last = values
        if len(cuts.begin) < values.shape[1]:
            last = values[:, cuts.begin + cuts.size - 1]
            with np.errstate(over="ignore", invalid="ignore"):
                low = _reduce_columns(np.minimum, low, cuts)
                high = _reduce_columns(np.maximum, high, cuts)
                total = _reduce_columns(np.add, total, cuts)
        odd = None if is_finite else _reduce_columns(np.add, (~finite).astype(np.int64), cuts)
        self._last[where] = last
        if all(self._fresh[row] for row in rows):
            self._count[where] = cuts.size
            self._min[where], self._max[where], self._sum[where] = low, high, total
            if odd is not None:
                self._odd[where] = odd
        else:
            self._merge(where, cuts.size, odd, low, high, total)
        for row in rows:
            self._fresh[row] = False

    def _reduce_short(self, groups: Sequence[_Group]) -> None:
        """Reduce series of one part each, laid end to end: none shares its x with another."""
        grid = groups[0][1]
        sizes = [len(x) for x, _, _, _ in groups]
        rows = np.array([row for _, _, (row,), _ in groups])
        values = np.concatenate([column for _, _, _, (column,) in groups])
        place = find_buckets(np.concatenate([x for x, _, _, _ in groups]), grid)
        place += np.repeat(rows * self._count.shape[1], sizes)
        is_begin = np.empty(len(place), bool)
        is_begin[0] = True
        np.not_equal(place[1:], place[:-1], out=is_begin[1:])
        begin = np.flatnonzero(is_begin)
        size = np.diff(begin, append=len(place))
        place = place[begin]
        finite = np.isfinite(values)
        is_finite = bool(finite.all())
        low = values if is_finite else np.where(finite, values, np.inf)
        high = values if is_finite else np.where(finite, values, -np.inf)
        total = values if is_finite else np.where(finite, values, 0.0)
        odd = None if is_finite else np.add.reduceat((~finite).astype(np.int64), begin)
        if len(begin) < len(values):
            low, high = np.minimum.reduceat(low, begin), np.maximum.reduceat(high, begin)
            with np.errstate(over="ignore", invalid="ignore"):
                total = np.add.reduceat(total, begin)
        if all(self._fresh[row] for row in rows.tolist()):
            self._count.reshape(-1)[place] = size
            columns = ((self._min, low), (self._max, high), (self._sum, total))
            for column, new in columns if odd is None else (*columns, (self._odd, odd)):
                column.reshape(-1)[place] = new
        else:
            self._merge(np.divmod(place, self._count.shape[1]), size, odd, low, high, total)
        self._last.reshape(-1)[place] = values[begin + size - 1]
        for row in rows.tolist():
            self._fresh[row] = False

    def _merge(
        self, where: Any, count: Integers, odd: Integers | None, low: Floats, high: Floats, total: Floats
    ) -> None:
        """Merge with what some buckets hold."""
        is_empty = self._count[where] == 0
        self._min[where] = np.minimum(np.where(is_empty, np.inf, self._min[where]), low)
        self._max[where] = np.maximum(np.where(is_empty, -np.inf, self._max[where]), high)
        with np.errstate(over="ignore", invalid="ignore"):
            self._sum[where] += total
        self._count[where] += count
        if odd is not None:
            self._odd[where] += odd

    def put_blocks(self, series: int, placed: Placed) -> None:
        """Heap blocks. A block counts in the bucket it begins in, and its extremes also in the one it ends in."""
        self._flush()
        first, last, blocks = placed
        begins = np.flatnonzero(np.append(True, first[1:] != first[:-1]))
        bucket = first[begins]
        with np.errstate(over="ignore", invalid="ignore"):
            total = np.add.reduceat(blocks.sum, begins)
        least, most = np.minimum.reduceat(blocks.min, begins), np.maximum.reduceat(blocks.max, begins)
        count, odd = np.add.reduceat(blocks.n, begins), np.add.reduceat(blocks.odd, begins)
        self._merge((series, bucket), count, odd, least, most, total)
        over = np.flatnonzero(last > first)
        np.minimum.at(self._min[series], last[over], blocks.min[over])
        np.maximum.at(self._max[series], last[over], blocks.max[over])
        self._last[series, bucket] = blocks.last[np.append(begins[1:], len(first)) - 1]
        self._fresh[series] = False

    def list_rows(self) -> list[tuple[Any, ...]]:
        """What is in every bucket now, one row a series, in the order of `Heaped`."""
        return list(zip(*self.finish(), strict=True))

    def finish(self) -> Heaped:
        """What is in every bucket now."""
        self._flush()
        if self._is_single:
            last = np.where(self._count == 0, np.nan, self._last)
            finite = np.isfinite(last)
            value = last if finite.all() else np.where(finite, last, np.nan)
            return Heaped(self._count, self._count - finite, value, value, value, last)
        finite_count = self._count - self._odd if self._odd.any() else self._count
        is_empty = finite_count == 0
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            mean = self._sum / finite_count
            if not np.isfinite(self._sum).all():  # sums of huge values overflow although their mean does not
                mean = np.where(np.isfinite(mean), mean, self._min / 2 + self._max / 2)
            np.maximum(mean, self._min, out=mean)  # rounding must not leave the envelope
            np.minimum(mean, self._max, out=mean)
        if is_empty.any():
            for column in (self._min, self._max, mean):
                column[is_empty] = np.nan
            self._last[self._count == 0] = np.nan
        return Heaped(self._count, self._odd, self._min, self._max, mean, self._last)


def _reduce_columns(ufunc: np.ufunc, values: npt.NDArray[Any], cuts: Cut) -> npt.NDArray[Any]:
    """Reduce the columns of every bucket to one.

    Steps are mostly regular, so all buckets but the first and the last have the same size: then the columns between
    are a block, which numpy reduces several times as fast as stretches of any size.
    """
    size = int(cuts.size[len(cuts.size) // 2])
    if len(cuts.size) < 4 or (cuts.size[1:-1] != size).any():
        reduced: npt.NDArray[Any] = ufunc.reduceat(values, cuts.begin, axis=1)
        return reduced
    begin, end = cuts.begin[1], cuts.begin[-1]
    middle = values[:, begin:end].reshape(len(values), -1, size)
    reduced = np.empty((len(values), len(cuts.size)), values.dtype)
    reduced[:, 0] = ufunc.reduce(values[:, :begin], axis=1)
    reduced[:, -1] = ufunc.reduce(values[:, end:], axis=1)
    if size > _SLICED_SIZE:
        ufunc.reduce(middle, axis=2, out=reduced[:, 1:-1])
        return reduced
    inner = reduced[:, 1:-1]
    inner[:] = middle[:, :, 0]
    for place in range(1, size):
        ufunc(inner, middle[:, :, place], out=inner)
    return reduced


def _to_place(series: Sequence[int], buckets: Integers) -> Any:
    """The index of some series' rows and some buckets' columns."""
    row, column = _to_index(series), _to_index(buckets)
    if isinstance(row, slice) or isinstance(column, slice):
        return row, column
    return np.ix_(row, column)


def _to_index(places: Sequence[int] | Integers) -> slice | Integers:
    """Places as a slice if they follow one another: much cheaper for numpy."""
    first, n = int(places[0]), len(places)
    if int(places[-1]) == first + n - 1 and (n < 3 or bool((np.diff(places) == 1).all())):
        return slice(first, first + n)
    return np.asarray(places, np.int64)

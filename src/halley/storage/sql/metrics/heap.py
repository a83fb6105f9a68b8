"""Points heaped into the buckets of a grid, for many series at once."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from halley.storage.sql.metrics.codec import Floats, Integers, mask_odd
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


class _Reduced(NamedTuple):
    """What some buckets hold; `odd` is None if nothing in them is."""

    count: Any
    odd: Any
    min: Any
    max: Any
    sum: Any
    last: Any


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
        odd, low, high, total = mask_odd(values)
        count: npt.NDArray[Any] | None = None if odd is None else _reduce_columns(np.add, odd.astype(np.int64), cuts)
        last = values
        if len(cuts.begin) < values.shape[1]:
            last = values[:, cuts.begin + cuts.size - 1]
            with np.errstate(over="ignore", invalid="ignore"):
                low = _reduce_columns(np.minimum, low, cuts)
                high = _reduce_columns(np.maximum, high, cuts)
                total = _reduce_columns(np.add, total, cuts)
        self._enter(rows, where, _Reduced(cuts.size, count, low, high, total, last))

    def _reduce_short(self, groups: Sequence[_Group]) -> None:
        """Reduce series of one part each, laid end to end: none shares its x with another."""
        grid = groups[0][1]
        sizes = [len(x) for x, _, _, _ in groups]
        rows = np.array([row for _, _, (row,), _ in groups])
        values = np.concatenate([column for _, _, _, (column,) in groups])
        place = find_buckets(np.concatenate([x for x, _, _, _ in groups]), grid)
        place += np.repeat(rows * self._count.shape[1], sizes)
        begin = np.flatnonzero(np.append(True, place[1:] != place[:-1]))
        size = np.diff(begin, append=len(place))
        odd, low, high, total = mask_odd(values)
        count = None if odd is None else np.add.reduceat(odd, begin, dtype=np.int64)
        if len(begin) < len(values):
            low, high = np.minimum.reduceat(low, begin), np.maximum.reduceat(high, begin)
            with np.errstate(over="ignore", invalid="ignore"):
                total = np.add.reduceat(total, begin)
        reduced = _Reduced(size, count, low, high, total, values[begin + size - 1])
        self._enter(rows.tolist(), place[begin], reduced, is_flat=True)

    def put_blocks(self, series: int, placed: Placed) -> None:
        """Heap blocks. A block counts in the bucket it begins in, and its extremes also in the one it ends in."""
        self._flush()
        first, last, blocks = placed
        begins = np.flatnonzero(np.append(True, first[1:] != first[:-1]))
        with np.errstate(over="ignore", invalid="ignore"):
            total = np.add.reduceat(blocks.sum, begins)
        reduced = _Reduced(
            np.add.reduceat(blocks.n, begins),
            np.add.reduceat(blocks.odd, begins),
            np.minimum.reduceat(blocks.min, begins),
            np.maximum.reduceat(blocks.max, begins),
            total,
            blocks.last[np.append(begins[1:], len(first)) - 1],
        )
        self._enter([series], (series, first[begins]), reduced)
        over = np.flatnonzero(last > first)
        np.minimum.at(self._min[series], last[over], blocks.min[over])
        np.maximum.at(self._max[series], last[over], blocks.max[over])

    def _enter(self, rows: Sequence[int], where: Any, new: _Reduced, *, is_flat: bool = False) -> None:
        """Enter what some buckets of some series hold now, beside what they held before.

        Args:
            rows: The series.
            where: The index of the buckets.
            new: What is entered.
            is_flat: Whether the index counts all buckets of all series as one row: cheaper for single buckets.
        """
        whole = (self._count, self._odd, self._min, self._max, self._sum, self._last)
        count, odd, least, most, total, last = (column.reshape(-1) for column in whole) if is_flat else whole
        if all(self._fresh[row] for row in rows):  # there is nothing to be read back
            count[where], least[where], most[where], total[where] = new.count, new.min, new.max, new.sum
            if new.odd is not None:
                odd[where] = new.odd
        else:
            is_empty = count[where] == 0
            least[where] = np.minimum(np.where(is_empty, np.inf, least[where]), new.min)
            most[where] = np.maximum(np.where(is_empty, -np.inf, most[where]), new.max)
            with np.errstate(over="ignore", invalid="ignore"):
                total[where] += new.sum
            count[where] += new.count
            if new.odd is not None:
                odd[where] += new.odd
        last[where] = new.last
        for row in rows:
            self._fresh[row] = False

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

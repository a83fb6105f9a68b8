"""Points heaped into the buckets of a grid, for many series at once."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from halley.storage.sql.metrics.codec import Floats, Integers, Records
from halley.storage.sql.metrics.grid import Cut

_FLUSH_POINTS = 1_000_000
"""So many points are reduced together: bounds memory."""

_BLOCK_ROWS = 64
"""Buckets of more rows than this gain nothing from being reduced as a block."""


class Heaped(NamedTuple):
    """Per series and bucket; see `ports.metrics.ChartSeries`."""

    count: Any
    odd: Any
    min: Any
    max: Any
    mean: Any
    last: Any


class Blocks(NamedTuple):
    """A roll-up on a grid: the buckets in which blocks begin and end (the same or the next), their sizes."""

    first: Integers
    last: Integers
    sizes: Integers
    blocks: Records


class Heap:
    """Count, odd count, min, max, sum and last value for every bucket of every series.

    Parts of one series must be given in the order of x. Parts are collected and reduced together: series that were
    logged at the same steps, as the runs of a chart mostly are, are the columns of one matrix.

    Args:
        series: How many series.
        buckets: How many buckets each has.
        is_single: Whether no bucket of a series can hold more than one point: then there is nothing to reduce.
    """

    def __init__(self, series: int, buckets: int, *, is_single: bool = False) -> None:
        self._is_single = is_single
        shape = (buckets, series)  # as the matrices that are reduced into it
        self._count = np.zeros(shape, np.int64)
        self._last = np.full(shape, np.nan)
        self._waiting: dict[int, tuple[Cut, list[int], list[Floats]]] = {}
        self._points = 0
        if is_single:
            return
        self._odd = np.zeros(shape, np.int64)
        self._min = np.full(shape, np.inf)
        self._max = np.full(shape, -np.inf)
        self._sum = np.zeros(shape)

    def put(self, series: int, cuts: Cut, values: Floats) -> None:
        """Heap values, cut by the grid. Parts with the very same cut are reduced together."""
        _, rows, columns = self._waiting.setdefault(id(cuts), (cuts, [], []))
        rows.append(series)
        columns.append(values)
        self._points += len(values)
        if self._points > _FLUSH_POINTS:
            self._flush()

    def _flush(self) -> None:
        # Parts of a series lie side by side, so what begins first is the earlier: the later one's last value stays.
        for cuts, rows, columns in sorted(self._waiting.values(), key=lambda group: group[0].first):
            self._reduce(cuts, rows, np.stack(columns, axis=1) if len(columns) > 1 else columns[0][:, np.newaxis])
        self._waiting = {}
        self._points = 0

    def _reduce(self, cuts: Cut, rows: Sequence[int], values: npt.NDArray[np.float64]) -> None:
        """Reduce a matrix, one column a series, one row an x."""
        begin, size = cuts.begin, cuts.size
        where = _to_place(cuts.bucket, rows)
        self._count[where] += size[:, np.newaxis]
        if self._is_single:
            self._last[where] = values
            return
        finite = np.isfinite(values)
        is_finite = bool(finite.all())
        low = values if is_finite else np.where(finite, values, np.inf)
        high = values if is_finite else np.where(finite, values, -np.inf)
        total = values if is_finite else np.where(finite, values, 0.0)
        last = values
        if len(begin) < len(values):
            last = values[begin + size - 1]
            with np.errstate(over="ignore", invalid="ignore"):
                low = _reduce_rows(np.minimum, low, cuts)
                high = _reduce_rows(np.maximum, high, cuts)
                total = _reduce_rows(np.add, total, cuts)
        odd = None if is_finite else _reduce_rows(np.add, (~finite).astype(np.int64), cuts)
        if odd is not None:
            self._odd[where] += odd
        self._min[where] = np.minimum(self._min[where], low)
        self._max[where] = np.maximum(self._max[where], high)
        with np.errstate(over="ignore", invalid="ignore"):
            self._sum[where] += total
        self._last[where] = last

    def put_blocks(self, series: int, placed: Blocks) -> None:
        """Heap a roll-up. A block counts in the bucket it begins in, and its extremes also in the one it ends in."""
        self._flush()
        first, last, sizes, blocks = placed
        begins = np.flatnonzero(np.append(True, first[1:] != first[:-1]))
        bucket = first[begins]
        over = np.flatnonzero(last > first)
        self._count[bucket, series] += np.add.reduceat(sizes, begins)
        self._odd[bucket, series] += np.add.reduceat(blocks["odd"].astype(np.int64), begins)
        with np.errstate(over="ignore", invalid="ignore"):
            self._sum[bucket, series] += np.add.reduceat(blocks["sum"], begins)
        for column, ufunc, values in (
            (self._min, np.minimum, blocks["min"]),
            (self._max, np.maximum, blocks["max"]),
        ):
            column[bucket, series] = ufunc(column[bucket, series], ufunc.reduceat(values, begins))
            ufunc.at(column[:, series], last[over], values[over])
        self._last[bucket, series] = blocks["last"][np.append(begins[1:], len(blocks)) - 1]

    def finish(self) -> Heaped:
        """What is in every bucket now."""
        self._flush()
        if self._is_single:
            count, last = np.ascontiguousarray(self._count.T), np.ascontiguousarray(self._last.T)
            finite = np.isfinite(last)
            value = last if finite.all() else np.where(finite, last, np.nan)
            return Heaped(count, count - finite, value, value, value, last)
        finite = self._count - self._odd
        is_empty = finite == 0
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            mean = self._sum / finite
            if not np.isfinite(self._sum).all():  # sums of huge values overflow although their mean does not
                mean = np.where(np.isfinite(mean), mean, self._min / 2 + self._max / 2)
            mean = np.minimum(np.maximum(mean, self._min), self._max)  # rounding must not leave the envelope
        if is_empty.any():
            for column in (self._min, self._max, mean):
                column[is_empty] = np.nan
        columns = (self._count, self._odd, self._min, self._max, mean, self._last)
        return Heaped(*(np.ascontiguousarray(column.T) for column in columns))


def _reduce_rows(ufunc: np.ufunc, values: npt.NDArray[Any], cuts: Cut) -> npt.NDArray[Any]:
    """Reduce the rows of every bucket to one.

    Steps are mostly regular, so all buckets but the first and the last have the same size: then the rows between are
    a block, which numpy reduces several times as fast as stretches of any size.
    """
    size = int(cuts.size[len(cuts.size) // 2])
    if len(cuts.size) < 4 or size > _BLOCK_ROWS or (cuts.size[1:-1] != size).any():
        return ufunc.reduceat(values, cuts.begin, axis=0)
    begin, end = cuts.begin[1], cuts.begin[-1]
    middle = values[begin:end].reshape(-1, size, values.shape[1])
    return np.concatenate(
        [
            ufunc.reduce(values[:begin], axis=0, keepdims=True),
            ufunc.reduce(middle, axis=1),
            ufunc.reduce(values[end:], axis=0, keepdims=True),
        ]
    )


def _to_place(buckets: Integers, series: Sequence[int]) -> Any:
    """The index of some series' columns in some buckets' rows."""
    row, column = _to_index(buckets), _to_index(series)
    if isinstance(row, slice) or isinstance(column, slice):
        return row, column
    return np.ix_(row, column)


def _to_index(places: Sequence[int] | Integers) -> slice | Integers:
    """Places as a slice if they follow one another: much cheaper for numpy."""
    first, n = int(places[0]), len(places)
    if int(places[-1]) == first + n - 1 and (n < 3 or bool((np.diff(places) == 1).all())):
        return slice(first, first + n)
    return np.asarray(places, np.int64)

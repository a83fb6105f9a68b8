"""Points heaped into the buckets of a grid, for many series at once."""

from typing import Any, NamedTuple

import numpy as np

from halley.storage.sql.metrics.codec import BLOCK_POINTS, Floats, Integers, Records
from halley.storage.sql.metrics.grid import Cut

_FLUSH_POINTS = 1_000_000


class Heaped(NamedTuple):
    """Per series and bucket; see `ports.metrics.ChartSeries`."""

    count: Any
    odd: Any
    min: Any
    max: Any
    mean: Any
    last: Any


class Heap:
    """Count, odd count, min, max, sum and last value for every bucket of every series.

    Parts of one series must be given in the order of x. Nothing is computed part by part: parts are collected and
    reduced together, because a chart of 100 runs has 100 small parts.

    Args:
        series: How many series.
        buckets: How many buckets each has.
    """

    def __init__(self, series: int, buckets: int) -> None:
        self._buckets = buckets
        self._shape = (series, buckets)
        size = series * buckets
        self._count = np.zeros(size, np.int64)
        self._odd = np.zeros(size, np.int64)
        self._min = np.full(size, np.inf)
        self._max = np.full(size, -np.inf)
        self._sum = np.zeros(size)
        self._last = np.full(size, np.nan)
        self._keys: list[Integers] = []
        self._begins: list[Integers] = []
        self._counts: list[Integers] = []
        self._values: list[Floats] = []
        self._waiting = 0

    def put(self, series: int, cuts: Cut, values: Floats) -> None:
        """Heap values, cut by the grid."""
        self._keys.append(cuts.bucket + series * self._buckets)
        self._begins.append(cuts.begin + self._waiting)
        self._counts.append(cuts.size)
        self._values.append(values)
        self._waiting += len(values)
        if self._waiting > _FLUSH_POINTS:
            self._flush()

    def put_blocks(self, series: int, first: Integers, last: Integers, blocks: Records, n: int) -> None:
        """Heap a roll-up: block i begins in bucket `first[i]` and ends in `last[i]`, the same or the next one.

        A block counts in the bucket it begins in, and its extremes in both.
        """
        self._flush()
        key = first + series * self._buckets
        begins = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
        counts = np.full(len(blocks), BLOCK_POINTS)
        counts[-1] = n - BLOCK_POINTS * (len(blocks) - 1)
        odd = blocks["odd"].astype(np.int64)
        with np.errstate(over="ignore", invalid="ignore"):
            self._add(
                key[begins],
                np.add.reduceat(counts, begins),
                np.add.reduceat(odd, begins),
                np.minimum.reduceat(blocks["min"], begins),
                np.maximum.reduceat(blocks["max"], begins),
                np.add.reduceat(blocks["sum"], begins),
                blocks["last"][np.append(begins[1:], len(blocks)) - 1],
            )
        over = np.flatnonzero(last > first)
        after = last[over] + series * self._buckets
        np.minimum.at(self._min, after, blocks["min"][over])
        np.maximum.at(self._max, after, blocks["max"][over])

    def _flush(self) -> None:
        if not self._waiting:
            return
        key, begin, count = (np.concatenate(parts) for parts in (self._keys, self._begins, self._counts))
        value = np.concatenate(self._values)
        self._keys, self._begins, self._counts, self._values, self._waiting = [], [], [], [], 0
        finite = np.isfinite(value)
        # A bucket that goes on from one part to the next is two stretches, side by side, with one key.
        is_new = np.append(True, key[1:] != key[:-1])
        if not is_new.all():
            begin, key = begin[is_new], key[is_new]
            count = np.add.reduceat(count, np.flatnonzero(is_new))
        with np.errstate(over="ignore", invalid="ignore"):
            if finite.all():
                odd = np.zeros(len(key), np.int64)
                low = high = total = value
            else:
                odd = np.add.reduceat(~finite, begin, dtype=np.int64)
                low, high, total = (np.where(finite, value, filler) for filler in (np.inf, -np.inf, 0.0))
            self._add(
                key,
                count,
                odd,
                np.minimum.reduceat(low, begin),
                np.maximum.reduceat(high, begin),
                np.add.reduceat(total, begin),
                value[begin + count - 1],
            )

    def _add(
        self, key: Integers, count: Integers, odd: Integers, least: Floats, most: Floats, total: Floats, last: Floats
    ) -> None:
        self._count[key] += count
        self._odd[key] += odd
        self._min[key] = np.minimum(self._min[key], least)
        self._max[key] = np.maximum(self._max[key], most)
        self._sum[key] += total
        self._last[key] = last

    def finish(self) -> Heaped:
        """What is in every bucket now."""
        self._flush()
        finite = self._count - self._odd
        is_empty = finite == 0
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            mean = self._sum / finite
            # Sums of huge values overflow although their mean does not; and a mean lies between the extremes.
            mean = np.where(np.isfinite(mean), mean, self._min / 2 + self._max / 2)
            mean = np.minimum(np.maximum(mean, self._min), self._max)
        for column in (self._min, self._max, mean):
            column[is_empty] = np.nan
        columns = (self._count, self._odd, self._min, self._max, mean, self._last)
        return Heaped(*(column.reshape(self._shape) for column in columns))

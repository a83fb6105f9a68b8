"""The x grid of a chart: bucket edges on round values, so that neighbouring zooms share cache entries."""

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from halley.storage.sql.metrics.codec import Floats, Integers


class Grid(NamedTuple):
    """Left edges of buckets; `width` is 0 where every bucket holds the one value that is its edge."""

    edges: Floats
    width: float


EMPTY = Grid(np.empty(0), 0.0)


def round_grid(low: float, high: float, buckets: int) -> Grid:
    """Cover `low` to `high` with at most so many buckets, whose width is 1, 2 or 5 times a power of ten.

    Example:
        >>> round_grid(0, 999, 500).width
        2.0
    """
    if buckets == 1:  # a range around zero never fits one bucket whose edges are multiples of its width
        edges, width = round_grid(low, high, 2)
        return Grid(edges[:1], width * len(edges))
    exponent = math.floor(math.log10(max((high - low) / buckets, 1e-300)))
    while True:
        for factor in (1.0, 2.0, 5.0):
            width = factor * 10.0**exponent if exponent >= 0 else factor / 10.0**-exponent
            if not math.isfinite(low / width) or not math.isfinite(high / width):
                continue
            first, last = math.floor(low / width), math.floor(high / width)
            if last - first < buckets:
                return _lay(first, last, low, width)
        exponent += 1


def _lay(first: int, last: int, low: float, width: float) -> Grid:
    edges = (float(first) + np.arange(last - first + 1, dtype=np.float64)) * width
    if edges[0] > low:  # rounding: the smallest value must be inside
        edges[0] = low
    return Grid(edges, width)


def even_grid(low: float, high: float, buckets: int) -> Grid:
    """Cover `low` to `high` with exactly so many buckets of one width."""
    edges = np.linspace(low, high, buckets, endpoint=False)
    return Grid(edges, float(edges[1] - edges[0]) if buckets > 1 else high - low)


def value_grid(columns: Iterable[npt.NDArray[np.generic]], buckets: int) -> Grid | None:
    """The grid of exactly the values in some columns; None if there are more of them than buckets."""
    distinct = np.empty(0)
    for column in columns:
        if len(column) == len(distinct) and (column == distinct).all():  # as for series that were logged alike
            continue
        distinct = np.union1d(distinct, column.astype(np.float64))
        if len(distinct) > buckets:
            return None
    return Grid(distinct, 0.0)


class Cut(NamedTuple):
    """A sorted column cut by a grid: buckets that hold anything, where each begins, its size; the first x."""

    bucket: Integers
    begin: Integers
    size: Integers
    first: float


def cut(x: npt.NDArray[np.generic], grid: Grid) -> Cut:
    """Cut a sorted column; every value must be at or right of the first edge."""
    places = x.astype(np.float64, copy=False)
    begins = np.searchsorted(places, grid.edges)
    counts = np.diff(begins, append=len(x))
    bucket = np.flatnonzero(counts)
    return Cut(bucket, begins[bucket], counts[bucket], float(places[0]))


def find_buckets(x: npt.NDArray[np.generic], grid: Grid) -> Integers:
    """The bucket of every x; all must be at or right of the first edge.

    Buckets of one width are found by division, which is several times as fast as searching; edges are what counts, so
    that what rounding put one bucket off is put right.
    """
    edges = grid.edges
    places = x.astype(np.float64, copy=False)
    if not grid.width or len(edges) < 2:
        found: Integers = np.searchsorted(edges, places, side="right") - 1
        return found
    bucket: Integers = ((places - edges[1]) * (1 / grid.width) + 1.0).astype(
        np.int64
    )  # the first edge may be off its place
    np.clip(bucket, 0, len(edges) - 1, out=bucket)
    bucket -= places < edges[bucket]
    bucket += places >= np.append(edges[1:], np.inf)[bucket]
    return bucket

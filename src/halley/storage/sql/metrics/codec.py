"""Points as bytes: raw packed records for the journal, compressed columns for chunks, and their roll-ups."""

import logging
import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from pcodec import ChunkConfig, standalone

from halley.errors import StorageDamaged

logger = logging.getLogger("halley.storage")

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Records = npt.NDArray[np.void]

POINT = np.dtype([("metric", "<u4"), ("step", "<i8"), ("time", "<i8"), ("epoch", "<f8"), ("value", "<f8")])
"""A point in the journal: 36 bytes."""

CHUNK_POINTS = 16_384
"""Most points in a chunk."""

BLOCK_POINTS = 128
"""Points under one entry of a roll-up."""

ROLLED_POINTS = CHUNK_POINTS // 2
"""Chunks of so many points have a roll-up."""

BLOCK = np.dtype([("x", "<i8"), ("odd", "<u2"), ("min", "<f8"), ("max", "<f8"), ("sum", "<f8"), ("last", "<f8")])
"""A roll-up's entry: first step, how many values are not finite, min, max and sum of the others, last value."""

CLOCK_BLOCK = np.dtype([("time", "<i8", (2,)), ("epoch", "<f8", (2,))])
"""The same of a clock: time and epoch of the first and of the last point.

`NO_TIME` stands where times go back inside the clock. Epochs are NaN where some are missing or go back, and infinity,
minus infinity where all are missing: then there is nothing to draw on their axis.
"""

NO_TIME = -(2**63)

_SEAL_BYTES = 4

_CONFIG = ChunkConfig(compression_level=4)
_CHECKED = b"\1"
"""Begins a column that has a checksum: 4 bytes of CRC-32, then what is compressed."""

_UNCHECKED = b"pco!"
"""Begins a column that has none, as the first version wrote them."""


class Columns(NamedTuple):
    """Points of one series, by step, each step once."""

    step: Integers
    time: Integers
    epoch: Floats
    value: Floats

    def take(self, which: slice | npt.NDArray[Any]) -> "Columns":
        """Some of the points: a slice, a mask, or places."""
        return Columns(self.step[which], self.time[which], self.epoch[which], self.value[which])


def encode(column: npt.NDArray[Any]) -> bytes:
    """Compress a column, bit by bit, with a checksum before it."""
    data: bytes = standalone.simple_compress(np.ascontiguousarray(column), _CONFIG)
    return _CHECKED + zlib.crc32(data).to_bytes(4, "little") + data


def decode(data: bytes) -> npt.NDArray[Any]:
    """Decompress a column; lets other threads run meanwhile.

    Raises:
        StorageDamaged: it is not what was written.
    """
    if data[:4] != _UNCHECKED:
        # Measured: of flipped bits, decompressing alone notices one in twenty. The others would be wrong values.
        if data[:1] != _CHECKED or zlib.crc32(memoryview(data)[5:]) != int.from_bytes(data[1:5], "little"):
            raise StorageDamaged("A column of points does not match its checksum.")
        data = data[5:]
    try:
        decoded: npt.NDArray[Any] | None = standalone.simple_decompress(data)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the decompressor is no Exception
        raise StorageDamaged(f"A column of points cannot be decompressed: {error}.") from error
    if decoded is None:
        raise StorageDamaged("A column of points is empty.")
    return decoded


def columns_of(records: Records) -> Columns:
    """The columns of journal records, copied: inside a record they are not aligned."""
    return Columns(records["step"].copy(), records["time"].copy(), records["epoch"].copy(), records["value"].copy())


def settle(records: Records) -> Records:
    """Sort records by metric and step; of those with the same metric and step keep the last."""
    metric, step = records["metric"], records["step"]
    later = (metric[1:] > metric[:-1]) | ((metric[1:] == metric[:-1]) & (step[1:] > step[:-1]))
    if later.all():
        return records
    # Stable: the last logged of equals stays last. Taking packed records is 16 times as fast as indexing them.
    records = records.take(np.lexsort((step, metric)))
    metric, step = records["metric"], records["step"]
    is_last = np.append((metric[1:] != metric[:-1]) | (step[1:] != step[:-1]), True)
    return records if is_last.all() else records.take(np.flatnonzero(is_last))


def settle_columns(parts: Sequence[Columns]) -> Columns:
    """Join parts of one series; where a step comes again, the later part wins."""
    joined = parts[0] if len(parts) == 1 else Columns(*map(np.concatenate, zip(*parts, strict=True)))
    step = joined.step
    if (step[1:] > step[:-1]).all():
        return joined
    order = np.argsort(step, kind="stable")
    step = step[order]
    order = order[np.append(step[1:] != step[:-1], True)]
    return joined.take(order)


def split_metrics(records: Records) -> list[tuple[int, int, int]]:
    """Where each metric's records begin and end: (metric, begin, end). The records must be sorted by metric."""
    metric = records["metric"]
    begins = np.flatnonzero(np.append(True, metric[1:] != metric[:-1]))
    return list(zip(metric[begins].tolist(), begins.tolist(), [*begins[1:].tolist(), len(metric)], strict=True))


class Masked(NamedTuple):
    """Values for taking the least, the most and the sum, as if those that are not finite were not there."""

    odd: npt.NDArray[np.bool_] | None
    """Which are not finite; None if all are."""
    low: Floats
    high: Floats
    total: Floats


def mask_odd(value: Floats) -> Masked:
    """Mask values that are not finite; costs little if all are."""
    finite = np.isfinite(value)
    if finite.all():
        return Masked(None, value, value, value)
    return Masked(~finite, *(np.where(finite, value, filler) for filler in (np.inf, -np.inf, 0.0)))


def roll_up(step: Integers, value: Floats) -> bytes:
    """Make the roll-up of a chunk."""
    begins = np.arange(0, len(step), BLOCK_POINTS)
    ends = np.append(begins[1:], len(step))
    odd, low, high, total = mask_odd(value)
    blocks = np.empty(len(begins), BLOCK)
    blocks["x"] = step[begins]
    blocks["last"] = value[ends - 1]
    blocks["odd"] = 0 if odd is None else np.add.reduceat(odd, begins, dtype=np.int64)
    blocks["min"] = np.minimum.reduceat(low, begins)
    blocks["max"] = np.maximum.reduceat(high, begins)
    with np.errstate(over="ignore", invalid="ignore"):
        blocks["sum"] = np.add.reduceat(total, begins)
    return seal(blocks)


def roll_up_clock(time: Integers, epoch: Floats) -> bytes:
    """Make the roll-up of a clock."""
    begins = np.arange(0, len(time), BLOCK_POINTS)
    ends = np.append(begins[1:], len(time)) - 1
    blocks = np.empty(len(begins), CLOCK_BLOCK)
    is_forward = bool((time[1:] >= time[:-1]).all())
    blocks["time"] = np.stack([time[begins], time[ends]], axis=1) if is_forward else NO_TIME
    if not np.isfinite(epoch).any():
        blocks["epoch"] = (np.inf, -np.inf)
    elif (epoch[1:] >= epoch[:-1]).all() and np.isfinite(epoch[-1]):  # false where one is NaN
        blocks["epoch"] = np.stack([epoch[begins], epoch[ends]], axis=1)
    else:
        blocks["epoch"] = np.nan
    return seal(blocks)


def seal(rollup: Records) -> bytes:
    """A roll-up as bytes, with a checksum behind it."""
    data = rollup.tobytes()
    return data + zlib.crc32(data).to_bytes(_SEAL_BYTES, "little")


def unseal(data: bytes | None, kind: np.dtype[np.void]) -> bytes | None:
    """Take the checksum off a roll-up; None if there is none, or it is damaged: then points are read instead."""
    if data is None or len(data) % kind.itemsize == 0:  # the first version wrote no checksums
        return data
    rollup, checksum = data[:-_SEAL_BYTES], data[-_SEAL_BYTES:]
    if len(rollup) % kind.itemsize == 0 and zlib.crc32(rollup) == int.from_bytes(checksum, "little"):
        return rollup
    logger.warning("A roll-up of points is damaged; the points are read instead.")
    return None

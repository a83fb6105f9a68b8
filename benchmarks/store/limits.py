"""What the machine could do, and the simplest peer: measured in the same run as what is compared with them."""

from __future__ import annotations

import os
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pcodec import ChunkConfig, standalone


def syncs_per_second(folder: Path, *, size: int = 400, count: int = 300) -> float:
    """How often a record can be appended to a file and forced to the disk: the most that unshared commits can reach."""
    path = folder / "probe"
    record = os.urandom(size)
    file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_APPEND)
    try:
        began = time.perf_counter()
        for _ in range(count):
            os.write(file, record)
            os.fdatasync(file)
        return count / (time.perf_counter() - began)
    finally:
        os.close(file)
        path.unlink()


def copied_bytes_per_second() -> float:
    """How fast memory is copied."""
    source = np.random.default_rng(0).random(1 << 23)
    target = np.empty_like(source)
    np.copyto(target, source)
    return source.nbytes / min(_seconds(lambda: np.copyto(target, source)) for _ in range(5))


def decode_seconds(values: npt.NDArray[np.float64], chunk: int, count: int) -> float:
    """CPU to decompress a chunk of values so many times: what a chart that reads them all cannot go below."""
    packed = standalone.simple_compress(values[:chunk].copy(), ChunkConfig(compression_level=4))

    def decode() -> None:
        for _ in range(count):
            standalone.simple_decompress(packed)

    return statistics.median(_seconds(decode) for _ in range(5))


def _seconds(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


_ROWS = """
create table point (run integer, metric integer, step integer, time integer, epoch real, value real,
    primary key (run, metric, step)) without rowid
"""
_CHART = """
select run, (step - ?) / ? as bucket, count(*), min(value), max(value), avg(value) from point
where run between ? and ? and metric = ? and step between ? and ? group by run, bucket
"""


class RowTable:
    """The simplest peer: a row a point, in SQLite, by (run, metric, step), durable as Halley is."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "rows.db"
        self._link = self._open()
        self._link.execute(_ROWS)

    def _open(self) -> sqlite3.Connection:
        link = sqlite3.connect(self.path, isolation_level=None)
        for pragma in ("page_size=8192", "journal_mode=wal", "synchronous=full"):
            link.execute(f"pragma {pragma}")
        return link

    def load(self, run: int, metric: int, columns: Iterable[npt.NDArray[np.generic]]) -> None:
        """Append points: step, time, epoch, value."""
        lists = [column.tolist() for column in columns]
        rows = ((run, metric, *row) for row in zip(*lists, strict=True))
        self._link.execute("begin")
        self._link.executemany("insert into point values (?, ?, ?, ?, ?, ?)", rows)
        self._link.execute("commit")

    def chart_seconds(self, runs: int, metric: int, low: int, high: int, buckets: int, *, first: int = 0) -> float:
        """CPU of a chart of runs `first` and on, over a new connection."""
        width = max(1, (high - low + 1) // buckets)
        with closing(self._open()) as link:
            values = (low, width, first, first + runs - 1, metric, low, high)
            return _seconds(lambda: link.execute(_CHART, values).fetchall())

    def bytes_per_point(self) -> float:
        """Bytes on disk a point."""
        self._link.execute("pragma wal_checkpoint(truncate)")
        (count,) = self._link.execute("select count(*) from point").fetchone()
        return self.path.stat().st_size / max(1, count)

    def close(self) -> None:
        """Close it, and remove its file."""
        self._link.close()
        self.path.unlink()

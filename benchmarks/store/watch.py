"""Watching a long load: what every tenth of it cost, at what pace the machine was, how much memory it took."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import psutil
from benchmarks.store import limits, points
from benchmarks.store.places import Cost, Place


class Tenth(NamedTuple):
    """What a tenth of the points cost, and how long the machine took for a fixed piece of work right after it."""

    cost: Cost
    pace: float


class Memory:
    """The most memory that this process had, seen every 20 ms."""

    def __init__(self) -> None:
        self.most = 0.0

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Watch while the context lasts."""
        process, stop = psutil.Process(), threading.Event()

        def look() -> None:
            while not stop.wait(0.02):
                self.most = max(self.most, process.memory_info().rss / 1e6)

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def pace() -> float:
    """CPU seconds that the machine takes now for a fixed piece of work."""
    return limits.decode_seconds(points.values_of(0, 1, 16_384), 16_384, 200)


def flatness(tenths: Sequence[Tenth]) -> tuple[float, str]:
    """How fast the last tenth was against the first, as if the machine had been as fast in both; and every tenth."""
    first, last = tenths[0], tenths[-1]
    flat = (first.cost.cpu / first.pace) / (last.cost.cpu / last.pace)
    paces = ", ".join(f"{first.pace / tenth.pace:.2f}" for tenth in tenths)
    return flat, f"the machine's own pace, by decoding a fixed column after each: {paces}"


def say_tenth(tenths: Sequence[Tenth], count: float, place: Place, memory: Memory) -> None:
    """Print how the last tenth went."""
    cost = tenths[-1].cost
    print(
        f"  tenth {len(tenths)}: {count / cost.cpu / 1e6:.2f} M points per CPU-second, {count / cost.wall / 1e6:.2f} "
        f"M/s of wall time, {place.size() / 1e9:.2f} GB, {memory.most:.0f} MB of memory at most",
        flush=True,
    )

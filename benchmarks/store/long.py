"""Rows of long series: what a chart costs must follow what it draws, not what was logged."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from statistics import median

import numpy as np
from benchmarks.store import limits, points
from benchmarks.store.load import add_runs, load_all, tidy
from benchmarks.store.places import Place, serve, spend
from benchmarks.store.read import charting, read
from benchmarks.store.table import Figure, Goal, figure, write_number, write_power

from halley.storage.ports.metrics import PointColumns
from halley.storage.ports.storage import Session

DENSE_RUNS, DENSE_STEPS = 100, 100_000


def measure_long(place: Place, *, sizes: Sequence[int], rounds: int) -> Iterator[Figure]:
    """Charts of one series, ever longer; and of 100 runs of 100,000 steps."""
    goals = place.name == "SQLite"
    with closing(place.open()) as storage:
        runs = add_runs(storage, len(sizes) + DENSE_RUNS)
        singles, dense = runs[: len(sizes)], runs[len(sizes) :]
        cost, _ = spend(place, lambda: _load(storage, singles, sizes))
        load_all(storage, _dense_batches(dense))
        tidy(storage, runs)
    yield figure(
        f"loading series of {', '.join(map(write_power, sizes))} points, 50,000-point batches, into the store",
        place.name,
        [sum(sizes) / cost.cpu / 1e6],
        "M points per CPU-second",
        note="making the points included",
    )
    yield from _single(place, singles, sizes, rounds, goals=goals)
    yield from _growth(place, singles, sizes, rounds, goals=goals)
    reading = read(place, charting(dense, 1), rounds=rounds)
    decoded = limits.decode_seconds(points.values_of(0, 1, DENSE_STEPS), 16_384, 611) * 1e3
    for x in ("step", "relative"):
        reading = read(place, charting(dense, 1, x=x), rounds=rounds)  # type: ignore[arg-type]
        yield figure(
            f"chart of {DENSE_RUNS} runs x {DENSE_STEPS:,} steps, x is {x}, CPU",
            place.name,
            reading.cpu_ms,
            "ms",
            goal=Goal("<=", 100) if goals else None,
            beside=f"decoding all values alone {write_number(decoded)} ms",
            note=reading.say(),
        )
    yield from _export(place, singles[_place_of(sizes)], rounds, goals=goals)


def _load(storage, runs: Sequence[int], sizes: Sequence[int]) -> None:  # type: ignore[no-untyped-def]
    for run, size in zip(runs, sizes, strict=True):
        load_all(storage, ((run, columns) for columns in points.long_series(size)))


def _dense_batches(runs: Sequence[int]) -> Iterator[tuple[int, PointColumns]]:
    for place, run in enumerate(runs):
        clock = points.clock_of(run, DENSE_STEPS)
        values = points.values_of(place % 5, 1, DENSE_STEPS)
        half = DENSE_STEPS // 2
        for begin in (0, half):
            part = slice(begin, begin + half)
            yield (
                run,
                PointColumns(
                    [points.name_of(1)], np.zeros(half, np.uint32), *(column[part] for column in clock), values[part]
                ),
            )


def _place_of(sizes: Sequence[int]) -> int:
    """The series of 1e7 points, or the longest shorter one."""
    return max(place for place, size in enumerate(sizes) if size <= 10_000_000)


def _single(place: Place, runs: Sequence[int], sizes: Sequence[int], rounds: int, *, goals: bool) -> Iterator[Figure]:
    at = _place_of(sizes)
    run, size = runs[at], sizes[at]
    values = next(points.long_series(50_000)).value
    decoded = limits.decode_seconds(values, 16_384, math.ceil(size / 16_384)) * 1e3
    peer = limits.RowTable(place.folder)
    for columns in points.long_series(size):
        peer.load(1, 0, (columns.step, columns.time, columns.epoch, columns.value))
    rows = peer.chart_seconds(1, 0, 0, size - 1, 1_000, first=1) * 1e3
    begin, end = size // 2, size // 2 + size // 100 - 1
    zoomed_rows = median(peer.chart_seconds(1, 0, begin, end, 1_000, first=1) for _ in range(3)) * 1e3
    peer.close()
    first = points.BEGAN_AT + 5 * 60_000
    with closing(place.open()) as storage, storage.read() as session:
        chart = charting([run], 0)(session)
        assert int(chart.series[0].count.sum()) == size
        assert (chart.series[0].max == 25.0).sum() == len(range(123_456, size, 1_000_000))
    for x in ("step", "relative", "wall"):
        low, high = (begin, end) if x == "step" else (begin * 120.0, end * 120.0)
        if x == "wall":
            low, high = low + first, high + first
        is_goal = goals and x != "wall" and size == 10_000_000
        reading = read(place, charting([run], 0, x=x), rounds=rounds)  # type: ignore[arg-type]
        cost = median(reading.cpu_ms)
        yield figure(
            f"chart of a series of {size:,} points, x is {x}, CPU",
            place.name,
            reading.cpu_ms,
            "ms",
            goal=Goal("<=", 25) if is_goal else None,
            beside=f"decoding all values alone {write_number(decoded)} ms; a row a point {write_number(rows)} ms "
            f"({rows / cost:.0f}x as much)",
            note=reading.say(),
        )
        reading = read(place, charting([run], 0, x=x, low=low, high=high), rounds=rounds)  # type: ignore[arg-type]
        cost = median(reading.cpu_ms)
        yield figure(
            f"zoom to 1 % of it, x is {x}, CPU",
            place.name,
            reading.cpu_ms,
            "ms",
            goal=Goal("<=", 2) if is_goal else None,
            beside=f"a row a point {write_number(zoomed_rows)} ms ({zoomed_rows / cost:.0f}x as much)",
            note=reading.say(),
        )


def _growth(place: Place, runs: Sequence[int], sizes: Sequence[int], rounds: int, *, goals: bool) -> Iterator[Figure]:
    costs = [median(read(place, charting([run], 0), rounds=rounds).cpu_ms) for run in runs]
    base = max(place for place, size in enumerate(sizes) if size <= 1_000_000)
    allowed = math.log(sizes[-1]) / math.log(sizes[base])
    said = ", ".join(f"{write_power(size)}: {cost:.1f} ms" for size, cost in zip(sizes, costs, strict=True))
    yield figure(
        f"growth of that chart from {write_power(sizes[base])} to {write_power(sizes[-1])} points",
        place.name,
        [costs[-1] / costs[base]],
        "x",
        goal=Goal("<=", allowed) if goals else None,
        beside="the goal is log n",
        note=said,
    )


def _export(place: Place, run: int, rounds: int, *, goals: bool) -> Iterator[Figure]:
    def export(session: Session) -> int:
        return sum(len(piece.step) for piece in session.metrics.export(run, points.name_of(0)))

    with closing(place.open()) as storage, storage.read() as session:
        size = export(session)
    reading = read(place, export, rounds=max(3, rounds // 3))
    yield figure(
        f"export of a series of {size:,} points",
        place.name,
        [size / cost.cpu / 1e6 for cost in reading.rounds],
        "M points per CPU-second",
        goal=Goal(">=", 5) if goals else None,
        beside=f"copying memory {limits.copied_bytes_per_second() / 32 / 1e6:,.0f} M points of 32 bytes/s",
        note=reading.say(),
    )
    yield from _stream(place, run, size, rounds)


def _stream(place: Place, run: int, size: int, rounds: int) -> Iterator[Figure]:
    """The same over HTTP, as an Arrow stream that a client reads as fast as it comes."""
    with serve(place) as server:
        for compression in ("none", "zstd"):
            rates, walls = [], []
            bytes_read = 0
            for _ in range(max(3, rounds // 3)):
                cpu, began = server.cpu(), time.perf_counter()
                path = f"experiments/{points.key_of(run)}/metrics/export?compression={compression}"
                bytes_read = server.count(path)
                rates.append(size / (server.cpu() - cpu) / 1e6)
                walls.append(time.perf_counter() - began)
            yield figure(
                f"export of it over HTTP as an Arrow stream, compression {compression}",
                place.name,
                rates,
                "M points per server CPU-second",
                note=f"{size / median(walls) / 1e6:.1f} M points/s of wall time, {bytes_read / size:.1f} bytes each; "
                f"memory of the server afterwards {server.memory():.0f} MB",
            )

"""A billion points in one embedded database: 10,000 runs x 100 metrics x 1,000 steps; and one series of a billion.

`python -m benchmarks.store.billion` needs some 9 GB of disk and a quarter of an hour of a processor, and writes
billion.md.
It is the product's store as it is: every batch of 50,000 points is a durable transaction, and a run is tidied when it
ends, as the server does. Whether ingest stays flat is seen from the CPU that each tenth of the points took.
"""

from __future__ import annotations

import argparse
import math
import resource
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

import numpy as np
import psutil
from benchmarks.store import finished, limits, points
from benchmarks.store.deleting import measure_delete
from benchmarks.store.load import add_runs, cut, end_runs, load_all, tidy
from benchmarks.store.places import Place, SqlitePlace, spend
from benchmarks.store.read import charting, read
from benchmarks.store.search import read_page
from benchmarks.store.table import Figure, Goal, figure, machine, write_number, write_power, write_row, write_table
from benchmarks.store.watch import Memory, Tenth, flatness, pace, say_tenth

from halley.storage.ports.storage import Session
from halley.storage.sql.store import SqlStorage

HERE = Path(__file__).resolve().parent

MEMORY_LIMIT_BYTES = 4 * 2**30
"""Of addresses: what would need more fails, and its row says so, instead of taking the machine down."""

METRICS, STEPS = 100, 1_000
TENTHS = 10
ROUNDS = 9


# many runs


def load_many(place: Place, runs: int) -> Iterator[Figure]:
    """Load many runs of 100,000 points."""
    count = runs * METRICS * STEPS
    memory = Memory()
    sources = [cut(points.block(run, METRICS, STEPS), 2) for run in range(10)]
    base = psutil.Process().memory_info().rss / 1e6
    with memory.watch(), closing(place.open()) as storage:
        numbers = add_runs(storage, runs)
        tenths = []
        for part in np.array_split(np.array(numbers), TENTHS):
            cost, _ = spend(place, lambda part=part: _load_runs(storage, part.tolist(), sources))
            tenths.append(Tenth(cost, pace()))
            say_tenth(tenths, count / TENTHS, place, memory)
    yield from _say_loading(f"loading {write_power(count)} points as {runs:,} runs", place, tenths, count, memory, base)


def read_many(place: Place, runs: int) -> Iterator[Figure]:
    """Chart, sort, export and delete many runs."""
    numbers = range(1, runs + 1)
    memory = Memory()
    with memory.watch():
        yield from _read_many(place, numbers)
    yield figure(
        "memory of the whole process while reading all of the above, most",
        place.name,
        [memory.most],
        "MB",
        goal=Goal("<=", 300),
    )
    yield from measure_delete(place, numbers[runs // 2 :][:ROUNDS])


def _load_runs(storage: SqlStorage, runs: Sequence[int], sources: Sequence[Sequence]) -> None:  # type: ignore[type-arg]
    for run in runs:
        load_all(storage, ((run, part) for part in sources[run % len(sources)]))
        end_runs(storage, [run])
        tidy(storage, [run])


def _say_loading(
    what: str, place: Place, tenths: Sequence[Tenth], count: int, memory: Memory, base: float
) -> Iterator[Figure]:
    rates = [count / len(tenths) / tenth.cost.cpu / 1e6 for tenth in tenths]
    flat, paces = flatness(tenths)
    yield figure(
        f"{what}, tidied at the end of each",
        place.name,
        rates,
        "M points per CPU-second",
        note=f"tenth by tenth: {', '.join(f'{rate:.2f}' for rate in rates)}; "
        f"{count / sum(tenth.cost.wall for tenth in tenths) / 1e6:.2f} M/s of wall time",
    )
    yield figure(
        "flat ingest: the last tenth's rate against the first's, at the machine's pace then",
        place.name,
        [flat],
        "x",
        goal=Goal(">=", 0.9),
        note=paces,
    )
    yield figure(
        "size on disk",
        place.name,
        [place.size() / 1e9],
        "GB",
        goal=Goal("<=", 4.2 * count / 1e9),
        note=f"{place.size() / count:.2f} bytes a point; write-ahead log beside it {place.log_size() / 1e6:.0f} MB",
    )
    yield figure(
        "memory of the whole process while loading, most",
        place.name,
        [memory.most],
        "MB",
        goal=Goal("<=", 300),
        note=f"{base:.0f} MB of it before the store was opened: Python, libraries and the batches to load",
    )


def _read_many(place: Place, numbers: Sequence[int]) -> Iterator[Figure]:
    shuffled = np.random.default_rng(1).permutation(numbers).tolist()
    for count, goal in ((100, 3.0), (1_000, 35.0)):
        for x in ("step", "relative", "wall"):
            reading = read(place, charting(shuffled[:count], 7, x=x), rounds=ROUNDS)  # type: ignore[arg-type]
            yield figure(
                f"chart, 1 metric x {count:,} random runs x {STEPS:,} steps, x is {x}, CPU",
                place.name,
                reading.cpu_ms,
                "ms",
                goal=Goal("<=", goal) if x != "wall" else None,
                note=reading.say(),
            )
    runs = f"{len(numbers):,} runs"
    reading = read_page(place, range(METRICS), rounds=ROUNDS, limit=1_000)
    yield figure(
        f"experiments table, {METRICS} metrics of 1,000 of {runs}, CPU",
        place.name,
        reading.cpu_ms,
        "ms",
        goal=Goal("<=", 100),
        note=reading.say(),
    )
    reading = read_page(place, [0], rounds=ROUNDS, limit=100, by=0)
    yield figure(
        f"top 100 of {runs} by a metric, with their rows, CPU",
        place.name,
        reading.cpu_ms,
        "ms",
        goal=Goal("<=", 5),
        note=reading.say(),
    )
    yield from finished.measure_export(place, numbers[len(numbers) // 3], ROUNDS)


# one series


def load_single(place: Place, size: int) -> Iterator[Figure]:
    """Load a series of a billion points, and shorter ones to compare it with."""
    memory = Memory()
    base = psutil.Process().memory_info().rss / 1e6
    tenths: list[Tenth] = []
    with memory.watch(), closing(place.open()) as storage:
        runs = add_runs(storage, len(_sizes(size)))
        for run, shorter in zip(runs[:-1], _sizes(size)[:-1], strict=True):
            load_all(storage, ((run, columns) for columns in points.long_series(shorter)))
        before = place.size()
        for begin in range(0, size, size // TENTHS):

            def load(begin: int = begin) -> int:
                pieces = points.long_series(size // TENTHS, start=begin)
                return load_all(storage, ((runs[-1], columns) for columns in pieces))

            tenths.append(Tenth(spend(place, load)[0], pace()))
            say_tenth(tenths, size / TENTHS, place, memory)
        tidy(storage, runs)
    rates = [size / TENTHS / tenth.cost.cpu / 1e6 for tenth in tenths]
    flat, paces = flatness(tenths)
    yield figure(
        f"loading one series of {write_power(size)} points",
        place.name,
        rates,
        "M points per CPU-second",
        note=f"tenth by tenth: {', '.join(f'{rate:.2f}' for rate in rates)}; the last against the first {flat:.2f}x at "
        f"the machine's pace then; {paces}; making the points included; "
        f"{(place.size() - before) / size:.2f} bytes a point; memory {memory.most:.0f} MB at most, {base:.0f} MB of it "
        "before the store was opened",
    )


def _sizes(size: int) -> list[int]:
    return [10**power for power in range(5, 9) if 10**power < size] + [size]


def read_single(place: Place, size: int) -> Iterator[Figure]:
    """Chart the series, and shorter ones to see how the cost grows."""
    costs = {}
    for run, shorter in enumerate(_sizes(size), start=1):
        costs[shorter] = median(read(place, charting([run], 0), rounds=ROUNDS).cpu_ms)
        print(f"  chart of {shorter:,} points: {costs[shorter]:.1f} ms", flush=True)
    yield from _growth(place, costs)
    yield from _chart_single(place, len(costs), size)


def _growth(place: Place, costs: dict[int, float]) -> Iterator[Figure]:
    first, last = min(max(costs), 1_000_000), max(costs)
    yield figure(
        f"growth of the chart of a series from {write_power(first)} to {write_power(last)} points, CPU",
        place.name,
        [costs[last] / costs[first]],
        "x",
        goal=Goal("<=", math.log(last) / math.log(first)),
        beside="the goal is log n",
        note=", ".join(f"{write_power(size)}: {write_number(cost)} ms" for size, cost in costs.items()),
    )


def _chart_single(place: Place, run: int, size: int) -> Iterator[Figure]:
    low, high = size // 2, size // 2 + size // 100 - 1
    first = points.BEGAN_AT + 5 * 60_000
    spans = {"step": (low, high), "relative": (low * 120, high * 120), "wall": (low * 120 + first, high * 120 + first)}
    for x, (begin, end) in spans.items():
        for what, ask in (
            (f"chart of a series of {size:,} points", charting([run], 0, x=x)),  # type: ignore[arg-type]
            ("zoom to 1 % of it", charting([run], 0, x=x, low=begin, high=end)),  # type: ignore[arg-type]
        ):
            try:
                reading = read(place, ask, rounds=3)
            except MemoryError:
                yield _failed(f"{what}, x is {x}, CPU", place)
            else:
                yield figure(f"{what}, x is {x}, CPU", place.name, reading.cpu_ms, "ms", note=reading.say())
    yield from _export_single(place, run, size)


def _failed(what: str, place: Place) -> Figure:
    note = f"failed: it needs more than {MEMORY_LIMIT_BYTES / 2**30:.0f} GiB of memory"
    return figure(what, place.name, [math.nan], "", note=note)


def _export_single(place: Place, run: int, size: int) -> Iterator[Figure]:
    def export(session: Session) -> int:
        return sum(len(piece.step) for piece in session.metrics.export(run, points.name_of(0)))

    memory = Memory()
    try:
        with memory.watch(), closing(place.open()) as storage, storage.read() as session:
            cost, count = spend(place, lambda: export(session))
    except MemoryError:
        yield _failed("export of the whole series", place)
        return
    assert count == size, count
    yield figure(
        "export of the whole series",
        place.name,
        [size / cost.cpu / 1e6],
        "M points per CPU-second",
        goal=Goal(">=", 5),
        note=f"{size / cost.wall / 1e6:.1f} M/s of wall time, memory {memory.most:.0f} MB at most",
    )


PARTS: dict[str, Callable[[Place, int], Iterator[Figure]]] = {
    "load-many": lambda place, size: load_many(place, size // (METRICS * STEPS)),
    "read-many": lambda place, size: read_many(place, size // (METRICS * STEPS)),
    "load-single": load_single,
    "read-single": read_single,
}


def main() -> None:
    """Load, measure, and write billion.md; the databases are removed unless a folder for them is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=float, default=1e9)
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--folder", type=Path, help="keep the databases here, to read them another time")
    parser.add_argument("--output", type=Path, help="default: billion.md here, if all parts are measured")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leaves nothing behind
    size = int(given.points)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    figures: list[Figure] = []
    began, before = time.monotonic(), machine()
    with tempfile.TemporaryDirectory(prefix="halley-billion-") as own:
        folder = given.folder or Path(own)
        for part in given.parts.split(","):
            place = SqlitePlace(folder / part.partition("-")[2])
            for one in PARTS[part](place, size):
                figures.append(one)
                print(write_row(one), flush=True)
        synced = limits.syncs_per_second(folder)
    command = shlex.join(["python", "-m", "benchmarks.store.billion", *sys.argv[1:]])
    text = (
        f"# A billion points in one file\n\n`{command}` on {before}; {synced:,.0f} fdatasync/s. "
        f"It took {(time.monotonic() - began) / 60:.0f} minutes.\n\n{write_table(figures)}\n"
    )
    print(text)
    is_whole = size == 10**9 and given.parts == ",".join(PARTS)
    output = given.output or (HERE / "billion.md" if is_whole else None)
    if output is not None:
        output.write_text(text)


if __name__ == "__main__":
    main()

"""Rows of finished runs: many metrics each, tidied, and what it costs to keep, chart, export and delete them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from statistics import median

from benchmarks.store import limits, points
from benchmarks.store.deleting import measure_delete
from benchmarks.store.load import add_runs, cut, end_runs, load_all, tidy
from benchmarks.store.places import Place, PostgresqlPlace, spend
from benchmarks.store.read import charting, read
from benchmarks.store.table import Figure, Goal, figure, write_number

from halley.server.metrics.draw import draw
from halley.storage.ports.storage import Session
from halley.wire.api import DrawChart, MetricRef

METRICS, STEPS = 100, 1_000
SOURCES = 10
"""So many different runs; more repeat their values."""


def measure_finished(place: Place, *, runs: int, rounds: int) -> Iterator[Figure]:
    """Everything about runs of 100 metrics x 1,000 steps."""
    is_goal = place.name == "SQLite"
    numbers, loading, count = _load(place, runs)
    yield figure(
        "loading finished runs, 50,000-point batches, straight into the store",
        place.name,
        [count / loading.cpu / 1e6],
        "M points per CPU-second",
        note=f"{count / loading.wall / 1e6:.2f} M/s of wall time; {count / 1e6:.0f} M points, tidied at the end"
        + (f"; PostgreSQL itself {loading.database_cpu / count * 1e6:.2f} s per M points" if not is_goal else ""),
    )
    if isinstance(place, PostgresqlPlace):
        place.run("vacuum analyze")
    yield figure(
        f"bytes per point, {count / 1e6:.0f} M points of finished runs",
        place.name,
        [place.size() / count],
        "bytes",
        goal=Goal("<=", 4.1 if is_goal else 5.2),
        note="all metrics of a run are logged together; a raw point has 32 bytes"
        + ("" if is_goal else "; with all indexes, after a vacuum that ran as autovacuum would"),
    )
    yield from _charts(place, numbers, rounds)
    yield from measure_export(place, numbers[3], rounds)
    yield from measure_delete(place, numbers[-rounds:])


def _load(place: Place, runs: int):  # type: ignore[no-untyped-def]
    sources = [cut(points.block(run, METRICS, STEPS), 2) for run in range(min(SOURCES, runs))]
    with closing(place.open()) as storage:
        numbers = add_runs(storage, runs)

        def load() -> int:
            count = load_all(storage, ((number, part) for number in numbers for part in sources[number % len(sources)]))
            end_runs(storage, numbers)
            tidy(storage, numbers)
            return count

        cost, count = spend(place, load)
    return numbers, cost, count


def _charts(place: Place, numbers: Sequence[int], rounds: int) -> Iterator[Figure]:
    values = points.values_of(0, 7, STEPS)
    peer = limits.RowTable(place.folder)
    clock = points.clock_of(0, STEPS)
    for number in numbers:
        peer.load(number, 7, (*clock, values))
    for count, goal in ((100, 3.0), (1_000, 35.0)):
        if count > len(numbers):
            continue
        chosen = numbers[:count]
        decoded = limits.decode_seconds(values, STEPS, count) * 1e3
        rows = median(peer.chart_seconds(count, 7, 0, STEPS - 1, 1_000, first=numbers[0]) for _ in range(3)) * 1e3
        for x in ("step", "relative", "wall"):
            reading = read(place, charting(chosen, 7, x=x), rounds=rounds)  # type: ignore[arg-type]
            cost = median(reading.cpu_ms)
            yield figure(
                f"chart, 1 metric x {count:,} runs x {STEPS:,} steps, x is {x}, CPU",
                place.name,
                reading.cpu_ms,
                "ms",
                goal=Goal("<=", goal) if place.name == "SQLite" and x != "wall" else None,
                beside=f"decoding the values alone {write_number(decoded)} ms ({cost / decoded:.1f}x); "
                f"a row a point {write_number(rows)} ms ({rows / cost:.0f}x as much)",
                note=reading.say(),
            )
    peer.close()
    name, context = points.name_of(7)
    query = DrawChart(
        experiments=[points.key_of(number) for number in range(1, 101)],
        metrics=[MetricRef(name=name, context=context)],
        buckets=1_000,
    )
    reading = read(place, lambda session: draw(session, query), rounds=rounds)
    yield figure(
        "the chart of 100 runs with finding the runs by key and writing JSON, CPU",
        place.name,
        reading.cpu_ms,
        "ms",
        note=reading.say(),
    )


def measure_export(place: Place, run: int, rounds: int) -> Iterator[Figure]:
    """Export every series of a run."""
    reading = read(place, lambda session: export_run(session, run), rounds=rounds)
    yield figure(
        "export of a run of 100,000 points, CPU",
        place.name,
        reading.cpu_ms,
        "ms",
        goal=Goal("<=", 5) if place.name == "SQLite" else None,
        note=reading.say(),
    )


def export_run(session: Session, run: int) -> int:
    """Export every series of a run; return how many points there were."""
    metrics = [series.metric for series in session.metrics.list_series(run)]
    return sum(len(piece.step) for piece in session.metrics.export_many(run, metrics))

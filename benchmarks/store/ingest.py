"""Rows of taking: from a request to durable points, at a real server whose CPU is what counts."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing

import numpy as np
from benchmarks.store import limits, points
from benchmarks.store.load import Loader, add_runs, tidy
from benchmarks.store.places import Place, Server, serve, spend
from benchmarks.store.points import BEGAN_AT
from benchmarks.store.post import Posted, post, start
from benchmarks.store.read import draw
from benchmarks.store.table import Figure, Goal, figure

from halley.server.ingest.apply import Said
from halley.server.ingest.take import Taken, take
from halley.storage.ports.storage import Storage
from halley.wire.batch import decode_batch

CLIENTS = 64


def measure_large_batches(place: Place, *, rounds: int, runs: int) -> Iterator[Figure]:
    """50,000 points a batch: 100 metrics x 500 steps as they are logged, and 5 metrics x 10,000."""
    with serve(place) as server:
        first = 1
        for metrics, steps, batches, goal in ((100, 500, 2, Goal(">=", 3.0)), (5, 10_000, 2, None)):
            rates, database_rates, walls = [], [], []
            for _ in range(rounds):
                streams = [
                    points.bodies(run, batches, metrics, steps, source=run % 10) for run in range(first, first + runs)
                ]
                count = runs * batches * metrics * steps
                cpu, database_cpu = server.cpu(), place.cpu()
                posted = post(server.port, [[body for stream in streams for body in stream]])
                rates.append(count / (server.cpu() - cpu) / 1e6)
                database_rates.append(place.cpu() - database_cpu)
                walls.append(count / posted.wall / 1e6)
                _check_arrived(server, first, first + runs - 1, metrics, batches * steps)
                first += runs
            said = f"{np.median(walls):.2f} M points/s of wall time, one client" + _say_database(
                place, float(np.median(database_rates)) / count * 1e6, "s per M points"
            )
            yield figure(
                f"50,000-point batches ({metrics} metrics x {steps:,} steps, in the order of logging), HTTP to durable",
                place.name,
                rates,
                "M points per server CPU-second",
                goal=goal if place.name == "SQLite" else None,
                note=said,
            )


def _say_database(place: Place, amount: float, unit: str) -> str:
    return f"; PostgreSQL itself {amount:.2f} {unit}" if place.name == "PostgreSQL" else ""


def measure_small_batches(place: Place, *, rounds: int, runs: int, batches: int) -> Iterator[Figure]:
    """10 points a batch (5 metrics x 2 steps), many live runs, many connections, each waiting for its reply."""
    with serve(place) as server:
        streams = [points.bodies(run, batches * rounds + 1, 5, 2, source=run % 10) for run in range(1, runs + 1)]
        post(server.port, _share([stream[:1] for stream in streams]))  # the runs are live
        cpus, rates, ratios, database_cpus, p50, p99, synced = [], [], [], [], [], [], []
        for number in range(rounds):
            begin = 1 + number * batches
            parts = _share([stream[begin : begin + batches] for stream in streams])
            count = runs * batches
            before = limits.syncs_per_second(place.folder)
            cpu, database_cpu = server.cpu(), place.cpu()
            posted = post(server.port, parts)
            cpus.append((server.cpu() - cpu) / count * 1e6)
            database_cpus.append((place.cpu() - database_cpu) / count * 1e6)
            after = limits.syncs_per_second(place.folder)
            synced.append((before + after) / 2)
            rates.append(count / posted.wall)
            ratios.append(rates[-1] / synced[-1])
            p50.append(float(np.percentile(posted.latencies, 50)) * 1e3)
            p99.append(float(np.percentile(posted.latencies, 99)) * 1e3)
        _check_arrived(server, 1, runs, 5, 2 * (batches * rounds + 1))
    goal = place.name == "SQLite"
    yield figure(
        f"10-point batches, {runs} live runs, {CLIENTS} clients, HTTP to durable, server CPU per batch",
        place.name,
        cpus,
        "us",
        goal=Goal("<=", 150) if goal else None,
        note=f"acknowledged after {np.median(p50):.1f} ms (p50), {np.median(p99):.1f} ms (p99)"
        + _say_database(place, float(np.median(database_cpus)), "us a batch"),
    )
    yield figure(
        "the same, acknowledged batches per raw append + fdatasync",
        place.name,
        ratios,
        "x",
        goal=Goal(">=", 5) if goal else None,
        beside=f"raw fdatasync {np.median(synced):,.0f}/s",
        note=f"{np.median(rates):,.0f} batches/s; client and server share the cores",
    )


def measure_group_commit(place: Place, *, rounds: int, batches: int) -> Iterator[Figure]:
    """The same batches without HTTP: decoded, checked and taken as ingest does, 64 of them waiting at any time."""
    runs = 200
    streams = [points.bodies(run, batches * rounds + 1, 5, 2, source=run % 10) for run in range(1, runs + 1)]
    cpus, ratios, synced = [], [], []
    with closing(place.open()) as storage:
        _take_all(storage, [stream[0] for stream in streams])
        for number in range(rounds):
            begin = 1 + number * batches
            turns = zip(*(stream[begin : begin + batches] for stream in streams), strict=True)
            bodies = [body for turn in turns for body in turn]
            before = limits.syncs_per_second(place.folder)
            cost, _ = spend(place, lambda bodies=bodies: _take_all(storage, bodies))  # type: ignore[misc]
            synced.append((before + limits.syncs_per_second(place.folder)) / 2)
            cpus.append(cost.cpu / len(bodies) * 1e6)
            ratios.append(len(bodies) / cost.wall / synced[-1])
    yield figure(
        f"10-point batches without HTTP, {CLIENTS} waiting at any time, decoded to durable, CPU per batch",
        place.name,
        cpus,
        "us",
        beside=f"raw append + fdatasync {np.median(synced):,.0f}/s",
        note=f"acknowledged {np.median(ratios):.1f} times as often as that",
    )


def _take_all(storage: Storage, bodies: Sequence[bytes]) -> None:
    waiting: deque[Future[Taken]] = deque()
    for body in bodies:
        batch = decode_batch(body)
        said = Said(batch)
        waiting.append(storage.write(lambda session, batch=batch, said=said: take(session, batch, said, BEGAN_AT)))  # type: ignore[misc]
        if len(waiting) >= CLIENTS:
            waiting.popleft().result()
    for future in waiting:
        future.result()


def _share(streams: Sequence[Sequence[bytes]]) -> list[list[bytes]]:
    """Give every client some runs: their batches in turn, each run's in order."""
    shared: list[list[bytes]] = []
    for client in range(min(CLIENTS, len(streams))):
        own = streams[client::CLIENTS]
        shared.append([body for turn in zip(*own, strict=True) for body in turn])
    return shared


def measure_processes(place: Place, *, rounds: int, clients: int = 20, batches: int = 40) -> Iterator[Figure]:
    """Many processes at once, each a run of 5 metrics, 2,500 points a batch."""
    metrics, steps = 5, 500
    rates, cpus = [], []
    with serve(place) as server:
        for number in range(rounds):
            first = 1 + number * clients
            cpu = server.cpu()
            posted = _run_processes(server, range(first, first + clients), batches, metrics, steps)
            cpu = server.cpu() - cpu
            count = clients * batches * metrics * steps
            rates.append(count / (max(one.ended for one in posted) - min(one.began for one in posted)))
            cpus.append(count / cpu / 1e6)
            _check_arrived(server, first, first + clients - 1, metrics, batches * steps)
        memory = server.memory()
    yield figure(
        f"{clients} client processes, {metrics * steps:,}-point batches, HTTP to durable",
        place.name,
        rates,
        "points/s",
        goal=Goal(">=", 300_000) if place.name == "SQLite" else None,
        note=f"{np.median(cpus):.2f} M points per server CPU-second; server memory afterwards {memory:.0f} MB",
    )


def _run_processes(server: Server, runs: range, batches: int, metrics: int, steps: int) -> list[Posted]:
    processes = [start(server.port, run=run, batches=batches, metrics=metrics, steps=steps) for run in runs]
    try:
        for process in processes:
            assert process.stdout is not None
            if process.stdout.readline() != "ready\n":
                raise RuntimeError("A client did not start.")
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        said = [json.loads(process.communicate(timeout=300)[0]) for process in processes]
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
                process.wait()
    return [Posted([], one["refused"], one["began"], one["ended"]) for one in said]


def _check_arrived(server: Server, first: int, last: int, metrics: int, steps: int) -> None:
    """Every point must be there: a figure of lost points is none."""
    for run in {first, (first + last) // 2, last}:
        said = json.loads(server.get(f"experiments/{points.key_of(run)}"))
        counts = [metric["count"] for metric in said["metrics"]]
        if counts != [steps] * metrics:
            raise RuntimeError(f"Run {run} should have {metrics} metrics of {steps:,} points, but has {counts[:5]}.")


def measure_live_runs(place: Place, *, runs: int, steps: int, per_batch: int = 10) -> Iterator[Figure]:
    """Many live runs in turn, 50 metrics each, into the store; then a chart of all before and after they are tidied."""
    metrics = 50
    sources = [
        [points.block(run, metrics, per_batch, start) for start in range(0, steps, per_batch)] for run in range(4)
    ]
    with closing(place.open()) as storage:
        numbers = add_runs(storage, runs)

        def write() -> None:
            with Loader(storage, waiting=256) as loader:
                for turn in range(steps // per_batch):
                    for number in numbers:
                        loader.append(number, sources[number % 4][turn])

        cost, _ = spend(place, write)
        before = [spend(place, lambda: draw(storage, numbers, 0))[0] for _ in range(5)]
        tidying, _ = spend(place, lambda: tidy(storage, numbers))
        after = [spend(place, lambda: draw(storage, numbers, 0))[0] for _ in range(5)]
    count = runs * metrics * steps
    yield figure(
        f"{runs} live runs x {metrics} metrics in turn, {metrics * per_batch}-point batches, into the store",
        place.name,
        [count / cost.cpu / 1e6],
        "M points per CPU-second",
        goal=Goal(">=", 0.8) if place.name == "SQLite" else None,
        note=f"{count / 1e6:.1f} M points, {count / cost.wall / 1e6:.2f} M/s of wall time"
        + _say_database(place, cost.database_cpu / count * 1e6, "s per M points")
        + f"; tidying at the end {tidying.cpu / count * 1e6:.2f} s per M points",
    )
    tidied = float(np.median([one.cpu for one in after])) * 1e3
    yield figure(
        f"chart of one metric of these {runs} runs while they are live, CPU",
        place.name,
        [one.cpu * 1e3 for one in before],
        "ms",
        note=f"{tidied:.1f} ms once they are tidied",
    )

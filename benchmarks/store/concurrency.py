"""Rows of working at once: a slow reader never blocks a writer, and a writer never blocks readers.

Over HTTP everything shares the machine's cores with the clients, so latencies grow with the work; blocking would show
as a longest wait of the length of what blocks. Snapshots that are held open and do nothing show it without that.
"""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager

import numpy as np
from benchmarks.store import limits, points
from benchmarks.store.load import add_runs, load_all, tidy
from benchmarks.store.places import Place, Server, serve
from benchmarks.store.post import start
from benchmarks.store.table import Figure, Goal, figure

from halley.storage.ports.metrics import PointColumns
from halley.storage.ports.storage import Storage
from halley.wire.batch import MEDIA_TYPE

READERS = 4
HEAVY_RUNS, HEAVY_STEPS = 100, 50_000
LIVE = {"run": 30_001, "runs": 64, "metrics": 5, "steps": 2}


def measure_concurrency(place: Place, *, seconds: float) -> Iterator[Figure]:
    """Latencies of writing with and without readers, and of reading with and without a writer."""
    with closing(place.open()) as storage:
        runs = add_runs(storage, HEAVY_RUNS)
        load_all(storage, ((run, _dense(run)) for run in runs))
        tidy(storage, runs)
    yield from _hold_snapshots(place, runs, seconds)
    with serve(place) as server:
        yield from _write_beside_readers(server, place, seconds)
        yield from _read_beside_writers(server, place, seconds)


def _dense(run: int) -> PointColumns:
    clock = points.clock_of(run, HEAVY_STEPS)
    values = points.values_of(run % 5, 1, HEAVY_STEPS)
    return PointColumns([points.name_of(1)], np.zeros(HEAVY_STEPS, np.uint32), *clock, values)


# snapshots held open


def _hold_snapshots(place: Place, runs: Sequence[int], seconds: float) -> Iterator[Figure]:
    alone: list[float] = []
    beside: list[float] = []
    with closing(place.open()) as storage:
        live = add_runs(storage, 10, first_key=10_001)
        turns = itertools.count()
        for _ in range(3):  # in turn, as the machine's other work comes and goes
            alone += _write_for(storage, live, turns, seconds / 3)
            with _snapshots(storage, runs[0]):
                beside += _write_for(storage, live, turns, seconds / 3)
        before = place.log_size()
        with _snapshots(storage, runs[0]):
            _write_for(storage, live, turns, seconds)
            held = place.log_size()
        _write_for(storage, live, turns, seconds / 10)
        after = place.log_size()
    yield figure(
        f"write of 10 points beside {READERS} exports whose snapshots stay open, p50 against none open",
        place.name,
        [float(np.median(beside) / np.median(alone))],
        "x",
        goal=Goal("<=", 1.5),
        beside=f"raw append + fdatasync {1e3 / limits.syncs_per_second(place.folder):.2f} ms",
        note=f"none open: {say_latencies(alone)}; open: {say_latencies(beside)}; "
        f"write-ahead log {before / 1e6:.0f} MB, {held / 1e6:.0f} MB after {seconds:.0f} s with them open, "
        f"{after / 1e6:.0f} MB once they closed",
    )


def _write_for(storage: Storage, runs: Sequence[int], turns: Iterator[int], seconds: float) -> list[float]:
    """Write for some time: ten batches of 10 points, then one of 50,000; the seconds to each small one's commit."""
    latencies, deadline = [], time.monotonic() + seconds
    while time.monotonic() < deadline:
        turn = next(turns)
        for run in runs:
            columns = points.block(run % 4, 5, 2, turn * 2)
            began = time.perf_counter()
            load_all(storage, [(run, columns)])
            latencies.append(time.perf_counter() - began)
        load_all(storage, [(runs[turn % 10], points.block(0, 100, 500, 1_000_000 + turn * 500))])
    return latencies


@contextmanager
def _snapshots(storage: Storage, run: int) -> Iterator[None]:
    """Exports that began and go no further."""
    with ExitStack() as stack:
        for _ in range(READERS):
            session = stack.enter_context(storage.read())
            next(session.metrics.export(run, points.name_of(1)))
        yield


def say_latencies(latencies: Sequence[float]) -> str:
    """Latencies in a few words."""
    p50, p99, most = (float(np.percentile(latencies, part)) * 1e3 for part in (50, 99, 100))
    return f"p50 {p50:.1f}, p99 {p99:.1f}, longest {most:.1f} ms of {len(latencies):,}"


# over HTTP


def _write_beside_readers(server: Server, place: Place, seconds: float) -> Iterator[Figure]:
    count = int(seconds * 50)
    stream = points.bodies(20_001, 2 * count, 5, 2)
    alone = post_paced(server, stream[:count], seconds)
    with _asking(server, _heavy_chart, READERS) as charts:
        beside = post_paced(server, stream[count:], seconds)
    yield figure(
        f"write of 10 points over HTTP, 50 a second, beside {READERS} clients that draw {HEAVY_RUNS} runs x "
        f"{HEAVY_STEPS:,} steps without pause, p50",
        place.name,
        [float(np.median(beside)) * 1e3],
        "ms",
        note=f"without them: {say_latencies(alone)}; beside them: {say_latencies(beside)}; "
        f"charts: {say_latencies(charts)}",
    )


def post_paced(server: Server, stream: Sequence[bytes], seconds: float) -> list[float]:
    """Post batches at an even pace; the seconds to each acknowledgement."""
    latencies = []
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as link:
        due = time.perf_counter()
        for body in stream:
            due += seconds / len(stream)
            time.sleep(max(0.0, due - time.perf_counter()))
            began = time.perf_counter()
            link.request("POST", "/api/v1/ingest", body, {"content-type": MEDIA_TYPE})
            reply = link.getresponse()
            reply.read()
            assert reply.status == 200
            latencies.append(time.perf_counter() - began)
    return latencies


def _read_beside_writers(server: Server, place: Place, seconds: float) -> Iterator[Figure]:
    start(server.port, **LIVE, batches=1).communicate("\n", timeout=120)  # the runs are live
    with _asking(server, _live_chart, 1) as alone:
        time.sleep(seconds)
    process = start(server.port, **LIVE, first=1, batches=int(seconds * 1_500 / LIVE["runs"]))
    try:
        assert process.stdout is not None
        process.stdout.readline()  # it is ready
        with _asking(server, _live_chart, 1) as beside:
            process.communicate("\n", timeout=300)
    finally:
        process.kill()
        process.wait()
    yield figure(
        f"chart of 20 live runs over HTTP beside {LIVE['runs']} connections that write without pause, p50",
        place.name,
        [float(np.median(beside)) * 1e3],
        "ms",
        note=f"without them: {say_latencies(alone)}; beside them: {say_latencies(beside)}",
    )


def _heavy_chart(number: int) -> bytes:
    keys = [points.key_of(1 + place) for place in range(HEAVY_RUNS)]
    return _chart(keys, 1, buckets=400 + number % 100)  # never the same twice in a row


def _live_chart(number: int) -> bytes:
    return _chart([points.key_of(LIVE["run"] + place) for place in range(20)], 0, buckets=400 + number % 100)


def _chart(keys: Sequence[str], metric: int, *, buckets: int) -> bytes:
    name, context = points.name_of(metric)
    query = {"experiments": keys, "metrics": [{"name": name, "context": context}], "buckets": buckets}
    return json.dumps(query).encode()


@contextmanager
def _asking(server: Server, make: Callable[[int], bytes], clients: int) -> Iterator[list[float]]:
    """Draw charts from some clients without pause; the seconds each took are there at the end."""
    stop, latencies = threading.Event(), list[float]()

    def ask() -> None:
        number = 0
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)) as link:
            while not stop.is_set():
                number += 1
                began = time.perf_counter()
                link.request("POST", "/api/v1/metrics/chart", make(number), {"content-type": "application/json"})
                reply = link.getresponse()
                reply.read()
                assert reply.status == 200, reply.status
                latencies.append(time.perf_counter() - began)

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield latencies
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    if not latencies:
        raise RuntimeError("No chart was drawn.")

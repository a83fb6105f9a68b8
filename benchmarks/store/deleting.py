"""Rows of deleting: how long it takes, how long other writers wait meanwhile, and whether the bytes come back."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from statistics import median

from benchmarks.store import points
from benchmarks.store.concurrency import post_paced, say_latencies
from benchmarks.store.load import add_runs, cut, load_all, tidy
from benchmarks.store.places import Place, PostgresqlPlace, Server, serve, spend
from benchmarks.store.table import Figure, Goal, figure

from halley.server.experiments.erase import erase
from halley.storage.ports.storage import Session, Storage

SETTLE_SECONDS = 60.0
WRITES_PER_SECOND = 50
RUN_POINTS = 100_000


def measure_delete(place: Place, runs: Sequence[int]) -> Iterator[Figure]:
    """Delete runs of 100,000 points, one after the other, as the server does: in slices."""
    with closing(place.open()) as storage:
        with storage.read() as session:
            assert all(session.metrics.list_series(run) for run in runs)  # deleting nothing is cheap
        costs = [spend(place, lambda run=run: _delete_run(storage, run))[0] for run in runs]  # type: ignore[misc]
    yield figure(
        f"delete of a run of {RUN_POINTS:,} points with its experiment, CPU",
        place.name,
        [cost.cpu * 1e3 for cost in costs],
        "ms",
        goal=Goal("<=", 15) if place.name == "SQLite" else None,
        note=f"wall {median(cost.wall for cost in costs) * 1e3:.1f} ms until all of it is durable",
    )


def _delete_run(storage: Storage, run: int) -> None:
    def begin(session: Session) -> bool:
        session.catalog.delete_experiment(run, now=points.BEGAN_AT)
        return erase(run, session)

    has_more = storage.write(begin).result()
    while has_more:
        has_more = storage.write(partial(erase, run)).result()


def measure_space(place: Place, *, steps: int) -> Iterator[Figure]:
    """Delete a run of 100 metrics x many steps over HTTP, while others write; then see the file shrink."""
    count = 100 * steps
    with closing(place.open()) as storage:
        small_runs = max(1, count // RUN_POINTS)
        large, *small = add_runs(storage, 1 + small_runs)
        batches = range(0, steps, 500)
        load_all(storage, ((large, points.block(0, 100, 500, start)) for start in batches))
        parts = cut(points.block(1, 100, RUN_POINTS // 100), 2)
        load_all(storage, ((run, part) for run in small for part in parts))
        tidy(storage, [large, *small])
    with serve(place) as server:
        writes = points.bodies(40_001, int(WRITES_PER_SECOND * (SETTLE_SECONDS + 20)), 5, 2)
        alone = post_paced(server, writes[: WRITES_PER_SECOND * 5], 5)
        before, cpu = place.size(), server.cpu()
        with _writing(server, writes[len(alone) :]) as beside:
            wall = _delete(server, 1)
            after = _wait_for_space(place, before)
        cpu = server.cpu() - cpu
    shrunk = f"{before / 1e6:.0f} to {after / 1e6:.0f} MB; its share was {before * count / (2 * count) / 1e6:.0f} MB"
    if isinstance(place, PostgresqlPlace):
        place.run("vacuum")
        shrunk += f"; {place.size() / 1e6:.0f} MB after a vacuum, which frees the space for new rows"
    yield figure(
        f"delete of a run of {count:,} points over HTTP, until it is out of reach for good",
        place.name,
        [wall * 1e3],
        "ms",
        note=f"others write 10 points {WRITES_PER_SECOND} times a second: {say_latencies(alone)} before; "
        f"{say_latencies(beside)} meanwhile; server CPU with all of it {cpu:.2f} s; the file went from {shrunk}",
    )


@contextmanager
def _writing(server: Server, stream: Sequence[bytes]) -> Iterator[list[float]]:
    """Write at an even pace in a thread; the seconds each took are there at the end."""
    stop, latencies = threading.Event(), list[float]()

    def write() -> None:
        for number in range(0, len(stream), WRITES_PER_SECOND):
            if stop.is_set():
                return
            latencies.extend(post_paced(server, stream[number : number + WRITES_PER_SECOND], 1))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield latencies
    finally:
        stop.set()
        thread.join()


def _delete(server: Server, key: int) -> float:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)) as link:
        began = time.perf_counter()
        link.request("DELETE", f"/api/v1/experiments/{points.key_of(key)}")
        reply = link.getresponse()
        reply.read()
        assert reply.status in {200, 204}, reply.status
        return time.perf_counter() - began


def _wait_for_space(place: Place, before: int) -> int:
    """Wait until the file does not shrink any more; return its size."""
    smallest, since, deadline = before, time.monotonic(), time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < min(deadline, since + 10):
        size = place.size()
        if size < smallest:
            smallest, since = size, time.monotonic()
        time.sleep(0.2)
    return smallest

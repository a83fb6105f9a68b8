"""Rows of deleting: what others who write feel of it, and how much space comes back."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial

import numpy as np
from benchmarks.store import points
from benchmarks.store.load import add_runs, load_all
from benchmarks.store.places import Place
from benchmarks.store.table import Figure, figure

from halley.core.metric import MetricId
from halley.server.experiments.erase import erase
from halley.storage.ports.metrics import PointColumns
from halley.storage.ports.storage import Session
from halley.storage.sql.store import SqlStorage

QUIET_SECONDS = 5.0
GIVEN_BACK_SECONDS = 120.0


def measure_slices(place: Place, *, size: int) -> Iterator[Figure]:
    """Delete runs of `size` points that lie among others, and one that was written last, while another run is fed."""
    with closing(place.open()) as storage:
        sliced, whole, kept, last, fed = add_runs(storage, 5)
        load_all(storage, _interleaved([sliced, whole, kept], size))
        load_all(storage, _interleaved([last], size))
        full = place.size()
        with Feeder(storage, fed) as feeder:
            time.sleep(QUIET_SECONDS)
            yield _say(place, "while nothing is deleted", feeder.take())
            began = time.perf_counter()
            cpu = _delete(storage, sliced)
            took = time.perf_counter() - began
            said = f"{len(cpu)} slices in {took:.2f} s, each {np.median(cpu) * 1e3:.1f} ms of CPU in Halley"
            yield _say(place, f"while a run of {size:,} points is deleted in slices", feeder.take(), said)
            began = time.perf_counter()
            _wait_for_space(place)
            said = f"{time.perf_counter() - began:.1f} s"
            yield _say(place, "while its space is given back", feeder.take(), said)
            yield _space(place, "one of four runs, written among others, is deleted", full, place.size(), full / 4)
            yield from _again(place, storage, kept, size)
            before = place.size()
            _delete(storage, last)
            _wait_for_space(place)
            yield _space(place, "the run that was written last is deleted", before, place.size(), full / 4)
            feeder.take()
            storage.write(lambda session: session.catalog.delete_experiment(whole, now=2)).result()
            storage.write(partial(_erase_whole, whole)).result()
            yield _say(place, "while such a run is deleted in one transaction, as a comparison", feeder.take())
            storage.write(lambda session: session.metrics.delete_metric(kept, points.name_of(1))).result()
            yield _say(place, f"while one metric of {2 * size:,} points of a run that stays is deleted", feeder.take())


def _interleaved(runs: Sequence[int], size: int, piece: int = 50_000) -> Iterator[tuple[int, PointColumns]]:
    for first in range(0, size, piece):
        for run in runs:
            values = points.values_of(run % 10, 1, piece)
            clock = points.clock_of(run, piece, first)
            yield run, PointColumns([points.name_of(1)], np.zeros(piece, np.uint32), *clock, values)


def _delete(storage: SqlStorage, run: int) -> list[float]:
    """Delete a run as the server does; return the CPU seconds of each slice."""
    storage.write(lambda session: session.catalog.delete_experiment(run, now=1)).result()
    seconds: list[float] = []

    def erase_some(session: Session) -> bool:
        began = time.thread_time()
        has_more = erase(run, session)
        seconds.append(time.thread_time() - began)
        return has_more

    while storage.write(erase_some).result():
        pass
    return seconds


def _erase_whole(run: int, session: Session) -> None:
    while erase(run, session):
        pass


def _wait_for_space(place: Place) -> None:
    """Wait until the size has been the same for as long as a vacuum may wait to begin."""
    deadline = time.monotonic() + GIVEN_BACK_SECONDS
    size, since = place.size(), time.monotonic()
    while time.monotonic() < min(deadline, since + 2) or _is_vacuuming():
        time.sleep(0.1)
        if place.size() < size:
            size, since = place.size(), time.monotonic()


def _is_vacuuming() -> bool:
    return any(thread.name == "halley-vacuum" for thread in threading.enumerate())


def _again(place: Place, storage: SqlStorage, run: int, size: int) -> Iterator[Figure]:
    before = place.size()
    load_all(storage, ((run, columns._replace(step=columns.step + size)) for _, columns in _interleaved([run], size)))
    yield figure(
        "growth of the files when as many points are written after that",
        place.name,
        [max(0, place.size() - before) / 2**20],
        "MB",
    )


def _space(place: Place, what: str, before: int, after: int, share: float) -> Figure:
    return figure(
        f"space back in the file system: {what}",
        place.name,
        [(before - after) / share * 100],
        "% of it",
        note=f"{before / 2**20:,.0f} MB before, {after / 2**20:,.0f} MB after"
        + ("; up to a tenth of the file is kept for what is written next" if place.name == "SQLite" else ""),
    )


def _say(place: Place, when: str, seconds: Sequence[float], note: str = "") -> Figure:
    waits = np.sort(np.array(seconds)) * 1e3
    middle, high = np.quantile(waits, [0.5, 0.99])
    said = f"median {middle:.1f} ms, 99 of 100 below {high:.1f} ms, of {len(waits):,}"
    return figure(
        f"longest wait for a durable batch of 10 points, {when}",
        place.name,
        [float(waits[-1])],
        "ms",
        note=f"{said}; {note}" if note else said,
    )


class Feeder:
    """Writes small batches to a run, one after the other, and takes the time that each takes to be durable."""

    def __init__(self, storage: SqlStorage, run: int) -> None:
        self._storage = storage
        self._run = run
        self._taken: list[float] = []
        self._is_done = threading.Event()
        self._has_next = threading.Event()
        self._thread = threading.Thread(target=self._feed)

    def take(self) -> list[float]:
        """The times since the last call, of the batch that waits now included."""
        self._has_next.clear()
        self._has_next.wait(60)
        taken, self._taken = self._taken, []
        return taken

    def _feed(self) -> None:
        zeros = np.zeros(10)
        step = 0
        while not self._is_done.is_set():
            steps = np.arange(step, step + 10)
            batch = PointColumns([MetricId("fed")], np.zeros(10, np.uint32), steps, steps, zeros, zeros)
            began = time.perf_counter()
            self._storage.write(lambda session, batch=batch: session.metrics.append(self._run, batch)).result()  # type: ignore[misc]
            self._taken.append(time.perf_counter() - began)
            self._has_next.set()
            step += 10

    def __enter__(self) -> Feeder:
        os.sync()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_done.set()
        self._thread.join()

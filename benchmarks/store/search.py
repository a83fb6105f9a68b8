"""Rows of the experiments table: the values of many runs, and the best of very many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

import numpy as np
from benchmarks.store import points
from benchmarks.store.load import Loader, add_runs, end_runs
from benchmarks.store.places import Place, PostgresqlPlace
from benchmarks.store.read import Reading, read
from benchmarks.store.table import Figure, Goal, figure

from halley.storage.ports.catalog import Column, ExperimentPage, Sort
from halley.storage.ports.metrics import PointColumns
from halley.storage.ports.storage import Session
from halley.storage.sql.store import SqlStorage


def measure_table(place: Place, *, runs: int, rounds: int) -> Iterator[Figure]:
    """The last value of 100 metrics of 1,000 runs, as the experiments table shows them."""
    with closing(place.open()) as storage:
        numbers = add_runs(storage, runs)
        columns = points.block(0, 100, 2)
        with Loader(storage, waiting=64) as loader:
            for number in numbers:
                loader.append(number, columns)
    _settle(place)
    reading = read_page(place, range(100), rounds=rounds, limit=runs)
    yield figure(
        f"experiments table, {runs * 100:,} (run, metric) values, CPU",
        place.name,
        reading.cpu_ms,
        "ms",
        goal=Goal("<=", 100) if place.name == "SQLite" and runs == 1_000 else None,
        note=reading.say(),
    )


def read_page(
    place: Place,
    shown: Sequence[int],
    *,
    rounds: int,
    limit: int,
    by: int | None = None,
    is_descending: bool = True,
) -> Reading:
    """Read a page of the experiments table: last values of some metrics, sorted by one."""
    sort = [] if by is None else [Sort(column=_metric_column(by), is_descending=is_descending)]
    columns = [_metric_column(metric) for metric in shown]

    def search(session: Session, project: str = points.PROJECT) -> ExperimentPage:
        return session.catalog.search_experiments("default", project, sort=sort, columns=columns, limit=limit)

    _make_other(place)
    return read(place, search, rounds=rounds, before=lambda session: search(session, "another"))


def _make_other(place: Place) -> None:
    """A project with one experiment."""

    def job(session: Session) -> None:
        project = session.catalog.ensure_project("default", "another", now=points.BEGAN_AT)
        session.catalog.ensure_experiment(project, "f" * 32, now=points.BEGAN_AT)

    with closing(place.open()) as storage:
        storage.write(job).result()


def _metric_column(metric: int) -> Column:
    name, context = points.name_of(metric)
    return Column(kind="metric", name=name, context=context)


def _settle(place: Place) -> None:
    if isinstance(place, PostgresqlPlace):
        place.run("vacuum analyze")  # autovacuum would come a moment later


_LIVE = 200
"""So many runs go on; the others have ended."""


def measure_top(place: Place, *, runs: int, rounds: int) -> Iterator[Figure]:
    """The best 100 of very many runs."""
    with closing(place.open()) as storage:
        numbers = add_runs(storage, runs)
        _load_scores(storage, numbers)
        end_runs(storage, numbers[_LIVE:])
    _settle(place)
    for is_descending in (False, True):
        yield from _measure_one(place, runs, rounds, is_descending=is_descending)


def _load_scores(storage: SqlStorage, numbers: Sequence[int]) -> None:
    scores = np.random.default_rng(1).normal(0, 1, len(numbers))
    names = [points.name_of(metric) for metric in range(3)]
    numbered = np.arange(3, dtype=np.uint32)
    one = np.ones(3, np.int64)
    with Loader(storage, waiting=256) as loader:
        for number, score in zip(numbers, scores.tolist(), strict=True):
            values = np.array([score, score * 2, number], np.float64)
            loader.append(number, PointColumns(names, numbered, one, one * points.BEGAN_AT, one / 2, values))


def _measure_one(place: Place, runs: int, rounds: int, *, is_descending: bool) -> Iterator[Figure]:
    reading = read_page(place, [0], rounds=rounds, limit=100, by=0, is_descending=is_descending)
    yield figure(
        f"{'top' if is_descending else 'lowest'} 100 of {runs:,} runs by a metric, with their rows, CPU",
        place.name,
        reading.cpu_ms,
        "ms",
        goal=Goal("<=", 5) if place.name == "SQLite" and runs == 100_000 else None,
        note=f"{_LIVE} of them go on, the others have ended; {reading.say()}",
    )

"""Rows of a project with very many names of metrics."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import closing

import numpy as np
from benchmarks.store.load import add_runs, load_all
from benchmarks.store.places import Place, PostgresqlPlace, spend
from benchmarks.store.points import PROJECT
from benchmarks.store.read import read
from benchmarks.store.table import Figure, Goal, figure

from halley.core.metric import MetricId
from halley.storage.ports.metrics import PointColumns
from halley.storage.ports.storage import Session

_WORDS = (
    "layers attention mlp dense conv norm grad weight bias loss accuracy encoder decoder head query key value".split()
)


def measure_names(place: Place, *, names: int, runs: int, rounds: int) -> Iterator[Figure]:
    """Names by their letters, in a project of many runs that have some hundred of them each."""
    metrics = _make_names(names)
    each = 200
    with closing(place.open()) as storage:
        numbers = add_runs(storage, runs)
        batches = ((run, _batch(metrics, at * each, each)) for at, run in enumerate(numbers))
        cost, count = spend(place, lambda: load_all(storage, batches))
    yield figure(
        f"{runs:,} runs say {each} metrics for the first time, of {names:,} names, CPU of each name",
        place.name,
        [cost.cpu / count * 1e6],
        "us",
        note=f"PostgreSQL itself {cost.database_cpu / count * 1e6:.0f} us" if cost.database_cpu else "",
    )
    if isinstance(place, PostgresqlPlace):
        place.run("vacuum analyze")
    for text in ("attention", "grad/bi", "e", "nothing like it", ""):
        reading = read(place, lambda session, text=text: _search(session, text), rounds=rounds)  # type: ignore[misc]
        yield figure(
            f"names of {names:,} with {text!r} in them, the best 100, CPU" if text else "the most used 100, CPU",
            place.name,
            reading.cpu_ms,
            "ms",
            goal=Goal("<=", 20) if place.name == "SQLite" else None,
            note=reading.say(),
        )


def _make_names(count: int) -> list[MetricId]:
    chance = random.Random(1)
    names = dict[str, None]()
    while len(names) < count:
        words = "/".join(chance.choices(_WORDS, k=chance.randint(2, 4)))
        names[f"{words}.{chance.randrange(100)}"] = None
    return [MetricId(name, chance.choice(("", "train", "validate"))) for name in names]


def _batch(metrics: Sequence[MetricId], begin: int, count: int) -> PointColumns:
    chosen = [metrics[(begin + at) % len(metrics)] for at in range(count)]
    zeros = np.zeros(count)
    return PointColumns(
        chosen, np.arange(count, dtype=np.uint32), zeros.astype(np.int64), zeros.astype(np.int64), zeros, zeros
    )


def _search(session: Session, text: str) -> None:
    session.catalog.search_metrics("default", PROJECT, text=text)

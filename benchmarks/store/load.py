"""Loading a store through its writer, as ingest does, but without HTTP."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from functools import partial

from benchmarks.store.points import BEGAN_AT, PROJECT, key_of

from halley.core.experiment import State
from halley.storage.ports.metrics import PointColumns
from halley.storage.ports.storage import Session, Storage


def add_runs(storage: Storage, count: int, *, first_key: int = 1) -> list[int]:
    """Make experiments; return their runs."""

    def job(session: Session, places: range) -> list[int]:
        project = session.catalog.ensure_project("default", PROJECT, now=BEGAN_AT)
        return [
            session.catalog.ensure_experiment(project, key_of(first_key + place), now=BEGAN_AT + place)[0]
            for place in places
        ]

    # A job is small in a server, too: what SQLite keeps to undo a long one makes every further statement slower.
    parts = [range(begin, min(count, begin + 20)) for begin in range(0, count, 20)]
    made = [storage.write(partial(job, places=part)) for part in parts]
    return [run for future in made for run in future.result()]


def end_runs(storage: Storage, runs: Sequence[int]) -> None:
    """End runs, as the server does when their senders say so."""
    jobs = [storage.write(partial(_finish, runs[begin : begin + 20])) for begin in range(0, len(runs), 20)]
    for job in jobs:
        job.result()


def _finish(runs: Sequence[int], session: Session) -> None:
    for run in runs:
        session.catalog.set_state(run, State.FINISHED, ended_at=BEGAN_AT + run)


def tidy(storage: Storage, runs: Iterable[int]) -> None:
    """Tidy runs, as the server does when they have ended: a transaction each."""
    for run in runs:
        storage.write(partial(_tidy, run)).result()


def _tidy(run: int, session: Session) -> None:
    session.metrics.tidy(run)


class Loader:
    """Appends batches; a few may wait, so that the writer never does.

    Args:
        storage: An open store.
        waiting: Most batches that wait.
    """

    def __init__(self, storage: Storage, *, waiting: int = 4) -> None:
        self._storage = storage
        self._most = waiting
        self._waiting: deque[Future[None]] = deque()

    def append(self, run: int, columns: PointColumns) -> None:
        """Append a batch, and wait for older ones if too many wait."""
        self._waiting.append(self._storage.write(lambda session: session.metrics.append(run, columns)))
        if len(self._waiting) > self._most:
            self._waiting.popleft().result()

    def __enter__(self) -> Loader:
        return self

    def __exit__(self, *_: object) -> None:
        while self._waiting:
            self._waiting.popleft().result()


def load_all(storage: Storage, batches: Iterable[tuple[int, PointColumns]]) -> int:
    """Append batches to runs until all are durable; return how many points there were."""
    count = 0
    with Loader(storage) as loader:
        for run, columns in batches:
            loader.append(run, columns)
            count += len(columns.step)
    return count


def cut(columns: PointColumns, parts: int) -> Sequence[PointColumns]:
    """Cut a batch into parts."""
    size = -(-len(columns.step) // parts)
    return [
        PointColumns(columns.metrics, *(column[begin : begin + size] for column in columns[1:]))
        for begin in range(0, len(columns.step), size)
    ]

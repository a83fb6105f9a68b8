"""What the suites put into a store: experiments and points."""

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from halley.core.metric import MetricId
from halley.storage.ports.metrics import PointColumns
from halley.storage.ports.storage import Session, Storage

WAIT_SECONDS = 60.0
"""Longest time that a write may take before a test fails instead of hanging."""

Point = tuple[MetricId, int, int, float, float]
"""Metric, step, time, epoch, value."""

_keys = itertools.count()


def new_key() -> str:
    """A key that no test had before."""
    return f"{next(_keys):032x}"


def make_run(storage: Storage, project: str = "general", *, key: str | None = None, now: int = 1_000) -> int:
    """Make an experiment; return its run."""

    def job(session: Session) -> int:
        project_id = session.catalog.ensure_project("default", project, now=now)
        return session.catalog.ensure_experiment(project_id, key or new_key(), now=now)[0]

    return storage.write(job).result(WAIT_SECONDS)


def to_columns(points: Sequence[Point]) -> PointColumns:
    """Points as the columns of a batch."""
    metrics = list(dict.fromkeys(point[0] for point in points))
    return PointColumns(
        metrics,
        np.array([metrics.index(point[0]) for point in points], np.uint32),
        np.array([point[1] for point in points], np.int64),
        np.array([point[2] for point in points], np.int64),
        np.array([point[3] for point in points], np.float64),
        np.array([point[4] for point in points], np.float64),
    )


def log(storage: Storage, run: int, points: Sequence[Point]) -> None:
    """Append points and wait until they are durable."""
    columns = to_columns(points)
    storage.write(lambda session: session.metrics.append(run, columns)).result(WAIT_SECONDS)


def log_values(
    storage: Storage, run: int, metric: MetricId, values: Sequence[float] | npt.NDArray[np.float64], *, first: int = 0
) -> None:
    """Append values with steps from `first` on, times 100 ms apart, and ten steps an epoch."""
    n = len(values)
    steps = np.arange(first, first + n)
    columns = PointColumns([metric], np.zeros(n, np.uint32), steps, steps * 100, steps / 10, np.asarray(values, float))
    storage.write(lambda session: session.metrics.append(run, columns)).result(WAIT_SECONDS)

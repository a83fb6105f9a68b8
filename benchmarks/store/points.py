"""What is logged: metrics that look like those of real trainings, and the batches that carry them.

A run has up to 100 metrics, all logged together at every step. By their number: 50 are losses born as float32 with
noise, 20 are float64 with noise in every bit, 10 are smooth schedules, 15 are system metrics with one decimal, 5 never
change; a few hold a NaN and an infinity. Times are in ms and jitter by up to 12 ms a step.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from halley.core.metric import MetricId
from halley.storage.ports.metrics import PointColumns
from halley.wire.batch import Batch, Points, encode_batch

BEGAN_AT = 1_790_000_000_000
PROJECT = "benchmark"


class Clock(NamedTuple):
    """Steps, times and epochs of a stretch of a run: all its metrics share them."""

    step: npt.NDArray[np.int64]
    time: npt.NDArray[np.int64]
    epoch: npt.NDArray[np.float64]


def name_of(metric: int) -> MetricId:
    """The name of a metric by its number."""
    return MetricId(f"{kind_of(metric)}/{metric:02d}", "train")


def kind_of(metric: int) -> str:
    """What a metric looks like."""
    place = metric % 100
    for limit, kind in ((50, "loss"), (70, "noise"), (80, "schedule"), (95, "system")):
        if place < limit:
            return kind
    return "constant"


def clock_of(run: int, n: int, start: int = 0) -> Clock:
    """Steps from `start` on, some 120 ms apart, 391 of them an epoch."""
    random = np.random.default_rng(run * 7919 + start)
    step = np.arange(start, start + n, dtype=np.int64)
    return Clock(step, BEGAN_AT + run * 60_000 + step * 120 + random.integers(0, 12, n), step / 391.0)


def values_of(run: int, metric: int, n: int, start: int = 0) -> npt.NDArray[np.float64]:
    """The values of a metric from step `start` on."""
    random = np.random.default_rng((run * 100_003 + metric) * 1_000_003 + start)
    step = np.arange(start, start + n)
    kind = kind_of(metric)
    if kind == "schedule":
        return np.asarray(1e-3 * 0.5 * (1 + np.cos(np.pi * np.minimum(step / 1e5, 1))))
    if kind == "system":
        return np.round(np.clip(80 + np.cumsum(random.normal(0, 1, n)) % 20, 0, 100), 1)
    if kind == "constant":
        return np.full(n, float(metric))
    if kind == "loss":
        values = 2.5 * np.exp(-step / (n * 0.3 + 1)) + 0.1 + random.normal(0, 0.05, n)
        values = values.astype(np.float32).astype(np.float64)
    else:
        values = random.normal(0, 1, n) * np.exp(-step / (n + 1)) + metric
    if n >= 100 and metric % 10 == 3:
        values[random.integers(0, n)] = np.nan
        values[random.integers(0, n)] = np.inf
    return values


@lru_cache(maxsize=64)
def block(run: int, metrics: int, steps: int, start: int = 0, *, is_by_step: bool = True) -> PointColumns:
    """Points of the first metrics of a run, every metric at every step.

    Args:
        run: Whose points.
        metrics: How many metrics.
        steps: How many steps.
        start: The first step.
        is_by_step: In the order of logging, as the SDK sends them; else one metric after the other.
    """
    clock = clock_of(run, steps, start)
    values = np.stack([values_of(run, metric, steps, start) for metric in range(metrics)])
    numbers = np.arange(metrics, dtype=np.uint32)
    names = [name_of(metric) for metric in range(metrics)]
    if is_by_step:
        columns = [np.repeat(column, metrics) for column in clock]
        return PointColumns(names, np.tile(numbers, steps), *columns, np.ascontiguousarray(values.T).ravel())
    columns = [np.tile(column, metrics) for column in clock]
    return PointColumns(names, np.repeat(numbers, steps), *columns, values.ravel())


def long_series(points: int, *, start: int = 0, piece: int = 50_000) -> Iterator[PointColumns]:
    """One metric of many steps from `start` on: a wave with noise, and a spike of 25 in every million steps."""
    end = start + points
    for begin in range(start, end, piece):
        clock = clock_of(5, min(piece, end - begin), begin)
        noise = np.random.default_rng(begin).normal(0, 0.1, len(clock.step))
        values = (np.sin(clock.step / 2e5) + noise).astype(np.float32).astype(np.float64)
        values[clock.step % 1_000_000 == 123_456] = 25.0
        yield PointColumns([name_of(0)], np.zeros(len(values), np.uint32), *clock, values)


def key_of(run: int) -> str:
    """The key of an experiment by its number."""
    return f"{run:032x}"


def encode(run: int, first: int, columns: PointColumns) -> bytes:
    """The body of a batch: these points are records `first` and on of the run's only writer."""
    return encode_batch(
        Batch(
            experiment_key=key_of(run),
            workspace="default",
            project=PROJECT,
            writer=f"{run:032x}",
            first=first,
            count=len(columns.step),
            points=Points(
                tuple((name, context) for name, context in columns.metrics),
                *(column.tobytes() for column in columns[1:]),
            ),
        )
    )


def bodies(run: int, batches: int, metrics: int, steps: int, *, source: int | None = None) -> list[bytes]:
    """The bodies of a run's batches, one after the other.

    Args:
        run: Whose.
        batches: How many.
        metrics: Metrics in a batch.
        steps: Steps of every metric in a batch.
        source: Whose values; the run's own if None.
    """
    columns = block(run if source is None else source, metrics, steps * batches)
    size = metrics * steps
    return [
        encode(run, begin, PointColumns(columns[0], *(column[begin : begin + size] for column in columns[1:])))
        for begin in range(0, size * batches, size)
    ]

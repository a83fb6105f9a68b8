"""What is known of a series without reading its points, and how it follows from them."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from halley.storage.sql.metrics.codec import Floats, Integers, Records, mask_odd

_FEW_POINTS = 64
"""So many points are summarised faster one by one."""


class Summary(NamedTuple):
    """A row of table `series`.

    `last` is the value at the largest step. `min_step` and `max_step` are the smallest steps at which the extremes
    are; extremes are None if no value is finite. `late` counts the batches that came among older steps.
    """

    n: int
    last_step: int
    last: float
    min: float | None
    min_step: int | None
    max: float | None
    max_step: int | None
    late: int = 0


def summarise(step: Integers, value: Floats, begins: Integers) -> list[Summary]:
    """Summarise many series that lie one after the other, each by step.

    Args:
        step: Steps of all series.
        value: Values of all series.
        begins: Where each series begins.
    """
    if len(step) <= _FEW_POINTS:
        return summarise_few(step.tolist(), value.tolist(), begins.tolist())
    ends = np.append(begins[1:], len(step))
    odd, low, high, _ = mask_odd(value)
    least, most = np.minimum.reduceat(low, begins), np.maximum.reduceat(high, begins)
    counts = ends - begins
    rows = zip(
        counts.tolist(),
        step[ends - 1].tolist(),
        value[ends - 1].tolist(),
        least.tolist(),
        _first_steps(step, low, least, begins, counts),
        most.tolist(),
        _first_steps(step, high, most, begins, counts),
        strict=True,
    )
    if odd is None:
        return [Summary(*row) for row in rows]
    return [
        Summary(*row) if row[3] <= row[5] else Summary(row[0], row[1], row[2], None, None, None, None) for row in rows
    ]


def summarise_few(steps: Sequence[int], values: Sequence[float], begins: Sequence[int]) -> list[Summary]:
    """The same without numpy, whose calls cost more than a few points do."""
    isfinite = math.isfinite
    summaries = []
    for begin, end in zip(begins, [*begins[1:], len(steps)], strict=True):
        least = least_step = most = most_step = None
        for place in range(begin, end):
            value = values[place]
            if not isfinite(value):
                continue
            if least is None or value < least:
                least, least_step = value, steps[place]
            if most is None or value > most:
                most, most_step = value, steps[place]
        summaries.append(Summary(end - begin, steps[end - 1], values[end - 1], least, least_step, most, most_step))
    return summaries


def _first_steps(step: Integers, value: Floats, extreme: Floats, begins: Integers, counts: Integers) -> list[int]:
    places = np.flatnonzero(value == np.repeat(extreme, counts))
    steps: list[int] = step[places[np.searchsorted(places, begins)]].tolist()
    return steps


def summarise_one(step: Integers, value: Floats) -> Summary:
    """Summarise one series, by step."""
    return summarise(step, value, np.zeros(1, np.int64))[0]


def add(old: Summary, new: Summary, *, rewritten: int = 0) -> Summary:
    """Add new points to a summary; `rewritten` of them replace old ones, none of which was an extreme."""
    last_step, last = (new.last_step, new.last) if new.last_step >= old.last_step else (old.last_step, old.last)
    least, least_step, most, most_step = old.min, old.min_step, old.max, old.max_step
    if new.min is not None and new.max is not None and new.min_step is not None and new.max_step is not None:
        if least is None or least_step is None or (new.min, new.min_step) < (least, least_step):
            least, least_step = new.min, new.min_step
        if most is None or most_step is None or (-new.max, new.max_step) < (-most, most_step):
            most, most_step = new.max, new.max_step
    return Summary(old.n + new.n - rewritten, last_step, last, least, least_step, most, most_step, old.late)


def metric_begins(records: Records) -> Integers:
    """Where each metric's records begin; sorted by metric."""
    metric = records["metric"]
    cuts = (metric[1:] != metric[:-1]).nonzero()[0]
    begins = np.zeros(len(cuts) + 1, np.int64)
    np.add(cuts, 1, out=begins[1:])
    return begins

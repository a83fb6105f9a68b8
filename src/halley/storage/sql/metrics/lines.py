"""The series a chart asks for, each as stretches of points side by side: chunks, and what the journal has."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from halley.core.metric import MetricId
from halley.storage.sql.link import Link, in_list
from halley.storage.sql.metrics.codec import POINT, Columns, Records, columns_of, settle
from halley.storage.sql.metrics.points import ChunkRow


class Part(NamedTuple):
    """A stretch of a series, in the order of x."""

    first: int
    last: int
    n: int
    chunk: ChunkRow | None
    points: Columns | None
    """Points of the journal: newer than the chunk's."""


class Line(NamedTuple):
    """A series to draw."""

    run: int
    metric: MetricId
    number: int
    parts: list[Part]


def find_lines(link: Link, runs: Sequence[int], metrics: Sequence[MetricId]) -> list[Line]:
    """The series that exist, runs in the order given, each with its metrics in the order given."""
    numbers = {number: metric for metric in metrics if (number := _find_number(link, metric)) is not None}
    if not numbers or not runs:
        return []
    chunks: dict[tuple[int, int], list[ChunkRow]] = {}
    for run, number, *row in link.run(
        f"select run, metric, id, first, last, n, clock from chunk where run in {in_list(runs)}"
        f" and metric in {in_list(numbers)} order by run, metric, first"
    ):
        chunks.setdefault((run, number), []).append(ChunkRow(*row))
    tails = _find_tails(link, runs, list(numbers))
    return [
        Line(run, metric, number, _to_parts(chunks.get((run, number), []), tails.get((run, number))))
        for run in dict.fromkeys(runs)
        for number, metric in numbers.items()
        if (run, number) in chunks or (run, number) in tails
    ]


def _find_number(link: Link, metric: MetricId) -> int | None:
    number: int | None = link.value("select id from metric where name = ? and context = ?", tuple(metric))
    return number


def _find_tails(link: Link, runs: Sequence[int], numbers: Sequence[int]) -> dict[tuple[int, int], Columns]:
    rows = link.rows(f"select run, n, points from journal where run in {in_list(runs)} order by run, id")
    if not rows:
        return {}
    owner = np.repeat([run for run, _, _ in rows], [n for _, n, _ in rows])
    records = np.frombuffer(b"".join([points for _, _, points in rows]), POINT)
    kept = np.isin(records["metric"], np.array(numbers, np.uint32))
    owner, records = owner[kept], records[kept]
    cuts = np.flatnonzero(np.diff(owner)) + 1
    tails: dict[tuple[int, int], Columns] = {}
    for run, part in zip(
        owner[np.append(0, cuts)].tolist() if len(owner) else (), np.split(records, cuts), strict=False
    ):
        settled: Records = settle(part)
        for number in np.unique(settled["metric"]).tolist():
            tails[run, number] = columns_of(settled[settled["metric"] == number])
    return tails


def _to_parts(chunks: list[ChunkRow], tail: Columns | None) -> list[Part]:
    """Lay chunks and journal side by side: journal points inside a chunk's range go with the chunk."""
    parts = [Part(chunk.first, chunk.last, chunk.n, chunk, None) for chunk in chunks]
    if tail is None:
        return parts
    if not parts or tail.step[0] > parts[-1].last:
        return [*parts, _to_part(tail)]
    firsts, lasts = (np.array([getattr(chunk, name) for chunk in chunks]) for name in ("first", "last"))
    owner = np.searchsorted(firsts, tail.step, side="right") - 1
    inside = (owner >= 0) & (tail.step <= lasts[owner])
    place = np.where(inside, 2 * owner + 1, 2 * owner + 2)  # odd: inside a chunk; even: between two
    laid = {2 * at + 1: part for at, part in enumerate(parts)}
    for at in np.unique(place).tolist():
        points = tail.take(place == at)
        laid[at] = laid[at]._replace(points=points) if at in laid else _to_part(points)
    return [laid[at] for at in sorted(laid)]


def _to_part(points: Columns) -> Part:
    return Part(int(points.step[0]), int(points.step[-1]), len(points.step), None, points)

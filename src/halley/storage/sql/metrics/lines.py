"""The series a chart asks for, each as parts side by side: chunks, digests of many chunks, what the journal has."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from halley.core.metric import STEP_LIMIT, MetricId
from halley.storage.sql.link import Link, in_list
from halley.storage.sql.metrics.codec import POINT, Columns, Records, columns_of, settle, settle_columns
from halley.storage.sql.metrics.points import ChunkReader, ChunkRow
from halley.storage.sql.metrics.stretch import STRETCH_POINTS, find_covered, read_digests, rows_of
from halley.storage.sql.names import number_metrics

Key = tuple[int, int]
"""A run and the number of a metric."""


class Part(NamedTuple):
    """A stretch of a series, in the order of steps: a chunk, or digests of chunks, or points that are at hand."""

    first: int
    last: int
    n: int
    chunk: ChunkRow | None = None
    points: Columns | None = None
    """Points of the journal: newer than the chunk's."""
    digests: Records | None = None


class Line(NamedTuple):
    """A series to draw."""

    run: int
    metric: MetricId
    number: int
    parts: list[Part]


class Known(NamedTuple):
    """A series and how far it is; see table `series`."""

    metric: MetricId
    n: int
    late: int
    last_step: int


class Span(NamedTuple):
    """A range of steps, both ends inside."""

    low: int = -(2**63)
    high: int = 2**63 - 1


EVERY_STEP = Span()


def to_span(low: float | None, high: float | None) -> Span:
    """The steps between two bounds."""
    limit = STEP_LIMIT + 1
    return Span(
        EVERY_STEP.low if low is None else math.ceil(min(max(low, -limit), limit)),
        EVERY_STEP.high if high is None else math.floor(min(max(high, -limit), limit)),
    )


def find_series(link: Link, runs: Sequence[int], metrics: Sequence[MetricId]) -> dict[Key, Known]:
    """The series that exist, runs in the order given, each with its metrics in the order given."""
    numbers = number_metrics(link, metrics)
    if not runs or not numbers:
        return {}
    rows = link.run(
        "select run, metric, n, late, last_step from series"
        f" where run in {in_list(runs)} and metric in {in_list(numbers.values())}"
    )
    found = {(run, number): row for run, number, *row in rows}
    wanted = [metric for metric in dict.fromkeys(metrics) if metric in numbers]
    return {
        key: Known(metric, *found[key])
        for run in dict.fromkeys(runs)
        for metric in wanted
        if (key := (run, numbers[metric])) in found
    }


def find_lines(
    link: Link, series: Mapping[Key, Known], span: Span = EVERY_STEP, *, has_digests: bool = False
) -> list[Line]:
    """Find the parts of series.

    Args:
        link: The connection.
        series: Which; lines come in their order.
        span: Parts without a step in it are left out.
        has_digests: Whether full chunks may come as digests, where there are; else every chunk is a part.
    """
    if not series:
        return []
    heritage = _find_heritage(link, series)
    runs = {run for run, _ in series} | {source for rows in heritage.values() for _, source in rows}
    finder = _Finder(link, runs, {number for _, number in series}, span)
    finder.find(is_long=has_digests and any(known.n >= STRETCH_POINTS for known in series.values()))
    return [
        Line(run, known.metric, number, finder.list_parts(run, number, heritage.get((run, number), ())))
        for (run, number), known in series.items()
    ]


def _find_heritage(link: Link, keys: Iterable[Key]) -> dict[Key, list[tuple[int, int]]]:
    found: dict[Key, list[tuple[int, int]]] = {}
    for run, number, until, source in link.run(
        f"select run, metric, until, source from heritage where run in {in_list({run for run, _ in keys})}"
        f" and metric in {in_list({number for _, number in keys})} order by run, metric, until"
    ):
        found.setdefault((run, number), []).append((until, source))
    return found


class _Finder:
    """Finds the parts of many series with few questions."""

    def __init__(self, link: Link, runs: Collection[int], numbers: Collection[int], span: Span) -> None:
        self._link = link
        self._runs = runs
        self._numbers = numbers
        self._span = span
        self._chunks: dict[Key, list[ChunkRow]] = {}
        self._digests: dict[Key, Records] = {}
        self._tails: dict[Key, Columns] = {}
        self._reader = ChunkReader(link)

    def find(self, *, is_long: bool) -> None:
        """Ask the tables."""
        covered = find_covered(self._link, self._runs, self._numbers) if is_long else {}
        long_runs = {run for run, _ in covered}
        self._find_chunks(f"run in {in_list(run for run in self._runs if run not in long_runs)}", self._numbers)
        for run in long_runs:
            for number in self._numbers:
                last = covered.get((run, number))
                if last is not None:
                    digests = read_digests(self._link, run, number, *self._span)
                    if digests is None:
                        last = None
                    else:
                        self._digests[run, number] = digests
                self._find_chunks(f"run = {run}" if last is None else f"run = {run} and first > {last}", [number])
        self._find_tails()

    def _find_chunks(self, which: str, numbers: Collection[int]) -> None:
        low, high = self._span
        limits = "" if low == EVERY_STEP.low else f" and last >= {low}"
        limits += "" if high == EVERY_STEP.high else f" and first <= {high}"
        for run, number, *row in self._link.run(
            f"select run, metric, id, first, last, n, clock from chunk where {which}"
            f" and metric in {in_list(numbers)}{limits} order by run, metric, first"
        ):
            self._chunks.setdefault((run, number), []).append(ChunkRow(*row))

    def _find_tails(self) -> None:
        rows = self._link.rows(
            f"select run, n, points from journal where run in {in_list(self._runs)} order by run, id"
        )
        if not rows:
            return
        owner = np.repeat([run for run, _, _ in rows], [n for _, n, _ in rows])
        records = np.frombuffer(b"".join([points for _, _, points in rows]), POINT)
        kept = np.isin(records["metric"], np.array(list(self._numbers), np.uint32))
        if self._span != EVERY_STEP:
            kept &= (records["step"] >= self._span.low) & (records["step"] <= self._span.high)
        owner, records = owner[kept], records[kept]
        if not len(owner):
            return
        cuts = np.flatnonzero(np.diff(owner)) + 1
        for run, part in zip(owner[np.append(0, cuts)].tolist(), np.split(records, cuts), strict=True):
            settled: Records = settle(part)
            for number in np.unique(settled["metric"]).tolist():
                self._tails[run, number] = columns_of(settled[settled["metric"] == number])

    def list_parts(self, run: int, number: int, heritage: Sequence[tuple[int, int]]) -> list[Part]:
        """The parts of a series: of what it inherits, then its own."""
        after, parts = EVERY_STEP.low, []
        for until, source in heritage:
            for part in self._list_own(source, number):
                if part.last > after and part.first <= until:
                    parts += self._clip(part, Span(after + 1, until))
            after = until
        return parts + self._list_own(run, number)

    def _list_own(self, run: int, number: int) -> list[Part]:
        chunks, tail = self._chunks.get((run, number), []), self._tails.get((run, number))
        digests = self._digests.get((run, number))
        if digests is None or not len(digests):
            return lay_parts(chunks, tail)
        if tail is not None and tail.step[0] <= digests["last"][-1]:
            return lay_parts([*rows_of(digests), *chunks], tail)  # until these points are folded
        whole = Part(int(digests["first"][0]), int(digests["last"][-1]), int(digests["n"].sum()), digests=digests)
        return [whole, *lay_parts(chunks, tail)]

    def _clip(self, part: Part, span: Span) -> list[Part]:
        """What of a part lies in a span: as it is, or as points."""
        if part.first >= span.low and part.last <= span.high:
            return [part]
        if part.digests is not None:
            inside = (part.digests["last"] >= span.low) & (part.digests["first"] <= span.high)
            return [clipped for chunk in rows_of(part.digests[inside]) for clipped in self._clip(to_part(chunk), span)]
        points = read_parts(self._reader, [part])
        points = points.take((points.step >= span.low) & (points.step <= span.high))
        return [_of_points(points)] if len(points.step) else []


def to_part(chunk: ChunkRow) -> Part:
    """A chunk as a part."""
    return Part(chunk.first, chunk.last, chunk.n, chunk)


def list_rows(part: Part) -> list[ChunkRow]:
    """The chunks of a part."""
    if part.digests is not None:
        return rows_of(part.digests)
    return [] if part.chunk is None else [part.chunk]


def read_parts(reader: ChunkReader, parts: Sequence[Part]) -> Columns:
    """The points of parts of one series; those of the journal win over those of chunks."""
    found = reader.read([row for part in parts for row in list_rows(part)])
    return settle_columns([*found.values(), *(part.points for part in parts if part.points is not None)])


def lay_parts(chunks: Sequence[ChunkRow], tail: Columns | None) -> list[Part]:
    """Lay chunks and journal side by side: journal points inside a chunk's range go with the chunk."""
    parts = [to_part(chunk) for chunk in chunks]
    if tail is None:
        return parts
    if not parts or tail.step[0] > parts[-1].last:
        return [*parts, _of_points(tail)]
    firsts, lasts = (np.array([getattr(chunk, name) for chunk in chunks]) for name in ("first", "last"))
    owner = np.searchsorted(firsts, tail.step, side="right") - 1
    inside = (owner >= 0) & (tail.step <= lasts[owner])
    place = np.where(inside, 2 * owner + 1, 2 * owner + 2)  # odd: inside a chunk; even: between two
    laid = {2 * at + 1: part for at, part in enumerate(parts)}
    for at in np.unique(place).tolist():
        points = tail.take(place == at)
        laid[at] = laid[at]._replace(points=points) if at in laid else _of_points(points)
    return [laid[at] for at in sorted(laid)]


def _of_points(points: Columns) -> Part:
    return Part(int(points.step[0]), int(points.step[-1]), len(points.step), points=points)

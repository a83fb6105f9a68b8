"""Drawing charts: the series that are asked for, on one shared grid; or what is new of them since a cursor."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from halley.core.metric import MetricId
from halley.storage.ports.metrics import Chart, ChartSeries, XAxis
from halley.storage.sql.link import Link, in_list
from halley.storage.sql.metrics.axes import Axis, MetricAxis, StepAxis, Stroke
from halley.storage.sql.metrics.brush import Brush
from halley.storage.sql.metrics.clock_axis import ClockAxis
from halley.storage.sql.metrics.codec import Floats
from halley.storage.sql.metrics.grid import EMPTY, Grid, even_grid, round_grid, value_grid
from halley.storage.sql.metrics.heap import Heap
from halley.storage.sql.metrics.lines import (
    EVERY_STEP,
    Key,
    Known,
    Line,
    find_lines,
    find_series,
    to_span,
)
from halley.storage.sql.metrics.since import Cursor, continue_grid, find_grown, make_cursor, read_cursor

_CELLS = 2_000_000
"""Buckets of all lines together: charts of very many lines get fewer, so that memory stays bounded."""

_FEWEST_BUCKETS = 20


class Question(NamedTuple):
    """What is asked for; see `Metrics.draw`."""

    runs: tuple[int, ...]
    metrics: tuple[MetricId, ...]
    x: XAxis | MetricId
    low: float | None
    high: float | None
    buckets: int
    origins: tuple[tuple[int, int], ...] = ()
    """Of relative times: run and the time that is 0."""


def draw(link: Link, question: Question, since: bytes | None) -> Chart:
    """Draw every metric of every run that has it; see `Metrics.draw`."""
    runs, metrics, x = question.runs, question.metrics, question.x
    if x == "relative":
        origins = link.rows(f"select run, first_time from origin where run in {in_list(runs)} order by run")
        question = question._replace(origins=tuple(map(tuple, origins)))
    known = find_series(link, runs, metrics)
    fitting = max(_FEWEST_BUCKETS, _CELLS // max(1, len(known)))
    question = question._replace(buckets=min(question.buckets, fitting))
    behind = known | find_series(link, runs, [x]) if isinstance(x, MetricId) else known
    cursor = None if since is None else read_cursor(since, question)
    grown = None if cursor is None else find_grown(cursor, behind)
    if since is not None and cursor is not None and grown is not None:
        if not grown:
            return Chart(np.empty(0), cursor.width, [], since, cursor.buckets)
        news = _draw_news(link, question, cursor, known, grown)
        if news is not None:
            return news
    return _draw_whole(link, question, known, behind)


def _draw_whole(link: Link, question: Question, known: Mapping[Key, Known], behind: Mapping[Key, Known]) -> Chart:
    _, _, x, low, high, buckets, _ = question
    span = to_span(low, high) if x == "step" else EVERY_STEP
    lines = find_lines(link, known, span, has_digests=not isinstance(x, MetricId))
    axis = _make_axis(link, question)
    brush = Brush(link, axis, low, high)
    strokes = [brush.near(line) for line in axis.lay(lines)]
    is_short = _count_most(brush, strokes) <= buckets
    held = brush.hold(strokes) if axis.is_unique and is_short else strokes  # they decide the grid, and are drawn on it
    grid, begin = _choose_grid(brush, strokes, held if is_short or not axis.is_unique else [], low, high, buckets)
    return paint(brush, lines, held, grid)._replace(cursor=make_cursor(question, grid, begin, behind))


def _draw_news(
    link: Link, question: Question, cursor: Cursor, known: Mapping[Key, Known], grown: Sequence[Key]
) -> Chart | None:
    """Draw what is new by step; None if the chart has to come whole."""
    if question.x != "step":
        return None
    further = continue_grid(cursor, known, grown, question.high, question.buckets)
    if further is None:
        return None
    grid, begin = further
    rest = Grid(grid.edges[begin:], grid.width)
    low = float(rest.edges[0])
    if question.low is not None:
        low = max(low, question.low)  # the first bucket may begin before the chart does
    only = {key: known[key] for key in grown}
    lines = find_lines(link, only, to_span(low, question.high), has_digests=True)
    axis = StepAxis(link)
    brush = Brush(link, axis, low, question.high)
    chart = paint(brush, lines, [brush.near(line) for line in axis.lay(lines)], rest)
    return chart._replace(begin=begin, cursor=make_cursor(question, grid, cursor.begin, known))


def _make_axis(link: Link, question: Question) -> Axis:
    x = question.x
    if isinstance(x, MetricId):
        return MetricAxis(link, x)
    if x == "step":
        return StepAxis(link)
    return ClockAxis(link, "epoch" if x == "epoch" else "time", dict(question.origins))


def paint(brush: Brush, lines: Sequence[Line], strokes: Sequence[Sequence[Stroke]], grid: Grid) -> Chart:
    """Heap strokes on a grid."""
    heap = Heap(len(lines), len(grid.edges), is_single=not grid.width and brush.axis.is_unique)
    brush.heap(heap, [(line, grid) for line in strokes])
    series = [ChartSeries(line.run, line.metric, *row) for line, row in zip(lines, heap.list_rows(), strict=True)]
    return Chart(grid.edges, grid.width, series)


def _choose_grid(
    brush: Brush,
    lines: Sequence[Sequence[Stroke]],
    short: Sequence[Sequence[Stroke]],
    low: float | None,
    high: float | None,
    buckets: int,
) -> tuple[Grid, float]:
    """The grid of lines, and the x at which it was begun; `short` are those lines that may have few distinct x."""
    strokes = [stroke for line in lines for stroke in line]
    if not strokes:
        return EMPTY, 0.0
    if short:
        grid = value_grid(brush.list_x([stroke for line in short for stroke in line]), buckets)
        if grid is not None:
            return grid, 0.0
    begin = max(min(stroke.low for stroke in strokes), -math.inf if low is None else low)
    end = min(max(stroke.high for stroke in strokes), math.inf if high is None else high)
    return round_grid(begin, end, buckets), begin


def _count_most(brush: Brush, lines: Sequence[Sequence[Stroke]]) -> int:
    """How many steps the line with most of them certainly has inside."""
    return max((sum(map(brush.count_whole, line)) for line in lines), default=0)


# sketches


def sketch(
    link: Link, runs: Sequence[int], metrics: Sequence[MetricId], buckets: int
) -> dict[tuple[int, MetricId], Floats]:
    """Draw small pictures; see `Metrics.sketch`."""
    lines = find_lines(link, find_series(link, runs, metrics), has_digests=True)
    axis = StepAxis(link)
    brush = Brush(link, axis)
    grids: dict[tuple[float, float], Grid] = {}
    drawn: list[tuple[list[Stroke], Grid]] = []
    for strokes in axis.lay(lines):
        first, last = strokes[0].low, strokes[-1].high
        steps = np.empty(0)
        if sum(stroke.n for stroke in strokes) <= buckets:  # the journal may have more among a chunk's
            steps = np.concatenate([steps.astype(np.float64) for steps, _ in axis.read(strokes)])
        if 0 < len(steps) <= buckets:
            drawn.append((strokes, Grid(steps, 0.0)))
        else:
            drawn.append((strokes, grids.setdefault((first, last), even_grid(first, last + 1, buckets))))
    heap = Heap(len(lines), buckets)
    brush.heap(heap, drawn)
    means = heap.finish().mean
    return {
        (line.run, line.metric): means[place, : len(grid.edges)]
        for place, (line, (_, grid)) in enumerate(zip(lines, drawn, strict=True))
    }

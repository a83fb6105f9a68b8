"""Exporting: every point of some metrics of a run, a bounded number of them in memory at a time."""

from collections.abc import Iterator, Sequence

import numpy as np

from halley.core.metric import MetricId
from halley.storage.ports.metrics import PointColumns
from halley.storage.sql.link import Link
from halley.storage.sql.metrics.codec import Columns, settle_columns
from halley.storage.sql.metrics.lines import Line, Part, find_lines, find_series
from halley.storage.sql.metrics.points import ChunkReader

EXPORT_POINTS = 65_536
"""Most points in a piece of an export."""

_REMEMBERED_POINTS = 2_097_152
"""Clocks and steps that metrics share are remembered for about so many points: some 50 MB."""


def export(link: Link, run: int, metrics: Sequence[MetricId], after: int | None) -> Iterator[PointColumns]:
    """Every point, metric by metric as given, each by step; see `Metrics.export_many`."""
    places = {metric: place for place, metric in reversed(list(enumerate(metrics)))}
    reader, read = ChunkReader(link), 0
    group: list[tuple[int, Part]] = []
    size = 0
    for line in find_lines(link, find_series(link, [run], metrics)):
        place = places[line.metric]
        for part in _list_parts(line, after if place == 0 else None):
            group.append((place, part))
            size += (0 if part.chunk is None else part.n) + (0 if part.points is None else len(part.points.step))
            if size >= EXPORT_POINTS:
                yield from _cut(metrics, _read(reader, group, after))
                read += size
                group, size = [], 0
                if read >= _REMEMBERED_POINTS:
                    reader, read = ChunkReader(link), 0
    yield from _cut(metrics, _read(reader, group, after))


def _list_parts(line: Line, after: int | None) -> list[Part]:
    return [part for part in line.parts if after is None or part.last > after]


def _read(reader: ChunkReader, group: Sequence[tuple[int, Part]], after: int | None) -> list[tuple[int, Columns]]:
    """Read the parts of a group; the points of the journal win over those of a chunk."""
    chunks = reader.read([part.chunk for _, part in group if part.chunk is not None])
    found = []
    for place, part in group:
        columns = [] if part.chunk is None else [chunks[part.chunk.id]]
        if part.points is not None:
            columns.append(part.points)
        points = settle_columns(columns)
        if place == 0 and after is not None and points.step[0] <= after:
            points = points.take(points.step > after)
        found.append((place, points))
    return found


def _cut(metrics: Sequence[MetricId], found: Sequence[tuple[int, Columns]]) -> Iterator[PointColumns]:
    """Join what was read and cut it into pieces."""
    if not found:
        return
    metric = np.repeat(
        np.array([place for place, _ in found], np.uint32), np.array([len(points.step) for _, points in found])
    )
    joined = (
        found[0][1] if len(found) == 1 else Columns(*map(np.concatenate, zip(*(one for _, one in found), strict=True)))
    )
    for begin in range(0, len(metric), EXPORT_POINTS):
        piece = slice(begin, begin + EXPORT_POINTS)
        yield PointColumns(metrics, metric[piece], *joined.take(piece))

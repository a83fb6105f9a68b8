"""The axes of charts: where on the axis the parts of a line lie, and reading their points by x.

Steps order a series, so a part lies where its first and last step are. By another metric, all points are read. Times
and epochs are in `clock_axis.py`.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from halley.core.metric import MetricId
from halley.storage.sql.link import Link
from halley.storage.sql.metrics.codec import (
    BLOCK_POINTS,
    Columns,
    Floats,
    Records,
    settle_columns,
)
from halley.storage.sql.metrics.lines import Line, Part, find_lines, find_series, read_parts
from halley.storage.sql.metrics.points import ChunkReader, ChunkRow
from halley.storage.sql.metrics.stretch import rows_of

Column = npt.NDArray[Any]
Drawn = tuple[Column, Floats]
"""x, sorted, and values."""


class Stroke(NamedTuple):
    """A stretch of a line on the axis: a chunk, or digests of chunks, or points that are at hand."""

    low: float
    high: float
    n: int
    chunk: ChunkRow | None = None
    newer: Columns | None = None
    """Points of the journal that go with the chunk, and win over its own."""
    drawn: Drawn | None = None
    digests: Records | None = None
    origin: int = 0
    """What is subtracted from times."""


NOTHING = Stroke(np.inf, -np.inf, 0)
"""No point is on the axis."""


class Axis(Protocol):
    """An axis."""

    @property
    def is_unique(self) -> bool:
        """Whether no two points of a line have the same x."""
        ...

    def lay(self, lines: Sequence[Line]) -> list[list[Stroke]]:
        """The strokes of every line, in the order of x, none over another."""
        ...

    def read(self, strokes: Sequence[Stroke]) -> list[Drawn]:
        """The points of strokes that are no digests."""
        ...

    def split(self, stroke: Stroke, digests: Records) -> list[Stroke]:
        """The chunks of some digests of a stroke."""
        ...

    def flat_x(self, stroke: Stroke) -> Column | None:
        """The distinct x of a chunk, if it is known without reading points that every block of it has one x."""
        ...

    def digest_ends(self, stroke: Stroke, digests: Records) -> tuple[Floats, Floats]:
        """Where digests begin and end."""
        ...

    def with_ends(self, strokes: Sequence[Stroke]) -> Sequence[Stroke]:
        """The chunks among some of which `block_ends` can be told."""
        ...

    def block_ends(self, strokes: Sequence[Stroke], firsts: Column) -> tuple[Floats, Floats]:
        """Where the blocks of chunks begin and end; `firsts` are their first steps."""
        ...


class StepAxis:
    """Steps.

    Args:
        link: The connection.
    """

    is_unique = True

    def __init__(self, link: Link) -> None:
        self._reader = ChunkReader(link)

    def lay(self, lines: Sequence[Line]) -> list[list[Stroke]]:
        """See `Axis.lay`."""
        return [[self._lay(part) for part in line.parts] for line in lines]

    def _lay(self, part: Part) -> Stroke:
        first, last, n, chunk, points, digests = part
        if chunk is None and points is not None:
            return Stroke(first, last, n, drawn=(points.step, points.value))
        return Stroke(first, last, n, chunk, points, digests=digests)

    def read(self, strokes: Sequence[Stroke]) -> list[Drawn]:
        """See `Axis.read`."""
        ids = [stroke.chunk.id for stroke in strokes if stroke.chunk is not None]
        found = {id_: (steps, values) for id_, steps, values in self._reader.read_values(ids)}
        read: list[Drawn] = []
        for stroke in strokes:
            if stroke.drawn is not None:
                read.append(stroke.drawn)
            elif stroke.chunk is not None:
                read.append(self._merge(found[stroke.chunk.id], stroke.newer))
        return read

    def _merge(self, drawn: Drawn, newer: Columns | None) -> Drawn:
        if newer is None:
            return drawn
        steps, values = drawn
        nothing = np.zeros(len(steps))
        merged = settle_columns([Columns(steps, nothing.astype(np.int64), nothing, values), newer])
        return merged.step, merged.value

    def split(self, stroke: Stroke, digests: Records) -> list[Stroke]:  # noqa: ARG002 - the other axes need it
        """See `Axis.split`."""
        return [Stroke(chunk.first, chunk.last, chunk.n, chunk) for chunk in rows_of(digests)]

    def flat_x(self, stroke: Stroke) -> Column | None:  # noqa: ARG002 - likewise
        """See `Axis.flat_x`: every step is another."""
        return None

    def digest_ends(self, stroke: Stroke, digests: Records) -> tuple[Floats, Floats]:  # noqa: ARG002 - likewise
        """See `Axis.digest_ends`."""
        return digests["first"].astype(np.float64), digests["last"].astype(np.float64)

    def with_ends(self, strokes: Sequence[Stroke]) -> Sequence[Stroke]:
        """See `Axis.with_ends`."""
        return strokes

    def block_ends(self, strokes: Sequence[Stroke], firsts: Column) -> tuple[Floats, Floats]:
        """See `Axis.block_ends`."""
        high = np.append(firsts[1:] - 1, 0)
        sizes = [-(-stroke.n // BLOCK_POINTS) for stroke in strokes]
        high[np.cumsum(sizes) - 1] = [int(stroke.high) for stroke in strokes]
        return firsts.astype(np.float64), high.astype(np.float64)


class MetricAxis(StepAxis):
    """The values of another metric at the same steps; steps at which it has none, or no finite one, are left out.

    All points are at hand once they are laid, so there are no chunks to read and no roll-ups to place.

    Args:
        link: The connection.
        metric: What is x.
    """

    is_unique = False

    def __init__(self, link: Link, metric: MetricId) -> None:
        super().__init__(link)
        self._link = link
        self._metric = metric

    def lay(self, lines: Sequence[Line]) -> list[list[Stroke]]:
        """See `Axis.lay`."""
        series = find_series(self._link, [line.run for line in lines], [self._metric])
        places = {line.run: read_parts(self._reader, line.parts) for line in find_lines(self._link, series)}
        return [
            self._meet(places[line.run], read_parts(self._reader, line.parts)) if line.run in places else []
            for line in lines
        ]

    def _meet(self, places: Columns, points: Columns) -> list[Stroke]:
        _, at, which = np.intersect1d(places.step, points.step, assume_unique=True, return_indices=True)
        x, values = places.value[at], points.value[which]
        finite = np.isfinite(x)
        x, values = x[finite], values[finite]
        order = np.argsort(x, kind="stable")
        x, values = x[order], values[order]
        return [Stroke(float(x[0]), float(x[-1]), len(x), drawn=(x, values))] if len(x) else []

"""Reading the points of series: chunks and journal merged, the later write winning.

The journal is always newer than every chunk, and the chunks of a series never overlap: that is the whole of
`the later write wins`.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from halley.errors import StorageDamaged
from halley.storage.sql.link import Link, in_list
from halley.storage.sql.metrics.codec import (
    POINT,
    Columns,
    Floats,
    Integers,
    Records,
    columns_of,
    decode,
    settle,
    settle_columns,
)
from halley.storage.sql.metrics.damage import name_chunk, name_clock

ClockField = Literal["time", "epoch"]


class ChunkRow(NamedTuple):
    """A chunk without its points."""

    id: int
    first: int
    last: int
    n: int
    clock: int


def read_journal(link: Link, run: int) -> Records:
    """The journal of a run in the order it came."""
    parts = [points for (points,) in link.rows("select points from journal where run = ? order by id", (run,))]
    return np.frombuffer(b"".join(parts), POINT)


def read_journal_of(journal: Records, metric: int) -> Columns | None:
    """The settled points of one metric in a journal; None if there are none."""
    records = journal[journal["metric"] == metric]
    return columns_of(settle(records)) if len(records) else None


def list_chunks(link: Link, run: int, metric: int, low: int, high: int) -> list[ChunkRow]:
    """The chunks of a series that may hold steps from `low` to `high`, by step."""
    rows = link.rows(
        "select id, first, last, n, clock from chunk where run = ? and metric = ? and last >= ? and first <= ?"
        " order by first",
        (run, metric, low, high),
    )
    return [ChunkRow(*row) for row in rows]


class ChunkReader:
    """Reads chunks; columns that several chunks share are decoded once.

    Args:
        link: The connection.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._steps: dict[bytes, Integers] = {}
        self._clocks: dict[ClockField, dict[int, npt.NDArray[Any]]] = {"time": {}, "epoch": {}}

    def read(self, chunks: Sequence[ChunkRow]) -> dict[int, Columns]:
        """All columns of some chunks, by chunk."""
        clocks = self.read_clocks({chunk.clock for chunk in chunks})
        values = {row[0]: row[1:] for row in self.read_values([chunk.id for chunk in chunks])}
        return {chunk.id: Columns(values[chunk.id][0], *clocks[chunk.clock], values[chunk.id][1]) for chunk in chunks}

    def read_values(self, ids: Sequence[int]) -> Iterator[tuple[int, Integers, Floats]]:
        """Chunk, steps and values of some chunks."""
        if ids:
            for id_, steps, values in self._link.run(f"select id, steps, vals from chunk where id in {in_list(ids)}"):
                try:
                    columns = self.decode_steps(steps), decode(values)
                except StorageDamaged as error:
                    raise name_chunk(self._link, id_) from error
                yield id_, *columns

    def decode_steps(self, data: bytes) -> Integers:
        """Decode steps, or remember them."""
        steps = self._steps.get(data)
        if steps is None:
            steps = self._steps[data] = decode(data)
        return steps

    def read_clocks(self, ids: set[int]) -> dict[int, tuple[Integers, Floats]]:
        """Times and epochs of some clocks."""
        times, epochs = self.read_clock_columns(ids, "time"), self.read_clock_columns(ids, "epoch")
        return {id_: (times[id_], epochs[id_]) for id_ in ids}

    def read_clock_columns(self, ids: set[int], field: ClockField) -> dict[int, npt.NDArray[Any]]:
        """The times, or the epochs, of some clocks."""
        known = self._clocks[field]
        missing = ids - known.keys()
        if missing:
            for id_, data in self._link.run(f"select id, {field}s from clock where id in {in_list(missing)}"):
                try:
                    known[id_] = decode(data)
                except StorageDamaged as error:
                    raise name_clock(self._link, id_) from error
        return {id_: known[id_] for id_ in ids}


def read_series(
    link: Link, run: int, metric: int, journal: Records, *, low: int = -(2**63), high: int = 2**63 - 1
) -> Columns:
    """The points of a series in chunks that may hold steps from `low` to `high`, and all of its journal."""
    chunks = list_chunks(link, run, metric, low, high)
    found = ChunkReader(link).read(chunks)
    parts = [found[chunk.id] for chunk in chunks]
    tail = read_journal_of(journal, metric)
    if tail is not None:
        parts.append(tail)
    return settle_columns(parts) if parts else columns_of(np.empty(0, POINT))

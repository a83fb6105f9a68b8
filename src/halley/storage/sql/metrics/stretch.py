"""The second level of roll-ups: a stretch holds the digests of 128 full chunks side by side.

The stretches of a series cover its first chunks without a gap; chunks behind them, and those that are not full, are
loose. Who writes among covered chunks drops the stretches from there on; tidying makes them anew.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from halley.storage.sql.link import Link, in_list
from halley.storage.sql.metrics.codec import BLOCK, CHUNK_POINTS, CLOCK_BLOCK, Records, seal, unseal
from halley.storage.sql.metrics.points import ChunkRow

STRETCH_CHUNKS = 128
"""Chunks in a stretch."""

STRETCH_POINTS = STRETCH_CHUNKS * CHUNK_POINTS
"""Points in a stretch: 2,097,152."""

DIGEST = np.dtype(
    [
        ("id", "<i8"),
        ("first", "<i8"),
        ("last", "<i8"),
        ("n", "<i8"),
        ("clock", "<i8"),
        ("odd", "<i8"),
        ("min", "<f8"),
        ("max", "<f8"),
        ("sum", "<f8"),
        ("final", "<f8"),
        ("time", "<i8", (2,)),
        ("epoch", "<f8", (2,)),
    ]
)
"""A chunk in a stretch: its row, its roll-up in one entry, and where its clock begins and ends (see `CLOCK_BLOCK`)."""

_NEW_STRETCH = "insert into stretch (run, metric, first, last, digests) values (?, ?, ?, ?, ?)"


def find_covered(link: Link, runs: Iterable[int], numbers: Iterable[int]) -> dict[tuple[int, int], int]:
    """The last step that stretches cover, for every series of some runs and metrics that has any."""
    rows = link.run(
        f"select run, metric, max(last) from stretch where run in {in_list(runs)} and metric in {in_list(numbers)}"
        " group by run, metric"
    )
    return {(run, number): last for run, number, last in rows}


def read_digests(link: Link, run: int, number: int, low: int, high: int) -> Records | None:
    """The digests of the stretches of a series that may hold steps from `low` to `high`, by step; None if damaged."""
    rows = link.rows(
        "select digests from stretch where run = ? and metric = ? and last >= ? and first <= ? order by first",
        (run, number, low, high),
    )
    digests = [unseal(data, DIGEST) for (data,) in rows]
    if any(one is None for one in digests):
        return None
    return np.frombuffer(b"".join([one for one in digests if one is not None]), DIGEST)


def rows_of(digests: Records) -> list[ChunkRow]:
    """The chunks of digests."""
    return [ChunkRow(*row) for row in digests[["id", "first", "last", "n", "clock"]].tolist()]


def drop_stretches(link: Link, run: int, number: int, begin: int) -> None:
    """Drop the stretches of a series from the one that holds step `begin` on."""
    link.run("delete from stretch where run = ? and metric = ? and last >= ?", (run, number, begin))


def make_stretches(link: Link, run: int, number: int, chunks: Sequence[ChunkRow]) -> None:
    """Cover full chunks that follow on the last stretch, as long as there are enough of them and all have roll-ups."""
    for begin in range(0, len(chunks) - STRETCH_CHUNKS + 1, STRETCH_CHUNKS):
        digests = _digest(link, chunks[begin : begin + STRETCH_CHUNKS])
        if digests is None:
            return
        first, last = int(digests["first"][0]), int(digests["last"][-1])
        link.run(_NEW_STRETCH, (run, number, first, last, seal(digests)))


def _digest(link: Link, chunks: Sequence[ChunkRow]) -> Records | None:
    rollups = dict(link.rows(f"select id, rollup from chunk where id in {in_list(chunk.id for chunk in chunks)}"))
    clocks = dict(link.rows(f"select id, rollup from clock where id in {in_list({chunk.clock for chunk in chunks})}"))
    ordered = (
        [unseal(rollups.get(chunk.id), BLOCK) for chunk in chunks],
        [unseal(clocks.get(chunk.clock), CLOCK_BLOCK) for chunk in chunks],
    )
    if any(rollup is None for rollups in ordered for rollup in rollups):
        return None  # damaged, or written by an older version
    blocks = _to_matrix(ordered[0], BLOCK, len(chunks))
    times = _to_matrix(ordered[1], CLOCK_BLOCK, len(chunks))
    digests = np.empty(len(chunks), DIGEST)
    for name in ("id", "first", "last", "n", "clock"):
        digests[name] = [getattr(chunk, name) for chunk in chunks]
    digests["odd"] = blocks["odd"].sum(axis=1, dtype=np.int64)
    digests["min"] = blocks["min"].min(axis=1)
    digests["max"] = blocks["max"].max(axis=1)
    with np.errstate(over="ignore", invalid="ignore"):
        digests["sum"] = blocks["sum"].sum(axis=1)
    digests["final"] = blocks["last"][:, -1]
    for name in ("time", "epoch"):
        digests[name][:, 0], digests[name][:, 1] = times[name][:, 0, 0], times[name][:, -1, 1]
    return digests


def _to_matrix(rollups: Sequence[bytes | None], kind: npt.DTypeLike, rows: int) -> Records:
    return np.frombuffer(b"".join([rollup for rollup in rollups if rollup is not None]), kind).reshape(rows, -1)

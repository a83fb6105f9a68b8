"""What was measured, as rows of a table."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import NamedTuple


class Goal(NamedTuple):
    """What a figure should be: at most, or at least, so much."""

    sign: str
    limit: float

    def is_met(self, value: float) -> bool:
        """Whether a figure reaches it."""
        return value <= self.limit if self.sign == "<=" else value >= self.limit


class Figure(NamedTuple):
    """One row.

    Attributes:
        what: What was measured.
        database: Over which database.
        value: The median over rounds.
        unit: Of the value.
        low: The smallest of the rounds.
        high: The largest.
        goal: What it should be; None for what is only told.
        beside: Limit or peer, measured in the same run, and the ratio.
        note: What else is to be known.
    """

    what: str
    database: str
    value: float
    unit: str
    low: float
    high: float
    goal: Goal | None = None
    beside: str = ""
    note: str = ""


def figure(what: str, database: str, rounds: Sequence[float], unit: str, **more: object) -> Figure:
    """A figure from its rounds."""
    return Figure(what, database, statistics.median(rounds), unit, min(rounds), max(rounds), **more)  # type: ignore[arg-type]


def write_number(value: float) -> str:
    """A number with as many digits as it deserves."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def write_power(value: float) -> str:
    """A round number, short: 1e6."""
    mantissa, _, exponent = f"{value:.0e}".partition("e")
    return f"{mantissa}e{int(exponent)}"


def write_row(one: Figure) -> str:
    """A row of markdown."""
    number = write_number
    is_single = one.low == one.high
    spread = "" if is_single else f" ({number(one.low)} to {number(one.high)})"
    goal, verdict = "", ""
    if one.goal is not None:
        goal = f"{one.goal.sign} {number(one.goal.limit)}"
        near = one.value / one.goal.limit
        verdict = "met" if one.goal.is_met(one.value) else f"no, {near:.2f}x the goal"
    cells = (one.what, one.database, goal, f"**{number(one.value)}** {one.unit}{spread}", verdict, one.beside, one.note)
    return f"| {' | '.join(cells)} |"


HEAD = (
    "| what | database | goal | measured (spread over rounds) | met | beside it, in the same run | note |\n"
    "|---|---|---|---|---|---|---|"
)


def machine() -> str:
    """Date, machine, versions."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("halley", "numpy", "pcodec", "psycopg", "litestar"))
    load = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d}; {platform.system()} {platform.machine()}, {os.cpu_count()} shared cores, "
        f"load {load}; Python {platform.python_version()}, SQLite {_sqlite_version()}, {packages}"
    )


def _sqlite_version() -> str:
    import sqlite3

    return sqlite3.sqlite_version


def write_table(figures: Iterable[Figure]) -> str:
    """The whole table."""
    return "\n".join([HEAD, *(write_row(one) for one in figures)])

"""Filling the experiments table: the values of a page's experiments, a question for each kind of column.

A page may have 100,000 values. So they are put where they belong as they come from the database, by their run's row
and their column's place: nothing is made or looked up for a value but these two.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from halley.core.parameter import Value
from halley.storage.ports.catalog import Column, Experiment
from halley.storage.sql.catalog.facts import from_columns
from halley.storage.sql.link import Link, in_list
from halley.storage.sql.names import number_metrics

SUMMARIES = {"last": "last", "min": "min", "max": "max", "count": "n", "step": "last_step"}
"""What a metric column shows, and the column of `series` that holds it."""

_AT_A_TIME = 1_000
"""So many names are in a question: far fewer than any database takes."""

Rows = Mapping[int, list[Value]]
"""Run to its values."""

Places = dict[Any, int]
"""What a column shows to its place in a row."""


def read_values(link: Link, experiments: Sequence[Experiment], columns: Sequence[Column]) -> list[list[Value]]:
    """The values of experiments in some columns; None where there is none."""
    places = {column: place for place, column in enumerate(dict.fromkeys(columns))}
    rows: dict[int, list[Value]] = {one.run: [None] * len(places) for one in experiments}
    by_kind: dict[tuple[str, str], Places] = {}
    for column, place in places.items():
        name = (column.name, column.context) if column.kind == "metric" else column.name
        by_kind.setdefault((column.kind, column.value), {})[name] = place
    for (kind, value), wanted in by_kind.items():
        if kind == "field":
            _fill_fields(rows, experiments, wanted)
        elif kind == "metric":
            _fill_summaries(link, rows, value, wanted)
        else:
            _fill_facts(link, rows, kind, wanted)
    if len(places) == len(columns):
        return list(rows.values())
    return [[row[places[column]] for column in columns] for row in rows.values()]


def _fill_summaries(link: Link, rows: Rows, value: str, wanted: Places) -> None:
    numbers = number_metrics(link, list(wanted))
    places = {number: wanted[metric] for metric, number in numbers.items()}
    # A database that cannot keep NaN keeps nothing; a series always has a last value.
    missing = math.nan if value == "last" else None
    for run, metric, found in link.run(
        f"select run, metric, {SUMMARIES[value]} from series"
        f" where run in {in_list(rows)} and metric in {in_list(places)}"
    ):
        rows[run][places[metric]] = missing if found is None else found


def _fill_facts(link: Link, rows: Rows, kind: str, wanted: Places) -> None:
    names = list(wanted)
    for begin in range(0, len(names), _AT_A_TIME):
        some = names[begin : begin + _AT_A_TIME]
        for run, name, *columns in link.run(
            "select run, name, type, number, content, digits from fact"
            f" where run in {in_list(rows)} and kind = ? and name in ({', '.join('?' * len(some))})",
            [kind, *some],
        ):
            rows[run][wanted[name]] = from_columns(*columns)


def _fill_fields(rows: Rows, experiments: Sequence[Experiment], wanted: Places) -> None:
    for one in experiments:
        row = rows[one.run]
        for name, place in wanted.items():
            row[place] = _field_value(one, name)


def _field_value(one: Experiment, name: str) -> Value:
    match name:
        case "duration":
            return max(0, (one.heard_at if one.ended_at is None else one.ended_at) - one.started_at)
        case "tags":
            return ", ".join(one.tags)
        case _:
            value: Value = getattr(one, name)
            return str(value) if isinstance(value, str) else value

"""Parameters and others: how a value becomes typed columns and comes back, exactly."""

import math
from collections.abc import Mapping
from typing import Any

from halley.core.parameter import Value
from halley.storage.sql.link import Link

PARAMETER = "parameter"
OTHER = "other"

_NOTHING, _FLAG, _INTEGER, _NUMBER, _TEXT = range(5)
_EXACT_LIMIT = 2**53

_PUT = """
insert into fact (run, kind, name, project_id, type, number, content, digits, source)
values (?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (run, kind, name) do update set
    type = excluded.type, number = excluded.number, content = excluded.content,
    digits = excluded.digits, source = excluded.source
"""


def put_facts(link: Link, run: int, kind: str, facts: Mapping[str, tuple[Value, str]]) -> None:
    """Set facts of one kind: name to (value, source)."""
    project_id = link.value("select project_id from experiment where run = ?", (run,))
    link.run_many(
        _PUT, [(run, kind, name, project_id, *to_columns(value), source) for name, (value, source) in facts.items()]
    )


def get_facts(link: Link, run: int, kind: str) -> dict[str, tuple[Value, str]]:
    """All facts of one kind by name, in name order."""
    rows = link.rows(
        "select name, type, number, content, digits, source from fact where run = ? and kind = ? order by name",
        (run, kind),
    )
    return {name: (from_columns(*columns), source) for name, *columns, source in rows}


def to_columns(value: Value) -> tuple[int, float | None, str | None, str | None]:
    """Split a value into its type, what sorts as a number, what sorts as text, and digits a float would lose.

    NaN becomes the text "NaN".
    """
    match value:
        case None:
            return _NOTHING, None, None, None
        case bool():
            return _FLAG, float(value), None, None
        case int():
            return _INTEGER, float(value), None, None if abs(value) <= _EXACT_LIMIT else str(value)
        case float():
            return (_TEXT, None, "NaN", None) if math.isnan(value) else (_NUMBER, value, None, None)
        case str():
            return _TEXT, None, value, None


def from_columns(type_: int, number: Any, content: Any, digits: Any) -> Value:
    """Put a value together again."""
    if type_ == _FLAG:
        return bool(number)
    if type_ == _INTEGER:
        return int(digits or number)
    if type_ == _NUMBER:
        return float(number)
    return str(content) if type_ == _TEXT else None


def to_search_text(value: Value) -> str:
    """A value as people would type it into a search."""
    return "" if value is None else str(value)

"""Rows that a job puts into a table without asking anything: they are kept back, and written many at a time.

A small batch of points changes a handful of rows. What costs time is not the rows but the statements, and on
PostgreSQL the way there and back for each. So a job hands such rows to its link, which writes those of all jobs of a
group with one statement a table: before the commit, or before the next question, whichever comes first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Put:
    """How rows are put into a table.

    Attributes:
        each: The statement for one row, with `?` for each of its values.
        row: The part of it that may stand there several times, for several rows; empty if none may.
        together: The statement for many rows, with `?` for each column's array; for databases that have arrays.
        kinds: What each column holds: `integer`, `real`, `text` or `blob`.
        key: How many columns, the first ones, tell rows apart: of rows that are alike the last counts. 0 if all stay.
    """

    each: str
    row: str
    together: str
    kinds: tuple[str, ...]
    key: int

    def of(self, count: int) -> str:
        """The statement for `count` rows, with `?` for each of their values."""
        return self.each.replace(self.row, ", ".join([self.row] * count), 1)


_ARRAYS = {"integer": "bigint[]", "real": "double precision[]", "text": "text[]", "blob": "bytea[]"}


def insert(table: str, columns: Mapping[str, str], *, key: int = 0, kept: int = 0) -> Put:
    """Make the way to put rows into a table: new ones, or in place of what is there with the same key.

    Args:
        table: The table.
        columns: Name to kind, those of the key first.
        key: How many columns are the table's key; 0 if rows are only added.
        kept: How many columns, those after the key, never change once a row is there: what is not written need not be
            looked up in the indexes that hold it.

    Example:
        >>> insert("origin", {"run": "integer", "first_time": "integer"}).each
        'insert into origin (run, first_time) values (?, ?)'
    """
    names = list(columns)
    into = f"insert into {table} ({', '.join(names)})"
    then = ""
    if key:
        changes = ", ".join(f"{name} = excluded.{name}" for name in names[key + kept :])
        then = f" on conflict ({', '.join(names[:key])}) do update set {changes}"
    row = f"({', '.join('?' * len(names))})"
    return Put(
        each=f"{into} values {row}{then}",
        row=row,
        together=f"{into} select * from {arrays(columns.values())}{then}",
        kinds=tuple(columns.values()),
        key=key,
    )


def arrays(kinds: Iterable[str]) -> str:
    """Write rows that come as one array a column as what a statement selects from."""
    return f"unnest({', '.join(f'?::{_ARRAYS[kind]}' for kind in kinds)})"


class Pile:
    """Rows that wait to be written, a heap for each statement."""

    def __init__(self) -> None:
        self._heaps: dict[Put, dict[Any, Values]] = {}
        self._count = 0

    def __bool__(self) -> bool:
        return bool(self._heaps)

    def add(self, put: Put, row: Values) -> None:
        """Add a row."""
        heap = self._heaps.get(put)
        if heap is None:
            heap = self._heaps[put] = {}
        if put.key:
            heap[row[: put.key]] = row
        else:
            self._count += 1
            heap[self._count] = row

    def take(self) -> list[tuple[Put, list[Values]]]:
        """Take all rows: each table's, in the order in which they came."""
        heaps, self._heaps = self._heaps, {}
        return [(put, list(heap.values())) for put, heap in heaps.items()]

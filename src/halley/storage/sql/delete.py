"""Deleting the rows of a run slice by slice, so that whoever else writes gets a turn in between."""

from typing import NamedTuple

from halley.storage.sql.link import Link


class Rows(NamedTuple):
    """A table with rows of runs.

    Attributes:
        table: Its name.
        key: What tells the rows of a run apart, one column or several.
        per_slice: How many rows are a slice.
    """

    table: str
    key: str
    per_slice: int


def delete_slice(link: Link, run: int, tables: tuple[Rows, ...]) -> bool:
    """Delete rows of a run, in the order of the tables, until a slice is full; say whether there may be more."""
    link.lock(run)
    room = 1.0
    for table, key, per_slice in tables:
        limit = max(1, int(room * per_slice))
        deleted = link.run(
            f"delete from {table} where run = ? and ({key}) in (select {key} from {table} where run = ? limit {limit})",
            (run, run),
        ).rowcount
        link.deleted_rows += deleted
        if deleted == limit:
            return True
        room -= deleted / per_slice
    return False

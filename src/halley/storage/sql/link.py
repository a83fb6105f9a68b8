"""One connection to the database: static SQL straight to the driver, questions that vary through SQLAlchemy Core."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Executable, Row

from halley.storage.sql.dialect import Dialect


class Cursor(Protocol):
    """What a driver's cursor gives back."""

    @property
    def rowcount(self) -> int:
        """How many rows a statement changed."""
        ...

    def fetchone(self) -> Any:
        """The next row, or None."""
        ...

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        ...

    def __iter__(self) -> Any: ...


class Link:
    """A connection. Not thread-safe: it belongs to whoever took it.

    SQL text has `?` for values, whatever the database; the dialect translates.
    """

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        self._connection = connection
        self.dialect = dialect
        self._driver: Any = connection.connection.dbapi_connection
        self.has_deleted = False
        """Whether many rows were deleted, so that there may be space to give back."""

    def run(self, sql: str, values: Sequence[Any] = ()) -> Cursor:
        """Run one statement."""
        cursor: Cursor = self._driver.execute(self.dialect.translate(sql), values)
        return cursor

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for every row of values."""
        self._driver.executemany(self.dialect.translate(sql), rows)

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a question."""
        return self.run(sql, values).fetchall()

    def row(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first row of a question, or None."""
        rows = self.run(sql, values).fetchall()
        return rows[0] if rows else None

    def value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first value of the first row, or None."""
        row = self.row(sql, values)
        return None if row is None else row[0]

    def ask(self, statement: Executable) -> Sequence[Row[Any]]:
        """All rows of a question built with SQLAlchemy Core."""
        return self._connection.execute(statement).fetchall()

    @property
    def is_in_transaction(self) -> bool:
        """Whether the database still holds our transaction open; it drops it by itself when a disk is full."""
        return self.dialect.is_in_transaction(self._driver)

    def give_back_space(self) -> bool:
        """Return a slice of the space that deletes left to the file system; say whether there is more."""
        return self.dialect.give_back_space(self._driver)

    def roll_back(self) -> None:
        """Leave the transaction, if there still is one."""
        if self.is_in_transaction:
            self.run("ROLLBACK")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def in_list(ids: Iterable[int]) -> str:
    """Write integers as the list after `in`; there may be more of them than a statement may have values."""
    return "(" + ",".join(map(str, map(int, ids))) + ")"

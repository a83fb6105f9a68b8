"""One connection to the database: SQL straight to the driver."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Protocol

from halley.errors import StorageLocked
from halley.storage.sql.dialect import Dialect
from halley.storage.sql.put import Pile, Put, Values

PLACES, NAMES, SCHEMA, ASSETS = -1, -2, -3, -4
"""Locks of what no single run owns: places and the list of experiments, names of metrics, the schema, which blobs
assets may have."""

PROJECTS = -1_000
"""The lock of a project's list of metrics is this less its number."""


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

    **Locks.** Where other processes write to the database too, a transaction locks every run (by its number), and what
    is shared by runs (by `PLACES` or `NAMES`), before it reads what it will change. It never waits for a lock while it
    holds others: then two writers could wait for each other. If another process has the lock, `StorageLocked` ends the
    job; the writer commits the jobs before it, waits with empty hands, and runs the job again.

    **Jobs.** A transaction runs many jobs, each of which may fail alone. What a job only puts (`put`) is kept back
    until somebody asks something, or until the commit; a job that asks nothing needs no savepoint either.

    Args:
        dialect: The database.
        is_reader: Whether it only reads.

    Raises:
        StorageError: the database cannot be opened.
    """

    def __init__(self, dialect: Dialect, *, is_reader: bool) -> None:
        self.dialect = dialect
        self._is_reader = is_reader
        self._connect()
        self._held: set[int] = set()
        self._held_at_save: set[int] = set()
        self._put: list[tuple[Put, Values]] = []  # by the job that runs
        self._pile = Pile()  # by those before it
        self._is_in_job = self._is_saved = False
        self.is_spoilt = False
        """Whether what earlier jobs put could not be written, so that no single job can be rolled back."""
        self.transaction = 0
        """Counts transactions."""
        self.deleted_rows = 0
        """How many rows were deleted since space was given back."""

    def _connect(self) -> None:
        self._connection = self.dialect.connect(is_reader=self._is_reader)
        self._driver: Any = self._connection.connection.dbapi_connection

    # transactions

    def begin_write(self, keys: Iterable[int] = ()) -> None:
        """Begin a transaction, and wait for locks in it. A connection that was lost meanwhile is opened anew.

        Raises:
            StorageError: the database cannot be reached.
        """
        self._drop()
        if self.is_lost:
            self.renew()
        try:
            self.run(self.dialect.begin_write)
        except Exception:
            if not self.is_lost:  # it was lost without our knowing: nothing was begun, so beginning again is safe
                raise
            self.renew()
            self.run(self.dialect.begin_write)
        self.transaction += 1
        self._held = set()
        for key in sorted(keys):  # everybody who waits does so in this order, so nobody waits in a ring
            self.dialect.lock(self._driver, key, waits=True)
            self._held.add(key)

    def begin_job(self) -> None:
        """What follows can be rolled back alone, until the job is kept."""
        self._is_in_job, self._is_saved = True, False

    def keep_job(self) -> None:
        """The job is done, and is committed with the others."""
        for put, row in self._put:
            self._pile.add(put, row)
        self._end_job()

    def roll_back_job(self) -> None:
        """Undo everything since `begin_job`."""
        if self._is_saved:
            self._driver.execute("ROLLBACK TO job")
            self._held = self._held_at_save
        self._end_job()

    def _end_job(self) -> None:
        self._put.clear()
        self._is_in_job = False
        if self._is_saved:
            self._driver.execute("RELEASE job")

    def commit(self) -> None:
        """Write what was put, and commit."""
        self.dialect.write(self._driver, self._pile.take(), commits=True)

    def _drop(self) -> None:
        """Forget a transaction that is no more."""
        self._put.clear()
        self._pile = Pile()
        self._is_in_job = self._is_saved = self.is_spoilt = False

    def lock(self, key: int) -> bool:
        """Keep other processes from a run, or from what runs share, until the transaction ends.

        Returns:
            Whether it is locked only now: another process may have changed what was read of it before.

        Raises:
            StorageLocked: another process has it.
        """
        is_new = self._is_free(key)
        if not self.try_lock(key):
            raise StorageLocked(
                f"Another server is writing what this one needs, in {self.dialect.place}.",
                hint="Try again.",
                key=key,
            )
        return is_new

    def try_lock(self, key: int) -> bool:
        """Lock as `lock` does; say whether that was possible."""
        if self._is_free(key):
            if not self.dialect.lock(self._driver, key, waits=False):
                return False
            self._held.add(key)
        return True

    def _is_free(self, key: int) -> bool:
        return self.dialect.is_shared and not self._is_reader and key not in self._held

    def lock_together(self, keys: Sequence[int], sql: str, values: Sequence[Any]) -> tuple[set[int], list[Any]]:
        """Try to lock many keys, then ask about them, in one go; only where the database is shared.

        Args:
            keys: What to lock.
            sql: The question; its first value is the array of the keys.
            values: Its other values.

        Returns:
            Those that are locked now, and the answer.
        """
        locked, rows = self.dialect.lock_together(self._driver, keys, sql, values)
        self._held |= locked
        return locked, rows

    # statements

    def put(self, put: Put, row: Values) -> None:
        """Put a row into a table, at the latest before the next question."""
        self._put.append((put, row))

    def _settle(self) -> None:
        """Before a job's statement: write what jobs before it put, mark where it began, write what it put itself."""
        if not self._is_saved:
            if self._pile:
                self.is_spoilt = True
                self.dialect.write(self._driver, self._pile.take())
                self.is_spoilt = False
            self._driver.execute("SAVEPOINT job")
            self._is_saved = True
            self._held_at_save = set(self._held)
        if self._put:
            own = Pile()
            for put, row in self._put:
                own.add(put, row)
            self._put.clear()
            self.dialect.write(self._driver, own.take())

    def run(self, sql: str, values: Sequence[Any] = ()) -> Cursor:
        """Run one statement."""
        if self._is_in_job:
            self._settle()
        cursor: Cursor = self._driver.execute(self.dialect.translate(sql), values)
        return cursor

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for every row of values."""
        if len(rows) == 1:  # a pipeline for one row costs more than it gains
            self.run(sql, rows[0])
        else:
            if self._is_in_job:
                self._settle()
            self._driver.cursor().executemany(self.dialect.translate(sql), rows)

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

    @property
    def is_in_transaction(self) -> bool:
        """Whether the database still holds our transaction open; it drops it by itself when a disk is full."""
        return self.dialect.is_in_transaction(self._driver)

    @property
    def is_lost(self) -> bool:
        """Whether the connection is gone for good."""
        return self.dialect.is_lost(self._driver)

    def renew(self) -> None:
        """Open the connection anew.

        Raises:
            StorageError: the database cannot be reached.
        """
        with suppress(Exception):  # it is lost: closing it may say so once more
            self._connection.close()
        self._connect()

    def announce(self, text: str) -> None:
        """Tell the other processes, once the transaction is committed."""
        if self._is_in_job:
            self._settle()
        self.dialect.announce(self._driver, text)

    def give_back_space(self) -> None:
        """Return a slice of the space that deletes left to the file system; `deleted_rows` is 0 if that was all."""
        if not self.dialect.give_back_space(self._driver, self.deleted_rows):
            self.deleted_rows = 0

    def keep_log_short(self) -> None:
        """See that what is only there for recovery does not grow without end; between two transactions."""
        self.dialect.keep_log_short(self._driver)

    def roll_back(self) -> None:
        """Leave the transaction, if there still is one."""
        self._drop()
        if self.is_in_transaction:
            self.run("ROLLBACK")

    def close(self) -> None:
        """Close the connection. One that is lost may say so once more, which is no news."""
        try:
            self._connection.close()
        except Exception:
            if not self.is_lost:
                raise


def in_list(ids: Iterable[int]) -> str:
    """Write integers as the list after `in`; there may be more of them than a statement may have values."""
    return "(" + (",".join(map(str, map(int, ids))) or "null") + ")"

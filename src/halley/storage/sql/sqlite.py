"""SQLite: what differs from PostgreSQL. One file, written by one process."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine

from halley.errors import StorageDamaged, StorageError
from halley.storage.sql.put import Put, Values

PAGE_BYTES = 8192
LOG_BYTES = 64 * 2**20
"""How long the write-ahead log may be before the writer waits for readers to let it begin anew."""
_LOG_SECONDS = 2.0
_LOG_PATIENCE_MS = 200
_APPLICATION_ID = 0x48414C59
_VACUUM_PAGES = 250
_FREE_PAGES = 1_000
_FREE_SHARE = 0.1
_BUSY_SECONDS = 30.0
_PATH_BYTES = 500
"""SQLite takes no path that is longer."""
_ROWS_AT_ONCE = (128, 32, 8, 2)
"""How many rows a statement puts: a few numbers, so that a few statements are prepared."""


class Sqlite:
    """SQLite: one file, write-ahead log, every commit synced.

    Measured: pages of 8 KiB are best, memory mapping costs memory and gains nothing.

    Args:
        path: The database file.
    """

    name = "sqlite"
    is_shared = False
    begin_write = "BEGIN IMMEDIATE"
    begin_read = "BEGIN"
    schema_words = {  # noqa: RUF012 - a constant; the protocol reads it as a property
        "identity": "integer primary key autoincrement",
        "integer": "integer",
        "real": "real",
        "text": "text",
        "blob": "blob",
        "boolean": "integer",
        "clustered": "without rowid",
    }

    def __init__(self, path: Path) -> None:
        self._path = path
        self.place = str(path)
        self._file: tuple[int, int] | None = None
        self._statements: dict[tuple[Put, int], str] = {}
        self._longest_log = LOG_BYTES
        self._log_checked_at = 0.0
        self._engine: Engine = create_engine(
            "sqlite://", creator=self._open, poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )

    def _open(self) -> sqlite3.Connection:
        if self._is_gone():
            raise StorageError(
                f"{self._path} was deleted, moved or replaced while the server ran, so nothing is kept any more.",
                hint="Stop the server, put the data folder back, from a copy if need be, and start it again: "
                "senders keep what was not acknowledged.",
            )
        driver = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS, cached_statements=256
        )
        try:
            for pragma in (
                f"page_size={PAGE_BYTES}",
                "auto_vacuum=incremental",
                "journal_mode=wal",
                "synchronous=full",
                "mmap_size=0",
                "cache_size=-16384",
                "temp_store=memory",
                f"journal_size_limit={LOG_BYTES}",
            ):
                driver.execute(f"pragma {pragma}").fetchall()
            self._recognise(driver)
        except BaseException:
            driver.close()
            raise
        self._file = self._file or self._find_file()
        return driver

    def _find_file(self) -> tuple[int, int] | None:
        with suppress(OSError):
            found = self._path.stat()
            return found.st_dev, found.st_ino
        return None

    def _is_gone(self) -> bool:
        """Whether the path leads to another file than at first, or to none: what is written would be lost."""
        return self._file is not None and self._find_file() != self._file

    def _recognise(self, driver: sqlite3.Connection) -> None:
        (owner,) = driver.execute("pragma application_id").fetchone()
        if owner == _APPLICATION_ID:
            return
        (tables,) = driver.execute("select count(*) from sqlite_master").fetchone()
        if owner or tables:
            raise StorageError(
                f"{self._path} is the database of another program.", hint="Choose another data folder for Halley."
            )
        driver.execute(f"pragma application_id={_APPLICATION_ID}")

    def connect(self, *, is_reader: bool) -> Connection:
        """See `Dialect.connect`."""
        try:
            connection = self._engine.connect()
        except sqlite3.Error as error:
            raise self._explain(error) from error
        except Exception as error:
            cause = getattr(error, "orig", None)
            if isinstance(cause, sqlite3.Error):
                raise self._explain(cause) from error
            raise
        connection.exec_driver_sql("pragma query_only=on" if is_reader else "pragma cache_size=-65536")
        return connection

    def translate(self, sql: str) -> str:
        """See `Dialect.translate`."""
        return sql

    def is_in_transaction(self, driver: Any) -> bool:
        """See `Dialect.is_in_transaction`."""
        return bool(driver.in_transaction)

    def is_lost(self, driver: Any) -> bool:
        """See `Dialect.is_lost`."""
        try:
            driver.in_transaction  # noqa: B018 - asks a connection whether it is open
        except sqlite3.ProgrammingError:
            return True
        return self._is_gone()

    def lock(self, driver: Any, key: int, *, waits: bool) -> bool:  # noqa: ARG002 - `BEGIN IMMEDIATE` has locked all
        """See `Dialect.lock`."""
        return True

    def lock_together(
        self, driver: Any, keys: Sequence[int], sql: str, values: Sequence[Any]
    ) -> tuple[set[int], list[Any]]:
        """See `Dialect.lock_together`: this database is never shared."""
        raise NotImplementedError

    def write(self, driver: Any, heaps: Iterable[tuple[Put, Sequence[Values]]], *, commits: bool = False) -> None:
        """See `Dialect.write`.

        Every statement lets go of Python's lock and has to get it back, which takes longer than the statement where
        other threads want it too: so few statements with many rows each.
        """
        for put, rows in heaps:
            done = 0
            for count in _ROWS_AT_ONCE if put.row else ():
                while len(rows) - done >= count:
                    values = list(chain.from_iterable(rows[done : done + count]))
                    driver.execute(self._statement(put, count), values)
                    done += count
            if done < len(rows):
                driver.executemany(put.each, rows[done:])
        if commits:
            driver.execute("COMMIT")

    def _statement(self, put: Put, count: int) -> str:
        statement = self._statements.get((put, count))
        if statement is None:
            statement = self._statements[put, count] = put.of(count)
        return statement

    def announce(self, driver: Any, text: str) -> None:
        """See `Dialect.announce`: the folder's lock keeps other processes out, so there is nobody to tell."""

    def listen(self, on_text: Callable[[str | None], None]) -> Callable[[], None]:  # noqa: ARG002 - nobody speaks
        """See `Dialect.listen`."""
        return lambda: None

    def contains(self, column: str) -> str:
        """See `Dialect.contains`."""
        return f"instr({column}, ?) > 0"

    def explain(self, error: BaseException) -> StorageError | None:
        """See `Dialect.explain`."""
        cause = getattr(error, "orig", error)
        return self._explain(cause) if isinstance(cause, sqlite3.Error) else None

    def is_about_values(self, error: BaseException) -> bool:
        """See `Dialect.is_about_values`. Python itself refuses integers of more than 64 bits and lone surrogates."""
        return isinstance(error, (sqlite3.DataError, sqlite3.IntegrityError, ValueError, OverflowError))

    def _explain(self, error: sqlite3.Error) -> StorageError:
        code = getattr(error, "sqlite_errorname", "") or ""
        if code == "SQLITE_FULL" or "disk is full" in str(error):
            return StorageError(
                f"The disk that holds {self._path} is full, so this was not written.",
                hint="Free some space; what was written before is safe, and senders try again by themselves.",
            )
        if code.startswith("SQLITE_NOTADB"):
            return StorageError(
                f"{self._path} is not a database, or its beginning is damaged.",
                hint="Restore it from a copy, or choose another data folder.",
            )
        if code.startswith("SQLITE_CORRUPT"):
            return StorageDamaged(
                f"{self._path} is damaged: {error}.",
                hint="Stop the server and restore it from a copy. Without one, the guide `What happens when something "
                "breaks` says how to save what can still be read.",
            )
        if code.startswith("SQLITE_IOERR"):
            return StorageError(
                f"The disk that holds {self._path} fails: {error}.",
                hint="See the machine's log (dmesg); nothing of this was kept, and senders try again by themselves.",
            )
        if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return StorageError(
                f"Another program has been writing to {self._path} for {_BUSY_SECONDS:g} s, so this was not written.",
                hint="Close it; senders try again by themselves.",
            )
        if code.startswith("SQLITE_CANTOPEN") and len(os.fsencode(self._path.absolute())) > _PATH_BYTES:
            return StorageError(
                f"{self._path} cannot be opened: SQLite takes no path of more than {_PATH_BYTES} bytes.",
                hint="Choose a data folder with a shorter path, with --data.",
            )
        if code.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")):
            return StorageError(
                f"{self._path} cannot be opened for writing: {error}.",
                hint="Make the file and its folder writable for this user, or choose another data folder.",
            )
        return StorageError(
            f"The database {self._path} refused: {error}.", hint="What was written before is safe; see the server log."
        )

    def give_back_space(self, driver: Any, rows: int) -> bool:  # noqa: ARG002 - the file knows how much is free
        """See `Dialect.give_back_space`. Some space is kept for what will be written next."""
        (free,) = driver.execute("pragma freelist_count").fetchone()
        (pages,) = driver.execute("pragma page_count").fetchone()
        if free <= max(_FREE_PAGES, pages * _FREE_SHARE):
            driver.execute("pragma wal_checkpoint(passive)").fetchall()  # the file is cut off by a checkpoint
            return False
        # As a script, which runs to its end: each step gives back one page, and a cursor takes the first step only.
        driver.executescript(f"pragma incremental_vacuum({_VACUUM_PAGES})")
        return True

    def keep_log_short(self, driver: Any) -> None:
        """See `Dialect.keep_log_short`.

        SQLite begins its log anew when no snapshot needs it, which never comes to be if there always is one. So once
        the log is long, the writer waits a moment for those that are open; new ones do not get in its way. If one of
        them stays open, it tries again when the log is a quarter longer.
        """
        now = time.monotonic()
        if now < self._log_checked_at + _LOG_SECONDS:
            return
        self._log_checked_at = now
        if self._log_bytes() <= self._longest_log:
            return
        driver.execute(f"pragma busy_timeout={_LOG_PATIENCE_MS}")
        try:
            (is_busy, _, _) = driver.execute("pragma wal_checkpoint(truncate)").fetchone()
        finally:
            driver.execute(f"pragma busy_timeout={round(_BUSY_SECONDS * 1_000)}")
        self._longest_log = self._log_bytes() * 5 // 4 if is_busy else LOG_BYTES

    def _log_bytes(self) -> int:
        with suppress(OSError):
            return self._path.with_name(f"{self._path.name}-wal").stat().st_size
        return 0

    def close(self) -> None:
        """See `Dialect.close`."""
        self._engine.dispose()

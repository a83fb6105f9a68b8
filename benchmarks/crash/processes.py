"""What is killed: `halley server` as a process, and the database behind it."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Protocol

from benchmarks.crash.model import expect

ROOT = Path(__file__).resolve().parents[2]
_OPTIONS = ("--port", "0", "--lost-after-seconds", "3600")
_ORPHANS = "select count(*) from {table} where run not in (select run from experiment)"
_WAITING = "select count(*) from deleted_run"
_TABLES = ("chunk", "clock", "fact", "heritage", "journal", "origin", "output_chunk", "output_line", "output_writer",
           "series", "stretch", "tag", "writer")  # fmt: skip


class Server:
    """A `halley server`; ready when made.

    Args:
        place: Options that say where its data is.
        home: A folder for its log.
    """

    def __init__(self, place: list[str], home: Path) -> None:
        self._log = (home / "server.log").open("a+")
        began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "halley.cli.main", "server", *_OPTIONS, *place],
            stdout=subprocess.PIPE, stderr=self._log, text=True, cwd=ROOT,
            env={**os.environ, "HALLEY_HOME": str(home)},
        )  # fmt: skip
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        found = re.match(r"Halley is at (http://\S+) ", said)
        expect(found, "the server does not start:", said, (home / "server.log").read_text()[-2_000:])
        assert found is not None
        self.url = found[1]
        self.start_seconds = time.monotonic() - began

    def kill(self) -> None:
        """End without a word."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End in good order."""
        self._end(signal.SIGTERM)
        expect(self.process.returncode == 0, "the server ends with", self.process.returncode)

    def _end(self, number: int) -> None:
        self.process.send_signal(number)
        self.process.wait(60)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._log.close()


class Place(Protocol):
    """A database to crash."""

    name: str
    options: list[str]
    modes: tuple[str, ...]
    """What is killed, in turn: `server`, `one of two servers`, `database`, `server and database`."""

    def kill(self) -> None:
        """End the database without a word, and start it anew."""

    def count_waiting(self) -> int:
        """How many deleted runs are not erased yet."""

    def verify(self) -> str:
        """Let the database check itself; say how."""

    def close(self) -> None:
        """Leave nothing behind."""


class SqliteFolder:
    """A data folder."""

    name = "SQLite"
    modes = ("server",)

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="halley-crash-")
        self._path = Path(self._folder.name) / "data"
        self.options = ["--data", str(self._path)]
        self.version = sqlite3.sqlite_version

    def kill(self) -> None:
        """See `Place.kill`: SQLite has no process."""

    def count_waiting(self) -> int:
        """See `Place.count_waiting`."""
        link = sqlite3.connect(self._path / "halley.db")
        try:
            (waiting,) = link.execute(_WAITING).fetchone()
        finally:
            link.close()
        return int(waiting)

    def verify(self) -> str:
        """See `Place.verify`."""
        link = sqlite3.connect(self._path / "halley.db")
        try:
            said = [row[0] for row in link.execute("pragma integrity_check")]
            expect(said == ["ok"], "pragma integrity_check says", said[:5])
            for table in _TABLES:
                (orphans,) = link.execute(_ORPHANS.format(table=table)).fetchone()
                expect(orphans == 0, orphans, "rows of deleted runs in", table)
        finally:
            link.close()
        size = (self._path / "halley.db").stat().st_size
        return f"`pragma integrity_check`: ok; no row of a deleted run; {size / 2**20:.0f} MiB"

    def close(self) -> None:
        """See `Place.close`."""
        self._folder.cleanup()


class PostgresqlCluster:
    """A PostgreSQL server of its own, with fsync."""

    name = "PostgreSQL"
    modes = ("server", "server", "one of two servers", "server", "database", "server", "server", "one of two servers",
             "server", "server and database")  # fmt: skip

    def __init__(self) -> None:
        from tests.databases import Cluster, Databases

        self._cluster = Cluster(is_durable=True)
        self._databases = Databases(self._cluster.url, self._cluster.close)
        self._url = self._databases.make()
        self.options = ["--database", self._url]
        self.version = str(self._databases.run("show server_version")[0][0])

    def kill(self) -> None:
        """See `Place.kill`."""
        self._cluster.kill()
        self._cluster.start()

    def count_waiting(self) -> int:
        """See `Place.count_waiting`."""
        return int(self._databases.run(_WAITING, self._url)[0][0])

    def verify(self) -> str:
        """See `Place.verify`."""
        run = self._databases.run
        run("create extension if not exists amcheck", self._url)
        checked = run(
            "select count(bt_index_check(c.oid, true)) from pg_class c join pg_namespace n on n.oid = relnamespace"
            " join pg_am a on a.oid = relam where amname = 'btree' and nspname = 'public'",
            self._url,
        )
        corrupt = run(
            "select relname from pg_class c join pg_namespace n on n.oid = relnamespace, lateral verify_heapam(c.oid)"
            " where relkind = 'r' and nspname = 'public'",
            self._url,
        )
        expect(not corrupt, "verify_heapam finds", corrupt)
        for table in _TABLES:
            ((orphans,),) = run(_ORPHANS.format(table=table), self._url)
            expect(orphans == 0, orphans, "rows of deleted runs in", table)
        return f"`amcheck` of {checked[0][0]} indexes and every table: ok; no row of a deleted run"

    def close(self) -> None:
        """See `Place.close`."""
        self._databases.close()

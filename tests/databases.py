"""A throw-away PostgreSQL for tests: its own data folder, its own port, gone when the tests are."""

from __future__ import annotations

import ctypes
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psutil
import psycopg
from psycopg import sql

_INITDB = ("-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync")
PASSWORD = "p@ss:w/rd%1"
WAIT_SECONDS = 60.0

_names = itertools.count()


def find_binaries() -> Path | None:
    """The folder of PostgreSQL's programs: Debian keeps those of a server off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: -float(path.parts[-3]))
    on_path = shutil.which("initdb")
    if on_path is not None:
        found.append(Path(on_path).resolve())
    return found[0].parent if found else None


def _nobody() -> dict[str, object]:
    """Whom PostgreSQL runs as: not root, because it refuses."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}
    raise RuntimeError("There is neither a user postgres nor nobody: PostgreSQL does not run as root.")


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # whatever happens to the tests


class Cluster:
    """A PostgreSQL server.

    Args:
        is_durable: Whether commits reach the disk; for tests of what a crash leaves.
    """

    def __init__(self, *, is_durable: bool = False) -> None:
        binaries = find_binaries()
        if binaries is None:
            raise RuntimeError("The tests need PostgreSQL: apt install postgresql, or set HALLEY_TEST_DATABASE.")
        self._binaries = binaries
        self._as = _nobody()
        self._folder = Path(tempfile.mkdtemp(prefix="halley-postgresql-"))
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._make(is_durable=is_durable)
            self.start()
        except BaseException:
            self.close()
            raise

    def _make(self, *, is_durable: bool) -> None:
        password = self._folder / "password"
        password.write_text(PASSWORD)
        if self._as:
            for path in (self._folder, password):
                os.chown(path, int(str(self._as["user"])), int(str(self._as["group"])))
        subprocess.run(
            [self._binaries / "initdb", "-D", self._folder / "data", "-U", "halley", "--pwfile", password, *_INITDB],
            check=True,
            capture_output=True,
            cwd=self._folder,
            timeout=WAIT_SECONDS,
            **self._as,
        )
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        with (self._folder / "data" / "postgresql.conf").open("a") as conf:
            conf.write(
                f"listen_addresses = '127.0.0.1'\nport = {self.port}\nunix_socket_directories = ''\n"
                "shared_buffers = 64MB\nmax_wal_size = 512MB\nlogging_collector = off\nmax_connections = 200\n"
            )
            if not is_durable:
                conf.write("fsync = off\nfull_page_writes = off\nautovacuum_naptime = 5s\n")

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self._folder / "data"

    @property
    def url(self) -> str:
        """The URL of the database that is always there."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """The URL of a database."""
        return f"postgresql://halley:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        log = (self._folder / "log").open("ab")
        self._process = subprocess.Popen(
            [self._binaries / "postgres", "-D", self._folder / "data"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=self._folder,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            **self._as,
        )
        log.close()
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=5).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise RuntimeError((self._folder / "log").read_text()) from None
                time.sleep(0.02)
            else:
                return

    def stop(self, number: int = signal.SIGINT) -> None:
        """Stop: SIGINT cuts connections off in good order, SIGQUIT does not tidy up, as after a crash."""
        if self._process is not None:
            self._process.send_signal(number)
            try:
                self._process.wait(WAIT_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def kill(self) -> None:
        """Kill -9 of every process of it."""
        process = self._process
        assert process is not None
        main = psutil.Process(process.pid)
        every = [main, *main.children(recursive=True)]  # the first one first: it would tidy up after the others
        for one in every:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        process.wait(WAIT_SECONDS)
        psutil.wait_procs(every, timeout=WAIT_SECONDS)
        self._process = None

    def close(self) -> None:
        """Stop, and leave nothing behind."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)


class Databases:
    """Databases to test with, in a server.

    Args:
        url: A user who may make databases.
        close: What ends the server.
    """

    def __init__(self, url: str, close: Callable[[], None]) -> None:
        self._url = url
        self._made: list[str] = []
        self._end = close

    def run(self, statement: sql.Composable | str, url: str | None = None) -> list[tuple[object, ...]]:
        """Run a statement."""
        with psycopg.connect(url or self._url, autocommit=True) as link:
            cursor = link.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def make(self) -> str:
        """Make an empty database; return its URL."""
        name = f"halley_test_{os.getpid()}_{next(_names)}"
        self.run(sql.SQL("create database {} template template0 encoding 'UTF8'").format(sql.Identifier(name)))
        self._made.append(name)
        return self.url_of(name)

    def url_of(self, name: str) -> str:
        """The URL of a database of this name."""
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{name}"))

    def empty(self, url: str) -> None:
        """Empty all tables of a database that Halley made."""
        tables = self.run("select tablename from pg_tables where schemaname = 'public' order by 1", url)
        names = sql.SQL(", ").join(sql.Identifier(str(name)) for (name,) in tables if name != "halley_schema")
        if tables:
            self.run(sql.SQL("truncate {} restart identity").format(names), url)

    def close(self) -> None:
        """Drop what was made, end the server."""
        try:
            for name in self._made:
                self.run(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        finally:
            self._end()


def open_databases(given: str | None) -> Databases:
    """Databases in the server that is given by HALLEY_TEST_DATABASE, or in one that is started for it."""
    if given:
        return Databases(given, lambda: None)
    cluster = Cluster()
    return Databases(cluster.url, cluster.close)

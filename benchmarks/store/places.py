"""Where it is measured: databases of both kinds, fresh for every set of rows, and real servers over them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

import psutil
from tests.databases import Cluster, Databases

from halley.storage.open import DATABASE_FILE, open_storage
from halley.storage.sql.store import SqlStorage

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[2]


class Cost(NamedTuple):
    """What something cost, in seconds: CPU of this process, CPU of the database's processes, time."""

    cpu: float
    database_cpu: float
    wall: float


class Place(Protocol):
    """A database."""

    name: str
    folder: Path
    """Where its files are."""

    def open(self) -> SqlStorage:
        """Open it as a store."""
        ...

    def environment(self) -> dict[str, str]:
        """The settings that let a server use it."""
        ...

    def size(self) -> int:
        """Bytes of it on disk, without what is only there for recovery."""
        ...

    def log_size(self) -> int:
        """Bytes of its write-ahead log."""
        ...

    def cpu(self) -> float:
        """CPU seconds of its processes so far."""
        ...

    def forget(self) -> bool:
        """Let the operating system forget what it has cached of it; say whether that is possible."""
        ...

    def remove(self) -> None:
        """Remove it from the disk."""
        ...


class SqlitePlace:
    """A data folder."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> SqlStorage:
        return open_storage(self.folder)

    def environment(self) -> dict[str, str]:
        return {"HALLEY_DATA": str(self.folder)}

    def size(self) -> int:
        return (self.folder / DATABASE_FILE).stat().st_size

    def log_size(self) -> int:
        log = self.folder / f"{DATABASE_FILE}-wal"
        return log.stat().st_size if log.exists() else 0

    def cpu(self) -> float:
        return 0.0

    def forget(self) -> bool:
        os.sync()
        for path in self.folder.iterdir():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return True

    def remove(self) -> None:
        shutil.rmtree(self.folder)


class PostgresqlPlace:
    """A database in a PostgreSQL of our own, whose commits are durable."""

    name = "PostgreSQL"

    def __init__(self, folder: Path, cluster: Cluster, databases: Databases) -> None:
        self.folder = folder
        self.url = databases.make()
        self._databases = databases
        self._root = _find_postmaster(cluster)

    def open(self) -> SqlStorage:
        return open_storage(self.url)

    def environment(self) -> dict[str, str]:
        return {"HALLEY_DATABASE": self.url}

    def size(self) -> int:
        return int(str(self._databases.run("select pg_database_size(current_database())", self.url)[0][0]))

    def log_size(self) -> int:
        return int(str(self._databases.run("select sum(size) from pg_ls_waldir()", self.url)[0][0]))

    def run(self, statement: str) -> None:
        """Run a statement, such as a vacuum."""
        self._databases.run(statement, self.url)

    def cpu(self) -> float:
        times = self._root.cpu_times()
        ended = times.children_user + times.children_system
        return ended + sum(_run_seconds(process.pid) for process in [self._root, *self._root.children(recursive=True)])

    def forget(self) -> bool:
        return False

    def remove(self) -> None:
        name = self.url.rpartition("/")[2]
        self._databases.run(f'drop database "{name}" with (force)')
        shutil.rmtree(self.folder)


def _find_postmaster(cluster: Cluster) -> psutil.Process:
    for link in psutil.net_connections("tcp"):
        if link.status == psutil.CONN_LISTEN and link.laddr.port == cluster.port and link.pid:
            return psutil.Process(link.pid)
    raise RuntimeError("The PostgreSQL that was started is not there.")


def _run_seconds(pid: int) -> float:
    """CPU seconds of a process of one thread, to the microsecond (Linux)."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (OSError, IndexError):
        return 0.0


class Places:
    """Makes places under a folder; starts PostgreSQL when it is first wanted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cluster: Cluster | None = None
        self._databases: Databases | None = None
        self._count = 0

    def make(self, kind: str) -> Place:
        """A fresh place: `sqlite` or `postgresql`."""
        self._count += 1
        folder = self._folder / f"{kind}-{self._count}"
        folder.mkdir(parents=True)
        if kind == "sqlite":
            return SqlitePlace(folder)
        if self._cluster is None or self._databases is None:
            self._cluster = Cluster(is_durable=True)
            self._databases = Databases(self._cluster.url, self._cluster.close)
        return PostgresqlPlace(folder, self._cluster, self._databases)

    def close(self) -> None:
        """End PostgreSQL."""
        if self._databases is not None:
            self._databases.close()


def spend(place: Place, act: Callable[[], T]) -> tuple[Cost, T]:
    """Do something; say what it cost."""
    database_cpu, cpu, wall = place.cpu(), time.process_time(), time.perf_counter()
    result = act()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Cost(cpu, place.cpu() - database_cpu, wall), result


class Server(NamedTuple):
    """A server that runs."""

    port: int
    process: psutil.Process

    def cpu(self) -> float:
        """CPU seconds so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def memory(self) -> float:
        """Resident memory in MB."""
        return float(self.process.memory_info().rss / 1e6)

    def get(self, path: str) -> bytes:
        """Ask it."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/{path}", timeout=60) as reply:
            body: bytes = reply.read()
        return body

    def count(self, path: str) -> int:
        """Ask it for what may be large; return how many bytes came."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/{path}", timeout=60) as reply:
            return sum(map(len, iter(lambda: reply.read(2**18), b"")))


@contextmanager
def serve(place: Place) -> Iterator[Server]:
    """A real server over a place, as `halley server` starts it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "halley.cli.main", "server", "--port", str(port)]
    environment = {**os.environ, **place.environment()}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment, cwd=ROOT)
    server = Server(port, psutil.Process(process.pid))
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                server.get("status")
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit("The server did not start.") from None
                time.sleep(0.02)
        yield server
    finally:
        process.terminate()
        process.wait(60)

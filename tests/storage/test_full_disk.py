"""A full disk: a write that failed says so, what was written stays, and the store goes on when there is space."""

import ctypes
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psycopg
import pytest
from tests.databases import Cluster, find_binaries

from halley.core.metric import MetricId
from halley.errors import StorageError
from halley.storage.open import open_storage
from halley.storage.testing.make import log_values, make_run

SIZE_BYTES = 8 * 2**20
READ_ONLY, REMOUNT = 1, 32


@contextmanager
def a_small_disk(place, size):
    if sys.platform != "linux":
        pytest.skip("mounting a small disk for the test needs Linux")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", os.fsencode(place), b"tmpfs", 0, f"size={size}".encode()) != 0:
        pytest.skip(f"mounting a small disk for the test is not allowed: {os.strerror(ctypes.get_errno())}")
    try:
        yield place
    finally:
        libc.umount2(os.fsencode(place), 2)


@pytest.fixture
def small_disk(tmp_path):
    place = tmp_path / "small"
    place.mkdir()
    with a_small_disk(place, SIZE_BYTES):
        yield place


@pytest.fixture
def open_disk():
    """A small disk in a place that other users reach."""
    place = Path(tempfile.mkdtemp(prefix="halley-small-"))
    try:
        with a_small_disk(place, 4 * SIZE_BYTES):
            place.chmod(0o755)
            yield place
    finally:
        place.rmdir()


def test_a_full_disk(small_disk):
    noise = np.random.default_rng(1)
    metric = MetricId("x")
    storage = open_storage(small_disk / "data")
    run = make_run(storage)
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * (SIZE_BYTES // 2))
    log_values(storage, run, metric, noise.random(20_000))
    count = 20_000
    for _ in range(200):
        try:
            log_values(storage, run, metric, noise.random(20_000), first=count)
        except StorageError:
            break
        count += 20_000
    for _ in range(3):  # and again: the writer is alive and still says so
        with pytest.raises(StorageError, match=r"disk that holds .*halley.db is full.*Free some space"):
            log_values(storage, run, metric, noise.random(20_000), first=count)
    with storage.read() as session:
        assert session.metrics.list_series(run)[0].count == count
    ballast.unlink()
    log_values(storage, run, metric, noise.random(20_000), first=count)
    storage.close()
    storage = open_storage(small_disk / "data")
    with storage.read() as session:
        assert session.metrics.list_series(run)[0].count == count + 20_000
        assert sum(len(piece.step) for piece in session.metrics.export(run, metric)) == count + 20_000
    storage.close()


def test_a_group_that_meets_a_full_disk_fails_together(small_disk):
    """Every future of the group hears of it; none is acknowledged and then gone."""
    noise = np.random.default_rng(1)
    storage = open_storage(small_disk / "data")
    runs = [make_run(storage) for _ in range(40)]
    futures = []
    for run in runs:
        values = noise.random(20_000)
        steps = np.arange(20_000)
        zeros = np.zeros(20_000)

        def job(session, run=run, values=values, steps=steps, zeros=zeros):
            from halley.storage.ports.metrics import PointColumns

            metrics = [MetricId("x")]
            session.metrics.append(run, PointColumns(metrics, zeros.astype(np.uint32), steps, steps, zeros, values))

        futures.append(storage.write(job))
    failed = [run for run, future in zip(runs, futures, strict=True) if future.exception(60) is not None]
    assert failed
    assert all(isinstance(future.exception(), StorageError) for future in futures if future.exception())
    with storage.read() as session:
        kept = [run for run in runs if session.metrics.list_series(run)]
    assert set(kept) == set(runs) - set(failed)
    storage.close()


def test_a_disk_that_takes_no_writes_any_more(small_disk):
    """As Linux does with one that fails: it is mounted again, read-only."""
    libc = ctypes.CDLL(None, use_errno=True)

    def remount(flags):
        assert libc.mount(None, os.fsencode(small_disk), None, REMOUNT | flags, None) == 0

    storage = open_storage(small_disk / "data")
    run = make_run(storage)
    log_values(storage, run, MetricId("x"), [1.0])
    storage.close()
    remount(READ_ONLY)
    with pytest.raises(
        StorageError, match=r"lock cannot be written: Read-only file system\. Make the data folder writ"
    ):
        open_storage(small_disk / "data")
    with pytest.raises(
        StorageError, match=r"data folder .*new cannot be made: Read-only file system\. Choose a folder"
    ):
        open_storage(small_disk / "new")
    remount(0)
    storage = open_storage(small_disk / "data")
    log_values(storage, run, MetricId("x"), [2.0], first=1)
    with storage.read() as session:
        assert session.metrics.list_series(run)[0].count == 2
    storage.close()


FAILING = """
import resource, sys
from pathlib import Path
import numpy as np
from halley.core.metric import MetricId
from halley.errors import StorageError
from halley.storage.open import open_storage
from halley.storage.testing.make import log_values, make_run
storage = open_storage(Path(sys.argv[1]))
run = make_run(storage)
noise = np.random.default_rng(1)
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (4 * 2**20, hard))
count = 0
for turn in range(100):
    try:
        log_values(storage, run, MetricId("x"), noise.random(20_000), first=count)
        count += 20_000
    except StorageError as error:
        print(error)
        break
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
log_values(storage, run, MetricId("x"), noise.random(20_000), first=count)
storage.close()
storage = open_storage(Path(sys.argv[1]))
with storage.read() as session:
    assert sum(len(piece.step) for piece in session.metrics.export(run, MetricId("x"))) == count + 20_000
storage.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_disk_that_fails(tmp_path):
    """Whatever a write fails with that is not a full disk; here the largest size that a file may have."""
    done = subprocess.run(
        [sys.executable, "-c", FAILING, tmp_path / "data"], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"The disk that holds {tmp_path / 'data' / 'halley.db'} fails: disk I/O error. See the machine's log (dmesg); "
        "nothing of this was kept, and senders try again by themselves.\n"
    )


@pytest.mark.skipif(find_binaries() is None, reason="PostgreSQL is not installed here")
def test_a_full_disk_of_postgresql(open_disk):
    """The disk of the tables; what is written ahead is on another."""
    noise = np.random.default_rng(1)
    metric = MetricId("x")
    cluster = Cluster()
    try:
        tables, owner = open_disk / "tables", cluster.data.stat()
        tables.mkdir()
        os.chown(tables, owner.st_uid, owner.st_gid)
        with psycopg.connect(cluster.url, autocommit=True) as link:
            link.execute(f"create tablespace small location '{tables}'")
            link.execute("create database small template template0 tablespace small")
        storage = open_storage(cluster.url_of("small"))
        run = make_run(storage)
        ballast = open_disk / "ballast"
        ballast.write_bytes(b"x" * SIZE_BYTES)
        count = 0
        for _ in range(300):
            try:
                log_values(storage, run, metric, noise.random(20_000), first=count)
            except StorageError:
                break
            count += 20_000
        for _ in range(3):
            with pytest.raises(
                StorageError, match=r"The disk of .*/small is full, so this was not written\. Free some"
            ):
                log_values(storage, run, metric, noise.random(200_000), first=count)
        with storage.read() as session:
            assert session.metrics.list_series(run)[0].count == count
        ballast.unlink()
        log_values(storage, run, metric, noise.random(20_000), first=count)
        with storage.read() as session:
            assert sum(len(piece.step) for piece in session.metrics.export(run, metric)) == count + 20_000
        storage.close()
    finally:
        cluster.close()

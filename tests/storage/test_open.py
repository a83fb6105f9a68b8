"""Opening a data folder: what is wrong with it is said, with the fix."""

import os
import shutil
import sqlite3
import subprocess
import sys

import pytest

from halley.core.metric import MetricId
from halley.errors import StorageError, StorageVersionError
from halley.storage.open import DATABASE_FILE, open_storage
from halley.storage.sql import sqlite
from halley.storage.sql.migrate import list_migrations
from halley.storage.testing.make import log_values, make_run

KNOWN = list_migrations("sqlite")[-1][0]


def test_a_folder_is_made(tmp_path):
    storage = open_storage(tmp_path / "a" / "b")
    assert make_run(storage) == 1
    storage.close()
    assert (tmp_path / "a" / "b" / DATABASE_FILE).exists()


def test_nobody_else_may_read_it(tmp_path):
    """A new folder is private; in one that was there the files are."""
    before = os.umask(0)
    try:
        for folder in (tmp_path / "new", tmp_path):
            open_storage(folder).close()
    finally:
        os.umask(before)
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0
    assert (tmp_path / DATABASE_FILE).stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"data folder .*file/data cannot be made: Not a directory.* --data"):
        open_storage(tmp_path / "file" / "data")


def test_a_second_server_is_told_who_has_it(storage, folder):
    with pytest.raises(StorageError, match=rf"in use by another server \(process {os.getpid()}\)"):
        open_storage(folder)
    make_run(storage)


def test_a_server_that_closed_or_died_leaves_no_lock(folder):
    code = "import sys, os; from halley.storage.open import open_storage; open_storage(sys.argv[1]); os._exit(9)"
    assert subprocess.run([sys.executable, "-c", code, str(folder)], check=False, timeout=60).returncode == 9
    for _ in range(2):
        open_storage(folder).close()


def test_a_file_that_is_no_database(folder):
    folder.mkdir()
    (folder / DATABASE_FILE).write_bytes(b"not a database, but a long enough text " * 100)
    with pytest.raises(StorageError, match=r"halley.db is not a database, or its beginning is damaged\. Restore it"):
        open_storage(folder)
    (folder / DATABASE_FILE).unlink()
    open_storage(folder).close()  # the failed attempt left no lock


def test_the_database_of_another_program(folder):
    folder.mkdir()
    with sqlite3.connect(folder / DATABASE_FILE) as other:
        other.execute("create table theirs (x)")
    other.close()
    with pytest.raises(StorageError, match="another program"):
        open_storage(folder)


def test_a_path_that_is_too_long(tmp_path):
    """For SQLite, or for the file system."""
    longer = tmp_path
    while len(str(longer)) < 520:
        longer /= "a" * 100
    with pytest.raises(StorageError, match=r"SQLite takes no path of more than 500 bytes\. Choose .* --data"):
        open_storage(longer)
    with pytest.raises(StorageError, match=r"cannot be made: File name too long\..* --data"):
        open_storage(tmp_path / ("a" * 300))


def test_another_program_that_holds_the_database(storage, folder, monkeypatch):
    monkeypatch.setattr(sqlite, "_BUSY_SECONDS", 0.1)
    storage.close()
    storage = open_storage(folder)
    other = sqlite3.connect(folder / DATABASE_FILE, isolation_level=None)
    try:
        other.execute("begin immediate")
        with pytest.raises(StorageError, match=r"Another program has been writing to .*halley.db for 0.1 s.*Close it"):
            make_run(storage)
        other.execute("rollback")
        make_run(storage)
    finally:
        other.close()
        storage.close()


GONE = (
    r"halley.db was deleted, moved or replaced while the server ran, so nothing is kept any more\. Stop the server, put"
)


def test_a_folder_that_is_deleted_under_a_running_server(storage, folder):
    """Nothing is acknowledged that goes into a file that nobody will find again."""
    run = make_run(storage)
    with storage.read():
        pass  # its connection waits for the next reader
    shutil.rmtree(folder)
    for _ in range(2):
        with pytest.raises(StorageError, match=GONE):
            log_values(storage, run, MetricId("x"), [1.0])
    with pytest.raises(StorageError, match=GONE), storage.read():
        pass


def test_a_folder_that_is_moved_away_and_back(storage, folder):
    run = make_run(storage)
    folder.rename(folder.with_name("elsewhere"))
    open_storage(folder).close()  # another server makes its own in the meantime
    with pytest.raises(StorageError, match=GONE):
        log_values(storage, run, MetricId("x"), [1.0])
    shutil.rmtree(folder)
    folder.with_name("elsewhere").rename(folder)
    log_values(storage, run, MetricId("x"), [1.0, 2.0])
    with storage.read() as session:
        assert session.metrics.list_series(run)[0].count == 2


def test_a_newer_schema_names_both_versions(folder):
    open_storage(folder).close()
    with sqlite3.connect(folder / DATABASE_FILE) as newer:
        newer.execute("insert into halley_schema values (77)")
    newer.close()
    with pytest.raises(StorageVersionError, match=rf"schema version 77, this Halley knows version {KNOWN}\..*upgrade"):
        open_storage(folder)


def test_importing_is_light():
    """What the server needs at its start: no scientific stack beyond numpy."""
    code = "import sys, halley.storage.open; print([m for m in ('pandas', 'scipy', 'hypothesis') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert found.stdout.strip() == "[]"

"""Opening a data folder: what is wrong with it is said, with the fix."""

import os
import sqlite3
import subprocess
import sys

import pytest

from halley.errors import StorageError, StorageVersionError
from halley.storage.open import DATABASE_FILE, open_storage
from halley.storage.sql.migrate import list_migrations
from halley.storage.testing.make import make_run

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
    with pytest.raises(StorageError, match=r"halley.db is not a database"):
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

"""Snapshots that are held open, and the write-ahead log that SQLite keeps for them."""

import threading

import pytest

from halley.core.output import STDOUT, OutputLine
from halley.storage.open import DATABASE_FILE
from halley.storage.sql import sqlite
from halley.storage.testing.make import make_run

MIB = 2**20


@pytest.fixture
def folder(folder, monkeypatch):
    """Where logs are short, so that tests are."""
    monkeypatch.setattr(sqlite, "LOG_BYTES", 4 * MIB)
    monkeypatch.setattr(sqlite, "_LOG_SECONDS", 0.0)
    return folder


def log_bytes(folder):
    return (folder / f"{DATABASE_FILE}-wal").stat().st_size


def write(storage, run, turns):
    """Each turn refolders the same lines: some 150 KB of log, and none of the database."""
    for turn in turns:
        lines = [OutputLine(number, STDOUT, turn, chr(65 + turn % 26) * 50_000) for number in range(3)]
        storage.write(lambda session, lines=lines: session.output.append(run, "a" * 32, lines)).result(60)


def test_the_log_begins_anew_although_there_are_always_snapshots(folder, storage):
    run = make_run(storage)
    is_done = threading.Event()

    def read_without_a_pause():
        while not is_done.is_set():
            with storage.read() as session:
                session.output.read(run)

    readers = [threading.Thread(target=read_without_a_pause) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        longest = 0
        for turn in range(300):  # 45 MB in all
            write(storage, run, [turn])
            longest = max(longest, log_bytes(folder))
    finally:
        is_done.set()
        for reader in readers:
            reader.join(60)
    assert longest < 16 * MIB


def test_a_snapshot_that_stays_open_stops_nobody_and_the_log_is_short_again_afterwards(folder, storage):
    run = make_run(storage)
    write(storage, run, [0])
    with storage.read() as session:
        before = session.output.read(run)
        write(storage, run, range(1, 100))
        assert session.output.read(run) == before
        held = log_bytes(folder)
    assert held > 8 * MIB
    write(storage, run, range(100, 110))
    assert log_bytes(folder) < held / 2

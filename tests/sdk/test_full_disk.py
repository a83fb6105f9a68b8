"""A full disk: said once, held in memory, written as soon as there is room; what is lost is counted."""

import os
import shutil
import subprocess

import pytest

from halley.sdk.journal.layout import segment_name
from halley.sdk.journal.read import Reader
from halley.sdk.journal.write import Journal, Series
from halley.wire.records import End, Other, decode_record


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.getuid() != 0:
        pytest.skip("mounting a small tmpfs needs root")
    done = subprocess.run([mount, "-t", "tmpfs", "-o", "size=6m", "tmpfs", folder], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"a small tmpfs cannot be mounted: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(folder):
    path = folder / "filler"
    with path.open("ab", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return path


def make_journal(run, **options):
    return Journal(run, experiment_key="k" * 32, workspace="w", project="p", kind="trainer", **options)


def names_of(folder):
    reader, names = Reader(folder), []
    reader.open()
    while True:
        payloads, stop = reader.read(limit_records=100_000, limit_bytes=1 << 30)
        names += [
            getattr(decode_record(p), "name", "") or decode_record(p).__class__.__name__ for p in payloads if p[0]
        ]
        if stop != "end" or not reader.enter_next():
            reader.close()
            return names


def test_records_wait_in_memory_until_there_is_room(small_disk):
    journal = make_journal(small_disk, segment_bytes=20_000)
    filler = fill(small_disk)
    for n in range(100):
        journal.append(Other(time=n, name=f"n{n}", value="x" * 500))
    assert journal.trouble == "No space left on device"
    assert journal.held_count > 0
    assert not journal.retry()
    filler.unlink()
    assert journal.retry()
    assert (journal.trouble, journal.held_count, journal.dropped_count) == ("", 0, 0)
    journal.close()
    assert names_of(journal.folder) == [f"n{n}" for n in range(100)]


def test_memory_is_bounded_and_the_end_still_said(small_disk):
    journal = make_journal(small_disk, segment_bytes=20_000, held_limit_bytes=10_000)
    fill(small_disk)
    series = Series("loss", "")
    for n in range(100):
        journal.append(Other(time=n, name=f"n{n}", value="x" * 500))
        journal.append_point(series, n, n, 0.0, 0.0)
    assert journal.dropped_count > 0
    total = journal.total
    assert total >= 200
    journal.close(End(time=1, state="failed", reason="disk", traceback="long" * 5_000))
    reader = Reader(journal.folder)
    reader.open()
    payloads, _ = reader.read(limit_records=1_000, limit_bytes=1 << 30)
    assert decode_record(payloads[-1]) == End(time=1, state="failed", reason="disk")
    assert journal.number + journal.dropped_count == total + 1
    reader.close()
    assert (journal.folder / segment_name(0)).stat().st_size < 20_000


def test_a_run_on_a_full_disk_loses_nothing(small_disk, train, peer, until):
    process = train(
        f"""
        import pathlib, sys, halley
        experiment = halley.Experiment(auto_output_logging=False)
        for step in range(1000):
            experiment.log_metric("loss", 1, step=step)
        filler = pathlib.Path({str(small_disk)!r}) / "filler"
        with filler.open("ab", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
        for step in range(1000, 200_000):
            experiment.log_metric("loss", 1, step=step)
        assert experiment._journal.held_count
        print("full", flush=True)
        sys.stdin.readline()
        filler.unlink()
        """,
        wait=False,
        stdin=subprocess.PIPE,
        HALLEY_HOME=str(small_disk),
    )
    assert process.stdout.readline() == "full\n"
    said = process.stderr.readline() + process.stderr.readline()
    assert "No space left on device at" in said
    assert "free space" in said
    assert "held in memory" in said
    process.stdin.write("freed\n")
    process.stdin.close()
    process.stdin = None
    assert process.wait(30) == 0
    assert peer.wait_for_end().state == "finished"
    assert peer.steps("loss") == list(range(200_000))
    assert "No space" not in process.stderr.read(), "said once"


def test_no_room_at_the_very_beginning(small_disk, train):
    fill(small_disk)
    process = train("import halley\nhalley.Experiment()", HALLEY_HOME=str(small_disk))
    assert process.returncode == 1
    assert "No space left on device" in process.err
    assert "HALLEY_HOME" in process.err

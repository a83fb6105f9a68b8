"""Damage: what is not as it was written is never shown; it is said what is damaged, and the rest goes on."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import psycopg
import pytest
from pcodec import ChunkConfig, standalone
from tests.databases import Cluster, find_binaries

from halley.core.metric import MetricId
from halley.core.output import STDOUT, OutputLine
from halley.errors import StorageDamaged
from halley.storage import wal
from halley.storage.open import DATABASE_FILE, open_storage
from halley.storage.sql.metrics.codec import decode, encode
from halley.storage.testing.make import log_values, make_run

ROOT = Path(__file__).resolve().parents[2]

COLUMNS = {
    "steps": np.arange(16_384),
    "times": 1_790_000_000_000 + np.cumsum(np.random.default_rng(1).integers(90, 110, 16_384)),
    "values": np.cumsum(np.random.default_rng(2).normal(size=16_384)),
    "one": np.array([np.nan]),
    "epochs": np.full(1_000, np.nan),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_no_damage_of_a_column_goes_unnoticed(name):
    data = encode(COLUMNS[name])
    assert decode(data).tobytes() == COLUMNS[name].tobytes()
    dice = random.Random(3)
    for _ in range(500):
        broken = bytearray(data)
        place = dice.randrange(len(broken))
        kind = dice.choice(["flip", "flip", "garbage", "zeros", "cut"])
        size = dice.randint(1, min(4_096, len(broken) - place))
        if kind == "flip":
            broken[place] ^= 1 << dice.randrange(8)
        elif kind == "cut":
            del broken[place:]
        else:
            broken[place : place + size] = bytes(size) if kind == "zeros" else dice.randbytes(size)
        if bytes(broken) != data:
            with pytest.raises(StorageDamaged):
                decode(bytes(broken))


def test_a_column_without_a_checksum_is_read():
    """The first version wrote such."""
    values = COLUMNS["values"]
    assert decode(standalone.simple_compress(values, ChunkConfig())).tobytes() == values.tobytes()


# chunks

X, Y = MetricId("x"), MetricId("y", "train")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, folder):
    return folder if request.param == "sqlite" else request.getfixturevalue("databases").make()


def change(place, statement, values=()):
    """Change the database behind the store's back."""
    if isinstance(place, str):
        with psycopg.connect(place, autocommit=True) as link:
            link.execute(statement.replace("?", "%s"), values)
    else:
        with sqlite3.connect(place / DATABASE_FILE) as link:
            link.execute(statement, values)
        link.close()


def damage(storage, place, table, column, run):
    """Flip one bit in the middle of the first row of a run; return the row's number."""
    with storage.read() as session:
        id_, data = session.metrics._link.row(f"select id, {column} from {table} where run = ? order by id", (run,))
    broken = bytearray(data)
    broken[len(broken) // 2] ^= 4
    change(place, f"update {table} set {column} = ? where id = ?", (bytes(broken), id_))
    return id_


def count(storage, run, metric=X, **where):
    with storage.read() as session:
        return sum(int(line.count.sum()) for line in session.metrics.draw([run], [metric], **where).series)


def test_a_damaged_chunk_is_named_and_everything_else_goes_on(place):
    storage = open_storage(place)
    runs = [make_run(storage, key=letter * 32) for letter in "ab"]
    values = np.random.default_rng(1).random(3_000)
    for run in runs:
        for metric in (X, Y):
            log_values(storage, run, metric, values)
    chunk = damage(storage, place, "chunk", "vals", runs[0])
    said = (
        f"Steps 0 to 2999 of metric 'x' of experiment {'a' * 32} are damaged in {storage.place}. Restore the database "
        "from a copy, or go on without these points: stop the server and run "
        f"`delete from stretch where run = {runs[0]}; delete from chunk where id = {chunk}`."
    )
    for x in ("step", "wall"):
        with pytest.raises(StorageDamaged) as caught:
            count(storage, runs[0], x=x)
        assert str(caught.value) == said
        assert (count(storage, runs[0], Y, x=x), count(storage, runs[1], x=x)) == (3_000, 3_000)
    with storage.read() as session, pytest.raises(StorageDamaged, match="Steps 0 to 2999"):
        list(session.metrics.export(runs[0], X))
    # what comes is taken: many points, few, and such as rewrite damaged ones
    log_values(storage, runs[0], X, values[:2_000], first=3_000)
    for first in range(5_000, 12_000, 100):
        log_values(storage, runs[0], X, values[:100], first=first)
    log_values(storage, runs[0], X, [7.0], first=1)
    # tidying fails alone: others in its group do not
    tidied = storage.write(lambda session: session.metrics.tidy(runs[0]))
    other = storage.write(lambda session: session.catalog.set_name(runs[1], "goes on"))
    assert str(tidied.exception(60)) == said
    other.result(60)
    storage.close()
    storage = open_storage(place)
    log_values(storage, runs[0], X, values[:2_000], first=12_000)
    assert count(storage, runs[0], low=3_000) == 11_000
    with pytest.raises(StorageDamaged, match="Steps 0 to 2999"):
        count(storage, runs[0])
    storage.close()
    # and what the message proposes helps
    change(place, f"delete from stretch where run = {runs[0]}")
    change(place, f"delete from chunk where id = {chunk}")
    storage = open_storage(place)
    storage.write(lambda session: session.metrics.tidy(runs[0])).result(60)
    assert count(storage, runs[0]) == 11_001
    storage.close()


def test_damaged_times_are_named_and_charts_by_step_go_on(place):
    storage = open_storage(place)
    run = make_run(storage, key="c" * 32)
    log_values(storage, run, X, np.arange(3_000.0))
    damage(storage, place, "clock", "times", run)
    assert count(storage, run) == 3_000
    with pytest.raises(StorageDamaged) as caught:
        count(storage, run, x="wall")
    assert str(caught.value) == (
        f"Times and epochs of some points of experiment {'c' * 32} are damaged in {storage.place}. "
        "Charts by step go on. Restore the database from a copy."
    )
    storage.close()


# output


@pytest.mark.parametrize("column", ["facts", "texts"])
def test_damaged_output_is_said_and_the_rest_goes_on(place, column):
    storage = open_storage(place)
    run, other = make_run(storage), make_run(storage)
    lines = [OutputLine(number, STDOUT, 1_000 + number, f"line {number} {number**3}") for number in range(3_000)]
    for one in (run, other):
        storage.write(lambda session, one=one: session.output.append(one, "w", lines)).result(60)
    damage(storage, place, "output_chunk", column, run)
    with storage.read() as session:
        with pytest.raises(
            StorageDamaged, match=r"lines of this experiment's output are damaged in the database\. Ever"
        ):
            session.output.read(run, first=0, limit=10)
        assert [line.number for line in session.output.read(run, first=2_990, limit=10).lines] == list(
            range(2_990, 3_000)
        )
        assert len(session.output.read(other, first=0, limit=10).lines) == 10
    storage.write(lambda session: session.output.append(run, "w", [OutputLine(3_000, STDOUT, 5, "new")])).result(60)
    storage.close()


# pages of the database

PAGE = 8192
DAMAGED = (
    r"halley.db is damaged: database disk image is malformed\. Stop the server and restore it from a copy\. Without one"
)


@pytest.fixture
def filled(folder):
    """A folder with two runs, and where the tables and indexes of its database begin."""
    storage = open_storage(folder)
    for _ in range(2):
        log_values(storage, make_run(storage), X, np.random.default_rng(1).random(40_000))
    storage.close()
    link = sqlite3.connect(folder / DATABASE_FILE)
    roots = dict(link.execute("select name, rootpage from sqlite_master where rootpage > 0"))
    link.close()
    return roots


def overwrite(folder, page, data, *, at=0):
    with (folder / DATABASE_FILE).open("r+b") as file:
        file.seek((page - 1) * PAGE + at)
        file.write(data)


@pytest.mark.parametrize(
    ("name", "garbage"), [("chunk", b"\xa5"), ("chunk_key", b"\xa5"), ("chunk_key", b"\0"), ("journal_run", b"\xff")]
)
def test_a_damaged_page_is_said_and_what_does_not_need_it_goes_on(filled, folder, name, garbage):
    overwrite(folder, filled[name], garbage * PAGE)
    storage = open_storage(folder)
    with pytest.raises(StorageDamaged, match=DAMAGED):
        count(storage, 1)
    for _ in range(2):  # the writer is alive, and says so again
        with pytest.raises(StorageDamaged, match=DAMAGED):
            log_values(storage, 1, X, np.arange(5_000.0), first=40_000)
    with storage.read() as session:
        assert [series.count for series in session.metrics.list_series(1)] == [40_000]
        assert session.catalog.get_experiment(2).run == 2
    assert make_run(storage) == 3
    storage.close()


def test_a_damaged_list_of_tables(filled, folder):
    overwrite(folder, 1, b"\xa5" * 4_000, at=100)
    with pytest.raises(StorageDamaged, match=DAMAGED):
        open_storage(folder)


def test_a_database_that_was_cut(filled, folder):
    os.truncate(folder / DATABASE_FILE, 40 * PAGE)
    with pytest.raises(StorageDamaged, match=DAMAGED):
        open_storage(folder)


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="the program sqlite3 is not installed")
def test_what_can_still_be_read_is_saved_as_the_guide_says(filled, folder, tmp_path):
    link = sqlite3.connect(folder / DATABASE_FILE)
    pages = {page for (page,) in link.execute("select max(rootpage) from sqlite_master")}
    link.close()
    overwrite(folder, max(pages) + 3, b"\xa5" * PAGE)  # a page of points
    overwrite(folder, filled["chunk_key"], b"\0" * PAGE)
    (guide,) = [
        block
        for block in (ROOT / "docs/guides/when-something-breaks.md").read_text().split("```")
        if "application_id" in block
    ]
    (tmp_path / "saved").mkdir()
    place = {"HALLEY": str(folder), "SAVED": str(tmp_path / "saved")}
    subprocess.run(["bash", "-c", guide], check=True, env={**os.environ, **place}, capture_output=True, timeout=60)
    storage = open_storage(tmp_path / "saved")
    with storage.read() as session:
        assert [session.metrics.list_series(run)[0].count for run in (1, 2)] == [40_000] * 2
    assert 40_000 in {count(storage, 1), count(storage, 2)}
    assert make_run(storage) == 3
    storage.close()


@pytest.mark.skipif(find_binaries() is None, reason="PostgreSQL is not installed here")
def test_a_damaged_page_of_postgresql():
    cluster = Cluster()
    try:
        storage = open_storage(cluster.url)
        run, other = make_run(storage), make_run(storage)
        log_values(storage, run, X, np.random.default_rng(1).random(1_000))
        storage.write(lambda session: session.metrics.tidy(run)).result(60)
        with psycopg.connect(cluster.url, autocommit=True) as link:
            (place,) = link.execute("select pg_relation_filepath('chunk')").fetchone()
            link.execute("checkpoint")
        cluster.stop()
        with (cluster.data / place).open("r+b") as file:
            file.write(b"\xa5" * 64)
        cluster.start()
        for _ in range(2):
            with pytest.raises(StorageDamaged, match=r"postgres is damaged: .*invalid page .*Restore it from a backup"):
                count(storage, run)
        with storage.read() as session:
            assert session.metrics.list_series(run)[0].count == 1_000
            assert session.catalog.get_experiment(other).run == other
        make_run(storage)
        storage.close()
    finally:
        cluster.close()


# the log

CRASH = """
import os, sys
from pathlib import Path
from halley.core.metric import MetricId
from halley.storage.open import open_storage
from halley.storage.testing.make import log_values, make_run
storage = open_storage(Path(sys.argv[1]))
run = make_run(storage)
for turn in range(20):
    log_values(storage, run, MetricId("x"), [float(turn)], first=turn)
os._exit(9)
"""


@pytest.fixture
def crashed(folder):
    """The log of a server that was killed."""
    subprocess.run([sys.executable, "-c", CRASH, folder], check=False, timeout=60)
    return folder / f"{DATABASE_FILE}-wal"


def test_a_log_that_lost_its_end_in_a_crash_is_taken(crashed, folder):
    """The last commit may be torn, wherever; nothing is said of it, because it was never acknowledged."""
    frame = 24 + PAGE
    frames = crashed.stat().st_size // frame
    kept = crashed.read_bytes()
    commits = [at for at in range(frames) if any(kept[32 + at * frame + 4 : 32 + at * frame + 8])]
    for place in (commits[-2] + 1, commits[-1]):
        broken = bytearray(kept)
        broken[32 + place * frame + 100] ^= 1
        crashed.write_bytes(broken)
        shutil.copytree(folder, folder.with_name(f"copy {place}"))
        storage = open_storage(folder.with_name(f"copy {place}"))
        with storage.read() as session:
            assert session.metrics.list_series(1)[0].count == 19
        storage.close()
    crashed.write_bytes(kept[: 32 + commits[-1] * frame + 1_000])
    storage = open_storage(folder)
    with storage.read() as session:
        assert session.metrics.list_series(1)[0].count == 19
    storage.close()


def test_a_log_that_began_anew_over_an_old_one_is_taken(folder, monkeypatch):
    """What is left of the old one behind its end is no damage."""
    monkeypatch.setattr(wal, "_FRAMES_AT_ONCE", 16)
    subprocess.run([sys.executable, "-c", CRASH.replace("range(20)", "range(400)"), folder], check=False, timeout=60)
    data = (folder / f"{DATABASE_FILE}-wal").read_bytes()
    salts = {data[at + 8 : at + 16] for at in range(32, len(data) - PAGE, 24 + PAGE)}
    assert len(salts) > 1
    storage = open_storage(folder)
    with storage.read() as session:
        assert session.metrics.list_series(1)[0].count == 400
    storage.close()


LOG_DAMAGED = (
    r"halley.db-wal is damaged: the last \d+ transactions in it cannot be read, although they were acknowledged\. "
    r"Restore the data folder from a copy\. To go on without them, .*wal_checkpoint\(truncate\)'"
)


@pytest.mark.parametrize("place", ["header", "frame", "zeros", "garbage"])
def test_a_damaged_log_is_said_before_anything_is_thrown_away(crashed, folder, place):
    kept = crashed.read_bytes()
    broken = bytearray(kept)
    middle = 32 + (24 + PAGE) * 2 * (len(kept) // (24 + PAGE) // 3)
    if place in {"header", "frame"}:
        broken[{"header": 9, "frame": middle + 1_000}[place]] ^= 4
    else:
        broken[middle : middle + 3 * PAGE] = (
            bytes(3 * PAGE) if place == "zeros" else random.Random(1).randbytes(3 * PAGE)
        )
    crashed.write_bytes(broken)
    for _ in range(2):
        with pytest.raises(StorageDamaged, match=LOG_DAMAGED):
            open_storage(folder)
        assert crashed.read_bytes() == broken
    crashed.write_bytes(kept)
    storage = open_storage(folder)
    with storage.read() as session:
        assert session.metrics.list_series(1)[0].count == 20
    storage.close()

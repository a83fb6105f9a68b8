"""The layout of metrics on disk: what the speed and the size of the store rest on."""

import itertools
import sqlite3
import time

import numpy as np
import pytest

from halley.core.metric import MetricId
from halley.storage.open import DATABASE_FILE, open_storage
from halley.storage.ports.metrics import PointColumns
from halley.storage.sql.metrics.codec import CHUNK_POINTS
from halley.storage.testing.make import log_values, make_run
from halley.storage.testing.metrics import check_envelope

METRICS = [MetricId(f"m{number}") for number in range(10)]


def rows(storage, sql):
    return storage.write(lambda session: session.metrics._link.rows(sql)).result(60)


def log_together(storage, run, first, count):
    """Points of all metrics, logged step by step."""
    steps = np.repeat(np.arange(first, first + count), len(METRICS))
    metric = np.tile(np.arange(len(METRICS), dtype=np.uint32), count)
    points = PointColumns(METRICS, metric, steps, 10**12 + steps * 7, steps / 3, np.sin(steps + metric))
    storage.write(lambda session: session.metrics.append(run, points)).result(60)


def test_small_batches_wait_in_the_journal_and_are_folded(storage):
    run = make_run(storage)
    for first in range(0, 400, 2):
        log_together(storage, run, first, 2)
    ((waiting,),) = rows(storage, "select sum(n) from journal")
    assert waiting == 4_000
    assert rows(storage, "select count(*) from chunk") == [(0,)]
    log_together(storage, run, 400, 10)
    assert rows(storage, "select count(*) from journal") == [(0,)]
    assert rows(storage, "select sum(n), count(*) from chunk") == [(4_100, 10)]


def test_large_batches_go_straight_to_chunks(storage):
    run = make_run(storage)
    log_together(storage, run, 0, 2)
    log_together(storage, run, 2, 300)
    assert rows(storage, "select count(*) from journal") == [(0,)]
    assert rows(storage, "select sum(n) from chunk") == [(3_020,)]


def test_metrics_logged_together_share_their_clock(storage):
    run = make_run(storage)
    for first in range(0, 3_000, 300):
        log_together(storage, run, first, 300)
    storage.write(lambda session: session.metrics.tidy(run)).result(60)
    assert rows(storage, "select count(*), count(distinct clock) from chunk") == [(10, 1)]
    assert rows(storage, "select count(*) from clock") == [(1,)]


def test_tidying_fills_chunks_and_leaves_no_clock_behind(storage):
    run = make_run(storage)
    for first in range(0, 50_000, 900):
        log_values(storage, run, METRICS[0], np.arange(900.0), first=first)
    storage.write(lambda session: session.metrics.tidy(run)).result(60)
    chunks = rows(storage, "select n, rollup is null from chunk order by first")
    assert [n for n, _ in chunks] == [CHUNK_POINTS] * 3 + [50_400 - 3 * CHUNK_POINTS]
    assert [is_plain for _, is_plain in chunks] == [0, 0, 0, 1]
    assert rows(storage, "select count(*) from clock where id not in (select clock from chunk)") == [(0,)]
    before = rows(storage, "select id from chunk order by first")
    storage.write(lambda session: session.metrics.tidy(run)).result(60)
    assert rows(storage, "select id from chunk order by first") == before


@pytest.mark.parametrize("seed", range(3))
def test_chunks_of_a_series_never_overlap(storage, seed):
    """Whatever the order of steps: the ground on which the later write wins."""
    order = np.random.default_rng(seed)
    run = make_run(storage)
    for _ in range(40):
        first = int(order.integers(0, 60_000))
        log_values(storage, run, METRICS[0], order.random(int(order.integers(1, 6_000))), first=first)
    chunks = rows(storage, "select first, last, n from chunk order by first")
    assert all(before[1] < after[0] for before, after in itertools.pairwise(chunks))
    assert all(0 < n <= CHUNK_POINTS for _, _, n in chunks)


def test_a_chunk_is_rewritten_a_few_times_only(storage):
    """Appending in order costs O(n log n): few chunks are replaced for many folds."""
    run = make_run(storage)
    for first in range(0, 64_000, 500):
        log_values(storage, run, METRICS[0], np.arange(500.0), first=first)
    ((largest,),) = rows(storage, "select seq from sqlite_sequence where name = 'chunk'")
    ((count,),) = rows(storage, "select count(*) from chunk")
    assert largest < 160
    assert count <= 12


def test_deleting_gives_space_back_while_others_write(storage, folder):
    """The file shrinks while it is open, although the writer never comes to rest."""
    run, busy = make_run(storage), make_run(storage)
    log_values(storage, run, METRICS[0], np.random.default_rng(1).random(3_000_000))
    before = (folder / DATABASE_FILE).stat().st_size
    storage.write(lambda session: session.catalog.delete_experiment(run, now=1)).result(60)
    erasing = None
    waiting = []
    deadline = time.monotonic() + 60
    for step in itertools.count():
        if erasing is None or (erasing.done() and erasing.result()):
            erasing = storage.write(lambda session: session.metrics.delete(run))
        waiting.append(
            storage.write(lambda session, step=step: session.catalog.put_others(busy, {"step": step, "x": "y" * 100}))
        )
        if len(waiting) > 20:  # so many wait at any time
            waiting.pop(0).result(60)
        if step % 50 == 0 and (folder / DATABASE_FILE).stat().st_size < before / 2:
            break
        assert time.monotonic() < deadline


def test_a_database_that_was_not_given_back_from_is_so_later(storage, folder):
    """Whoever deleted may have ended before the space was given back."""
    run = make_run(storage)
    log_values(storage, run, METRICS[0], np.random.default_rng(1).random(3_000_000))
    storage.close()
    with sqlite3.connect(folder / DATABASE_FILE) as connection:
        connection.execute("delete from chunk")
    connection.close()
    before = (folder / DATABASE_FILE).stat().st_size
    storage = open_storage(folder)
    try:
        make_run(storage)
        deadline = time.monotonic() + 60
        while (folder / DATABASE_FILE).stat().st_size > before / 2:
            assert time.monotonic() < deadline
    finally:
        storage.close()
    assert (folder / DATABASE_FILE).stat().st_size < before * 8192 / 2


@pytest.fixture(scope="module")
def long_series(tmp_path_factory):
    """A series of 2.4 million points with spikes, tidied: its place, x by axis, values."""
    n = 2_400_000
    steps = np.arange(n)
    values = np.sin(steps / 50_000)
    for place, value in [(0, 9), (16_383, -8), (16_384, 7), (1_000_000, -9), (2_097_151, 8), (2_097_152, np.nan)]:
        values[place] = value
    folder = tmp_path_factory.mktemp("long")
    storage = open_storage(folder)
    run = make_run(storage)
    for first in range(0, n, 300_000):
        log_values(storage, run, METRICS[0], values[first : first + 300_000], first=first)
    storage.write(lambda session: session.metrics.tidy(run)).result(60)
    yield storage, run, {"step": steps, "relative": steps * 100, "wall": steps * 100, "epoch": steps / 10}, values
    storage.close()


def test_a_long_series_is_covered_by_stretches(long_series):
    storage, run, _, _ = long_series
    assert rows(storage, f"select first, last from stretch where run = {run}") == [(0, 128 * CHUNK_POINTS - 1)]


@pytest.mark.parametrize("x", ["step", "relative", "wall", "epoch"])
def test_a_long_series_is_drawn_right_at_every_zoom(long_series, x):
    """Counts are right to a summary at the borders, and the envelope holds every extreme."""
    storage, run, places, values = long_series
    at = places[x].astype(float)
    order = np.random.default_rng(5)
    with storage.read() as session:
        for buckets in (1, 7, 40, 500, 2_000):
            low, high = sorted(order.choice(at, 2).tolist())
            for bounds in ((None, None), (low, None), (low, high), (at[16_000], at[16_500])):
                chart = session.metrics.draw([run], METRICS[:1], x=x, low=bounds[0], high=bounds[1], buckets=buckets)
                inside = np.ones(len(at), bool)
                inside &= at >= bounds[0] if bounds[0] is not None else True
                inside &= at <= bounds[1] if bounds[1] is not None else True
                check_envelope(chart, at[inside], values[inside])
                wanted = np.searchsorted(at[inside], chart.x[1:])
                per_bucket = len(at[inside]) / len(chart.x)
                summary = CHUNK_POINTS if per_bucket > 32_768 else 128
                assert np.abs(np.cumsum(chart.series[0].count)[:-1] - wanted).max(initial=0) <= summary


def test_late_points_break_stretches_and_tidying_makes_them_again(storage):
    run = make_run(storage)
    values = np.arange(130.0 * CHUNK_POINTS)
    log_values(storage, run, METRICS[0], values)
    storage.write(lambda session: session.metrics.tidy(run)).result(60)
    assert rows(storage, "select count(*) from stretch") == [(1,)]
    log_values(storage, run, METRICS[0], [-5.0], first=1_000_000)
    with storage.read() as session:  # while it waits in the journal
        assert np.nanmin(session.metrics.draw([run], METRICS[:1], buckets=10).series[0].min) == -5
    log_values(storage, run, METRICS[0], np.full(5_000, -7.0), first=900_000)
    assert rows(storage, "select count(*) from stretch") == [(0,)]
    storage.write(lambda session: session.metrics.tidy(run)).result(60)
    values[1_000_000], values[900_000:905_000] = -5, -7
    with storage.read() as session:
        check_envelope(session.metrics.draw([run], METRICS[:1], buckets=10), np.arange(len(values)) * 1.0, values)
    assert rows(storage, "select count(*) from stretch") == [(1,)]


@pytest.mark.parametrize(("table", "column"), [("chunk", "rollup"), ("clock", "rollup"), ("stretch", "digests")])
@pytest.mark.parametrize("x", ["step", "wall"])
def test_a_damaged_roll_up_is_not_drawn(storage, table, column, x):
    """The points are, which the roll-up only repeats."""
    run = make_run(storage)
    values = np.sin(np.arange(130.0 * CHUNK_POINTS) / 1e5)
    log_values(storage, run, METRICS[0], values)
    storage.write(lambda session: session.metrics.tidy(run)).result(60)
    key = "first" if table == "stretch" else "id"
    written = [row for row in rows(storage, f"select {key}, {column} from {table}") if row[1] is not None]
    assert written

    def damage(session):
        for id_, data in written:
            spoilt = bytearray(data)
            spoilt[len(data) // 2] ^= 0x40
            session.metrics._link.run(f"update {table} set {column} = ? where {key} = ?", (bytes(spoilt), id_))

    storage.write(damage).result(60)
    with storage.read() as session:
        for buckets in (5, 60):
            chart = session.metrics.draw([run], METRICS[:1], x=x, buckets=buckets)
            at = np.arange(len(values)) * (1.0 if x == "step" else 100.0)
            check_envelope(chart, at, values)

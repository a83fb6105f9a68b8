"""The layout of metrics on disk: what the speed and the size of the store rest on."""

import itertools
import time

import numpy as np
import pytest

from halley.core.metric import MetricId
from halley.storage.open import DATABASE_FILE
from halley.storage.ports.metrics import PointColumns
from halley.storage.sql.metrics.codec import CHUNK_POINTS
from halley.storage.testing.make import log_values, make_run

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


def test_deleting_gives_space_back(storage, folder):
    run = make_run(storage)
    log_values(storage, run, METRICS[0], np.random.default_rng(1).random(3_000_000))
    ((before,),) = rows(storage, "pragma page_count")
    storage.write(lambda session: session.metrics.delete(run)).result(60)
    deadline = time.monotonic() + 60
    while rows(storage, "pragma freelist_count")[0][0] > 1_000:  # given back in slices, between writes
        assert time.monotonic() < deadline
    storage.close()
    assert (folder / DATABASE_FILE).stat().st_size < before * 8192 / 2

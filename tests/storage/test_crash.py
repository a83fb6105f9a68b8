"""What a crash leaves: everything acknowledged, nothing twice, nothing half."""

import signal
import subprocess
import sys

import pytest
from benchmarks.crash.campaign import Campaign
from benchmarks.crash.processes import PostgresqlCluster, SqliteFolder
from tests.databases import Cluster, find_binaries

from halley.core.metric import MetricId
from halley.errors import StorageError
from halley.storage.open import open_storage
from halley.storage.testing.make import make_run

WRITER = """
import sys
import numpy as np
from pathlib import Path
from halley.core.metric import NO_STEP, MetricId
from halley.core.output import OutputLine
from halley.storage.open import open_storage
from halley.storage.ports.metrics import PointColumns
from halley.storage.sql.metrics import append
append._FOLD_POINTS = append._FOLD_WIDTH = 500  # fold often: a crash may come in the middle of one
storage = open_storage(Path(sys.argv[1]))
size = 37

def begin(session):
    project = session.catalog.ensure_project("default", "general", now=1)
    return session.catalog.ensure_experiment(project, "a" * 32, now=1)[0]

def take(batch):
    def job(session):
        if session.catalog.claim(run, "w", batch * size, size).is_taken:
            zeros = np.zeros(size)
            values = np.arange(batch * size, (batch + 1) * size, dtype=float)
            session.metrics.append(run, PointColumns([MetricId("x")], np.zeros(size, np.uint32),
                np.full(size, NO_STEP), zeros.astype(int), zeros, values))
            session.output.append(run, "w", [OutputLine(batch, 1, 0, str(batch))])
        return batch
    return job

run = storage.write(begin).result()
waiting = []
for batch in range(100_000):
    waiting.append(storage.write(take(batch)))
    if len(waiting) == 8:
        print(waiting.pop(0).result(), flush=True)
"""


@pytest.mark.parametrize("after", [3, 60, 151])
def test_kill_9_loses_nothing_acknowledged(folder, after):
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True)
    try:
        acknowledged = -1
        while acknowledged < after:
            line = process.stdout.readline()
            assert line, "the writer ended by itself"
            acknowledged = int(line)
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split()
        acknowledged = max([acknowledged, *map(int, rest)])
    finally:
        process.kill()
        process.wait(60)
        process.stdout.close()
    storage = open_storage(folder)
    try:
        with storage.read() as session:
            run = session.catalog.find_run("a" * 32)
            values = [value for piece in session.metrics.export(run, MetricId("x")) for value in piece.value.tolist()]
            (series,) = session.metrics.list_series(run)
            lines = session.output.read(run, first=0, limit=10**6).lines
            drawn = session.metrics.draw([run], [MetricId("x")], buckets=50).series[0]
        known = storage.write(lambda session: session.catalog.claim(run, "w", 0, 0)).result(60).acknowledged
    finally:
        storage.close()
    assert known >= (acknowledged + 1) * 37
    assert values == list(range(known))
    assert (series.count, series.last, series.max) == (known, known - 1, known - 1)
    assert int(drawn.count.sum()) == known
    assert [line.number for line in lines] == list(range(known // 37))


@pytest.mark.e2e
@pytest.mark.parametrize("kind", [SqliteFolder, PostgresqlCluster])
def test_kill_9_under_load_loses_doubles_and_bends_nothing(kind):
    """A few rounds of `make bench-crash`: the server, one of two servers, and PostgreSQL itself are killed."""
    if kind is PostgresqlCluster and find_binaries() is None:
        pytest.skip("PostgreSQL is not installed here, so it cannot be killed")
    place = kind()
    try:
        campaign = Campaign(place, seed=5, charts=6)
        try:
            for _ in range(3 if kind is SqliteFolder else 5):
                campaign.run_trial(longest_seconds=1.0)
            points, _ = campaign.finish()
        finally:
            campaign.close()
    finally:
        place.close()
    assert points > 1_000


def test_readers_find_a_database_again_that_was_killed():
    """Connections that waited for the next reader are lost with it: the first question after it is answered."""
    if find_binaries() is None:
        pytest.skip("PostgreSQL is not installed here, so it cannot be killed")
    cluster = Cluster(is_durable=True)
    try:
        storage = open_storage(cluster.url)
        run = make_run(storage)
        with storage.read(), storage.read(), storage.read():
            pass
        with storage.read():  # its last answer was given: that the connection is lost now is no error
            cluster.kill()
        with pytest.raises(StorageError, match=r"postgres cannot be reached: .*Start the database"), storage.read():
            pass
        cluster.start()
        with storage.read() as session:
            assert session.catalog.get_experiment(run).run == run
        storage.close()
    finally:
        cluster.close()

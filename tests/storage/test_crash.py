"""What a crash leaves: everything acknowledged, nothing twice, nothing half."""

import signal
import subprocess
import sys

import pytest

from halley.core.metric import MetricId
from halley.storage.open import open_storage

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

"""Work that goes on without a request: losing silent runs, tidying points, and going on after a failure."""

import asyncio
import math
from functools import partial

import pytest

from halley.core.experiment import State
from halley.core.metric import MetricId
from halley.server.events.broadcast import Broadcast
from halley.server.experiments.erase import erase, erase_deleted
from halley.server.experiments.lose import Watch
from halley.server.ingest.apply import read_points
from halley.server.jobs.repeat import repeat
from halley.server.metrics.tidy import Tidier
from halley.storage.open import open_storage
from halley.storage.testing.make import log

KEY = "a" * 32


@pytest.fixture
def storage(tmp_path):
    opened = open_storage(tmp_path / "data")
    yield opened
    opened.close()


def make_run(storage, *, heard_at, key=KEY):
    def job(session):
        project = session.catalog.ensure_project("default", "p", now=0)
        run, _ = session.catalog.ensure_experiment(project, key, now=heard_at)
        session.catalog.hear(run, now=heard_at)
        return run

    return storage.write(job).result(20)


def state(storage, run):
    with storage.read() as session:
        return session.catalog.get_experiment(run).state


def test_a_server_that_was_down_gives_everybody_time_to_speak(storage):
    run = make_run(storage, heard_at=1_000)
    now = 1_000_000  # the server starts long after the run last spoke
    watch = Watch(storage, Broadcast(), lambda: now, lost_after_ms=500)
    now += 499
    asyncio.run(watch.lose_silent())
    assert state(storage, run) is State.RUNNING
    now += 2
    asyncio.run(watch.lose_silent())
    assert state(storage, run) is State.LOST


@pytest.mark.parametrize("jump", [86_400_000, -3_600_000], ids=["a day on", "an hour back"])
def test_a_clock_that_is_set_or_a_sleep_loses_nobody_who_speaks_again(storage, jump):
    """After it, everybody has the whole time to speak; who does not is lost then, and no later."""
    now = 10_000_000
    speaking, silent = make_run(storage, heard_at=now), make_run(storage, heard_at=now, key="s" * 32)
    watch = Watch(storage, Broadcast(), lambda: now, lost_after_ms=500)

    def speak(session):
        session.catalog.hear(speaking, now=now)

    def wait(times):
        nonlocal now
        for _ in range(times):
            now += 100
            storage.write(speak).result(20)
            asyncio.run(watch.lose_silent())

    now += 400
    asyncio.run(watch.lose_silent())
    now += jump
    asyncio.run(watch.lose_silent())
    assert [state(storage, run) for run in (speaking, silent)] == [State.RUNNING] * 2
    wait(4)
    assert [state(storage, run) for run in (speaking, silent)] == [State.RUNNING] * 2
    wait(15)
    assert [state(storage, run) for run in (speaking, silent)] == [State.RUNNING, State.LOST]


def test_losing_is_told_to_watchers(storage):
    make_run(storage, heard_at=1_000)
    now = 1_000

    async def main():
        nonlocal now
        broadcast = Broadcast()
        watch = Watch(storage, broadcast, lambda: now, lost_after_ms=500)
        now = 1_400
        await watch.lose_silent()
        now = 1_800
        with broadcast.watch("default", "p") as watcher:
            await watch.lose_silent()
            broadcast.close()
            return await watcher.next()

    assert b'"parts":["state"]' in asyncio.run(main())


def test_a_run_is_tidied_when_it_ended_or_grew():
    tidier = Tidier(points_between=100)
    tidier.note(1, 99, is_ended=False)
    tidier.note(2, 0, is_ended=True)  # nothing new to tidy
    assert tidier.waiting == []
    tidier.note(1, 1, is_ended=False)
    tidier.note(3, 5, is_ended=True)
    tidier.note(1, 100, is_ended=False)
    assert tidier.waiting == [1, 3]


def test_tidying_changes_no_answer(storage, make):
    run = make_run(storage, heard_at=0)
    for i in range(20):
        points = read_points(make.points([float(i), math.nan], first_step=2 * i))
        storage.write(lambda session, points=points: session.metrics.append(run, points)).result(20)

    def answers():
        with storage.read() as session:
            (line,) = session.metrics.draw([run], [MetricId("loss")]).series
            return line.mean.tobytes(), line.count.tolist(), repr(session.metrics.list_series(run))

    before = answers()
    tidier = Tidier()
    tidier.note(run, 40, is_ended=True)
    tidier.note(run + 1_000, 1, is_ended=True)  # deleted meanwhile
    asyncio.run(tidier.tidy(storage))
    assert tidier.waiting == []
    assert answers() == before


def test_erasing_goes_on_where_a_server_before_stopped(storage, tmp_path):
    run, other = make_run(storage, heard_at=0), make_run(storage, heard_at=0, key="b" * 32)
    for one in (run, other):
        log(storage, one, [(MetricId(f"m{at}"), 0, 0, 0.0, 1.0) for at in range(6_000)])
    storage.write(lambda session: session.catalog.delete_experiment(run, now=1)).result(20)
    assert storage.write(partial(erase, run)).result(20), "there is more than a slice"
    storage.close()
    storage = open_storage(tmp_path / "data")
    try:
        asyncio.run(erase_deleted(storage))
        with storage.read() as session:
            assert session.catalog.list_deleted_runs() == []
            assert session.metrics.list_series(run) == []
            assert len(session.metrics.list_series(other)) == 6_000
    finally:
        storage.close()


def test_a_job_that_fails_is_logged_and_tried_again(caplog):
    tries = []

    async def main():
        done = asyncio.Event()

        async def job():
            tries.append(None)
            if len(tries) == 1:
                raise OSError("disk is on fire")
            done.set()

        task = asyncio.create_task(repeat(job, every_seconds=0.001, name="do it"))
        await asyncio.wait_for(done.wait(), 20)
        task.cancel()

    asyncio.run(main())
    assert len(tries) >= 2
    assert "Could not do it" in caplog.text
    assert "disk is on fire" in caplog.text

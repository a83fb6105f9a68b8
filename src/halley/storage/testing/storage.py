"""What every adapter has to do as a whole: transactions, snapshots, order, closing."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest

from halley.core.metric import NO_STEP, MetricId
from halley.errors import SequenceGap, StorageError
from halley.storage.ports.catalog import Claim
from halley.storage.ports.metrics import PointColumns
from halley.storage.ports.storage import Session, Storage
from halley.storage.testing.make import WAIT_SECONDS, log_values, make_run, new_key

LOSS = MetricId("loss")
WRITER = "a" * 32


@contextmanager
def one_group(storage: Storage) -> Iterator[None]:
    """What is written inside waits until the end, so that it is one group."""
    gate = threading.Event()
    blocked = storage.write(lambda _: gate.wait(WAIT_SECONDS))
    try:
        yield
    finally:
        gate.set()
    blocked.result(WAIT_SECONDS)


class StorageContract:
    """See `storage.ports.storage`."""

    # writing

    def test_a_job_that_raises_is_rolled_back_alone(self, storage: Storage) -> None:
        """The others of its group stand, before and after it; nothing of it is left, wherever it is remembered."""
        run = make_run(storage)
        metrics = [MetricId(name) for name in ("one", "two", "three")]

        def put(metric: MetricId, *, fails: bool) -> Callable[[Session], None]:
            def job(session: Session) -> None:
                session.catalog.put_others(run, {metric.name: 1})
                _append(session, run, metric, 3)
                if fails:
                    raise ZeroDivisionError(metric.name)

            return job

        with one_group(storage):
            futures = [storage.write(put(metric, fails=metric.name == "two")) for metric in metrics]
            again = storage.write(put(metrics[1], fails=False))
        futures[0].result(WAIT_SECONDS)
        with pytest.raises(ZeroDivisionError, match="two"):
            futures[1].result(WAIT_SECONDS)
        futures[2].result(WAIT_SECONDS)
        again.result(WAIT_SECONDS)
        with storage.read() as session:
            assert set(session.catalog.get_others(run)) == {"one", "two", "three"}
            assert {one.metric.name: one.count for one in session.metrics.list_series(run)} == {
                "one": 3,
                "two": 3,
                "three": 3,
            }

    def test_a_job_whose_values_the_database_refuses_fails_alone(self, storage: Storage) -> None:
        """Even where it is told only when the whole group is written; and what it claimed is still to be had."""
        runs = [make_run(storage) for _ in range(3)]

        def take(run: int, count: int) -> Callable[[Session], Claim]:
            def job(session: Session) -> Claim:
                _append(session, run, LOSS, 3)
                return session.catalog.claim(run, WRITER, 0, count)

            return job

        with one_group(storage):
            futures = [storage.write(take(run, 2**70 if run == runs[1] else 3)) for run in runs]
        assert futures[0].result(WAIT_SECONDS) == futures[2].result(WAIT_SECONDS) == Claim(True, 3)
        with pytest.raises(StorageError):
            futures[1].result(WAIT_SECONDS)
        with storage.read() as session:
            assert [len(session.metrics.list_series(run)) for run in runs] == [1, 0, 1]
        assert storage.write(take(runs[1], 3)).result(WAIT_SECONDS) == Claim(True, 3)
        with storage.read() as session:
            assert session.metrics.list_series(runs[1])[0].count == 3

    def test_what_a_failing_job_learned_is_forgotten(self, storage: Storage) -> None:
        """Places, experiments, claims, metrics and summaries: the next job finds them as they were."""
        key = new_key()

        def take(first: int, *, fails: bool) -> Callable[[Session], tuple[bool, bool]]:
            def job(session: Session) -> tuple[bool, bool]:
                project = session.catalog.ensure_project("w", "p", now=1)
                run, is_new = session.catalog.ensure_experiment(project, key, now=1)
                claim = session.catalog.claim(run, WRITER, first, 3)
                session.catalog.hear(run, now=9 if fails else 5)
                _append(session, run, LOSS, 3, step=None)
                if fails:
                    raise ZeroDivisionError
                return is_new, claim.is_taken

            return job

        with one_group(storage):
            steps = [(0, True), (0, False), (3, True), (3, True), (3, False)]
            futures = [storage.write(take(first, fails=fails)) for first, fails in steps]
        for future, (_, fails) in zip(futures, steps, strict=True):
            if fails:
                with pytest.raises(ZeroDivisionError):
                    future.result(WAIT_SECONDS)
        assert futures[1].result(WAIT_SECONDS) == (True, True)
        assert futures[4].result(WAIT_SECONDS) == (False, True)
        with storage.read() as session:
            run = session.catalog.find_run(key)
            assert run is not None
            (series,) = session.metrics.list_series(run)
            found = session.catalog.get_experiment(run)
        assert (series.count, series.last_step) == (6, 5)
        assert found is not None
        assert found.heard_at == 5

    def test_jobs_run_in_the_order_they_came(self, storage: Storage) -> None:
        """And each sees what the ones before it wrote."""
        run = make_run(storage)

        def job(session: Session) -> int:
            count = len(session.catalog.get_others(run))
            session.catalog.put_others(run, {str(count): count})
            return count

        with one_group(storage):
            futures = [storage.write(job) for _ in range(600)]
        assert [future.result(WAIT_SECONDS) for future in futures] == list(range(600))

    def test_a_batch_is_taken_once_even_twice_in_a_group(self, storage: Storage) -> None:
        """A sender that tries again before the first answer came is told that its batch is here."""
        run = make_run(storage)

        def take(session: Session) -> Claim:
            claim = session.catalog.claim(run, WRITER, 0, 3)
            if claim.is_taken:
                _append(session, run, LOSS, 3, step=None)
            return claim

        def skip(session: Session) -> Claim:
            return session.catalog.claim(run, WRITER, 7, 1)

        with one_group(storage):
            first, gap, second = storage.write(take), storage.write(skip), storage.write(take)
        assert first.result(WAIT_SECONDS) == Claim(is_taken=True, acknowledged=3)
        assert second.result(WAIT_SECONDS) == Claim(is_taken=False, acknowledged=3)
        with pytest.raises(SequenceGap):
            gap.result(WAIT_SECONDS)
        with storage.read() as session:
            assert session.metrics.list_series(run)[0].count == 3

    def test_a_completed_future_is_visible(self, storage: Storage) -> None:
        """To every snapshot that begins after it; a cancelled job is not run."""
        run = make_run(storage)
        seen: list[object] = []

        def look(_: "Future[None]") -> None:
            with storage.read() as session:
                seen.append(session.catalog.get_others(run))

        with one_group(storage):
            future = storage.write(lambda session: session.catalog.put_others(run, {"x": 1}))
            cancelled = storage.write(lambda session: session.catalog.put_others(run, {"y": 1}))
            future.add_done_callback(look)
            assert cancelled.cancel()
        future.result(WAIT_SECONDS)
        make_run(storage)
        assert seen == [{"x": 1}]

    # reading

    def test_a_snapshot_is_one_moment(self, storage: Storage) -> None:
        """Whatever is written meanwhile, folded, rewritten or deleted."""
        run = make_run(storage)
        log_values(storage, run, LOSS, np.arange(100.0))
        with storage.read() as session:

            def change(session: Session) -> None:
                _append(session, run, LOSS, 10)
                session.metrics.tidy(run)
                session.metrics.delete(run)
                session.catalog.set_name(run, "new")

            storage.write(change).result(WAIT_SECONDS)
            found = session.catalog.get_experiment(run)
            assert found is not None
            assert found.name != "new"
            assert session.metrics.list_series(run)[0].count == 100
            assert session.metrics.draw([run], [LOSS]).series[0].count.sum() == 100
        with storage.read() as session:
            assert session.metrics.list_series(run) == []

    def test_a_snapshot_begins_when_it_is_opened(self, storage: Storage) -> None:
        """Not with the first question."""
        run = make_run(storage)
        with storage.read() as session:
            storage.write(lambda session: session.catalog.put_others(run, {"x": 1})).result(WAIT_SECONDS)
            assert session.catalog.get_others(run) == {}

    def test_readers_never_see_half_a_job(self, storage: Storage) -> None:
        """Four readers draw while one writer appends, folds and tidies: counts always agree."""
        run = make_run(storage)
        is_done = threading.Event()

        def read() -> int:
            checked = 0
            while not is_done.is_set() or not checked:
                with storage.read() as session:
                    count = session.catalog.get_others(run).get("count", 0)
                    drawn = session.metrics.draw([run], [LOSS], buckets=7).series
                    assert sum(int(line.count.sum()) for line in drawn) == count
                    exported = sum(len(piece.step) for piece in session.metrics.export(run, LOSS))
                    assert exported == count
                checked += 1
            return checked

        def append(size: int, total: int) -> Callable[[Session], None]:
            def job(session: Session) -> None:
                _append(session, run, LOSS, size, step=total - size)
                session.catalog.put_others(run, {"count": total})
                if total % 7 == 0:
                    session.metrics.tidy(run)

            return job

        with ThreadPoolExecutor(4) as pool:
            readers = [pool.submit(read) for _ in range(4)]
            try:
                total = 0
                for place in range(50):
                    size = 1 + place * 37 % 150
                    total += size
                    storage.write(append(size, total)).result(WAIT_SECONDS)
            finally:
                is_done.set()
            assert all(reader.result(WAIT_SECONDS) for reader in readers)

    def test_a_snapshot_cannot_be_written(self, storage: Storage) -> None:
        """And an error inside it leaves the store as it was."""
        run = make_run(storage)
        with pytest.raises(StorageError), storage.read() as session:
            session.catalog.set_name(run, "new")
        with pytest.raises(StorageError), storage.read() as session:
            _append(session, run, LOSS, 1)
        with storage.read() as session:
            assert session.metrics.list_series(run) == []

    # the end

    def test_closing_finishes_what_waits(self, storage: Storage, reopen: Callable[[], Storage]) -> None:
        """Then everything is refused, and everything is there after opening again."""
        run = make_run(storage)
        with one_group(storage):
            futures = [
                storage.write(lambda session, at=at: session.catalog.put_others(run, {str(at): at}))  # type: ignore[misc]
                for at in range(50)
            ]
        storage.close()
        assert all(future.done() and future.exception() is None for future in futures)
        with pytest.raises(StorageError, match="closed"):
            storage.write(lambda _: None).result(WAIT_SECONDS)
        with pytest.raises(StorageError, match="closed"), storage.read():
            pass
        storage.close()
        with reopen().read() as session:
            assert len(session.catalog.get_others(run)) == 50

    def test_everything_is_there_after_opening_again(self, reopen: Callable[[], Storage]) -> None:
        """What the writer remembered is read again: steps go on, runs are not given twice."""
        key = new_key()
        storage = reopen()
        run = make_run(storage, key=key)
        storage.write(lambda session: _append(session, run, LOSS, 3, step=None)).result(WAIT_SECONDS)
        storage = reopen()
        assert make_run(storage, key=key) == run
        storage.write(lambda session: _append(session, run, LOSS, 2, step=None)).result(WAIT_SECONDS)
        with storage.read() as session:
            assert session.metrics.list_series(run)[0].last_step == 4


def _append(session: Session, run: int, metric: MetricId, count: int, *, step: int | None = 0) -> None:
    steps = np.full(count, NO_STEP) if step is None else np.arange(step, step + count)
    zeros = np.zeros(count)
    points = PointColumns(
        [metric], np.zeros(count, np.uint32), steps, zeros.astype(np.int64), zeros, np.arange(float(count))
    )
    session.metrics.append(run, points)

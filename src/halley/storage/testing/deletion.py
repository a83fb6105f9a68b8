"""What every adapter has to do when points and lines are deleted."""

import math

import numpy as np
import pytest

from halley.core.metric import NO_STEP, MetricId
from halley.storage.ports.metrics import Series
from halley.storage.ports.storage import Storage
from halley.storage.testing.make import WAIT_SECONDS, log, log_values, make_run
from halley.storage.testing.metrics import LOSS, METRICS, check_export, check_series
from halley.storage.testing.model import ModelRun


class DeletionContract:
    """See `Metrics.delete` and `Metrics.delete_metric` in `storage.ports.metrics`."""

    def test_deleting_a_run_leaves_the_others(self, storage: Storage) -> None:
        """And the deleted run can be written again, from nothing."""
        run, other = make_run(storage), make_run(storage)
        for one in (run, other):
            log_values(storage, one, LOSS, np.arange(5_000.0))
        while storage.write(lambda session: session.metrics.delete(run)).result(WAIT_SECONDS):
            pass
        with storage.read() as session:
            assert session.metrics.list_series(run) == []
            assert session.metrics.list_series(other)[0].count == 5_000
            assert [line.run for line in session.metrics.draw([run, other], [LOSS]).series] == [other]
        log(storage, run, [(LOSS, NO_STEP, 5, 0.0, 1.0)])
        with storage.read() as session:
            assert session.metrics.list_series(run) == [Series(LOSS, 1, 0, 1.0, 1.0, 0, 1.0, 0)]

    @pytest.mark.parametrize("is_tidy", [False, True])
    @pytest.mark.parametrize("count", [3, 3_000])
    def test_deleting_a_metric_leaves_the_others(self, storage: Storage, count: int, *, is_tidy: bool) -> None:
        """Of its run, with the times they share, and of other runs; logged again it starts from nothing."""
        run, other = make_run(storage), make_run(storage)
        batch = [
            (metric, step, 1_000 + step, step / 3, float(step + place))
            for step in range(count)
            for place, metric in enumerate(METRICS)
        ]
        for one in (run, other):
            log(storage, one, batch)
            log(storage, one, [(metric, count + 5, 9_000, 1.0, 7.0) for metric in METRICS])
        if is_tidy:
            storage.write(lambda session: session.metrics.tidy(run)).result(WAIT_SECONDS)
        models = {one: ModelRun() for one in (run, other)}
        for model in models.values():
            model.append(batch)
            model.append([(metric, count + 5, 9_000, 1.0, 7.0) for metric in METRICS])
        del models[run].points[LOSS]
        for metric, was_there in [(LOSS, True), (LOSS, False), (MetricId("unknown"), False)]:
            deleted = storage.write(lambda session, metric=metric: session.metrics.delete_metric(run, metric))  # type: ignore[misc]
            assert deleted.result(WAIT_SECONDS) is was_there
        for again in (False, True):
            if again:
                log(storage, run, [(LOSS, NO_STEP, 500, math.nan, 1.5), (METRICS[1], 0, 2_000, 0.0, 9.0)])
                models[run].append([(LOSS, NO_STEP, 500, math.nan, 1.5), (METRICS[1], 0, 2_000, 0.0, 9.0)])
            with storage.read() as session:
                for one, model in models.items():
                    check_series(session, one, model)
                    check_export(session, one, model)
                drawn = session.metrics.draw([run], METRICS, buckets=10_000).series
                assert [line.metric for line in drawn] == [metric for metric in METRICS if metric in models[run].points]

    def test_deleting_all_metrics_leaves_nothing(self, storage: Storage) -> None:
        """And the run can be written again."""
        run = make_run(storage)
        log(storage, run, [(metric, step, step, 0.0, 1.0) for step in range(200) for metric in METRICS])
        for metric in METRICS:
            assert storage.write(lambda session, metric=metric: session.metrics.delete_metric(run, metric)).result()  # type: ignore[misc]
        with storage.read() as session:
            assert session.metrics.list_series(run) == []
            assert session.metrics.draw([run], METRICS).series == []
        log_values(storage, run, LOSS, [1.0])
        with storage.read() as session:
            assert session.metrics.list_series(run) == [Series(LOSS, 1, 0, 1.0, 1.0, 0, 1.0, 0)]

    def test_a_large_run_is_deleted_in_slices(self, storage: Storage) -> None:
        """Each is a job of its own; it ends, nothing is left, and what others have is as it was."""
        run, other = make_run(storage), make_run(storage)
        log(storage, run, [(MetricId(f"m{at}"), at, 1, 0.0, 1.0) for at in range(6_000)])
        log_values(storage, other, LOSS, [1.0, 2.0])
        slices = 1
        while storage.write(lambda session: session.metrics.delete(run)).result(WAIT_SECONDS):
            slices += 1
            log_values(storage, other, LOSS, [float(slices)], first=slices)
        assert 2 < slices < 100
        with storage.read() as session:
            assert session.metrics.list_series(run) == []
            assert list(session.metrics.export(run, MetricId("m5"))) == []
            assert session.metrics.list_series(other)[0].count == slices + 1

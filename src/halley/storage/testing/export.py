"""What every adapter of the metrics port has to do when points are exported."""

from collections.abc import Iterable, Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from halley.core.metric import MetricId
from halley.storage.ports.metrics import PointColumns
from halley.storage.ports.storage import Storage
from halley.storage.testing.make import WAIT_SECONDS, Point, log, log_values, make_run
from halley.storage.testing.metrics import LOSS, METRICS, acts, settings_of_suite
from halley.storage.testing.model import ModelRun, is_same


class ExportContract:
    """See `Metrics.export` and `Metrics.export_many` in `storage.ports.metrics`."""

    def test_an_export_comes_in_pieces(self, storage: Storage) -> None:
        """At full resolution, by step, at most 65,536 at a time."""
        run = make_run(storage)
        log_values(storage, run, LOSS, np.arange(70_000.0))
        with storage.read() as session:
            pieces = list(session.metrics.export(run, LOSS))
            assert list(session.metrics.export(run, MetricId("unknown"))) == []
        assert max(len(piece.step) for piece in pieces) <= 65_536
        assert np.concatenate([piece.value for piece in pieces]).tolist() == list(range(70_000))

    @settings_of_suite
    @given(acts=acts, data=st.data())
    def test_an_export_goes_on_in_another_snapshot(
        self, storage: Storage, acts: list[list[Point] | str], data: st.DataObject
    ) -> None:
        """All metrics of a run in one export; one that is left after any piece, and taken up again, has the rest."""
        run, model = make_run(storage), ModelRun()
        for act in acts:
            if act == "tidy":
                storage.write(lambda session: session.metrics.tidy(run)).result(WAIT_SECONDS)
            elif not isinstance(act, str):
                log(storage, run, act)
                model.append(act)
        metrics = [MetricId("unknown"), *data.draw(st.permutations(METRICS))]
        wanted = [(metric, step) for metric in metrics for step in sorted(model.points.get(metric, ()))]
        with storage.read() as session:
            found = list_points(metrics, session.metrics.export_many(run, metrics))
        assert [(metric, step) for metric, step, *_ in found] == wanted
        for metric, step, time, epoch, value in found:
            assert all(map(is_same, (time, epoch, value), model.points[metric][step]))
        for place in data.draw(st.lists(st.integers(0, len(wanted)), max_size=5)):
            if place < len(wanted):
                metric, step = wanted[place]
                left = metrics[metrics.index(metric) :]
                with storage.read() as session:
                    others = list_points(left, session.metrics.export_many(run, left, after=step))
                assert [(metric, step) for metric, step, *_ in others] == wanted[place + 1 :]

    def test_an_export_of_a_fork_goes_on_anywhere(self, storage: Storage) -> None:
        """Also in the middle of what it inherits, from chunks and from what the parent was told last."""
        parent, run = make_run(storage), make_run(storage)
        for metric in METRICS:
            log_values(storage, parent, metric, np.arange(3_000.0))
            log_values(storage, parent, metric, np.arange(50.0), first=3_000)
        storage.write(lambda session: session.metrics.fork(run, parent, 3_020)).result(WAIT_SECONDS)
        log_values(storage, run, LOSS, np.arange(2_000.0), first=3_021)
        wanted = {metric: range(5_021 if metric == LOSS else 3_021) for metric in METRICS}
        for place, after in [(0, -1), (0, 1_234), (0, 3_010), (0, 3_020), (1, 3_000), (2, 3_020)]:
            left = METRICS[place:]
            with storage.read() as session:
                found = list_points(left, session.metrics.export_many(run, left, after=after))
            assert [(metric, step) for metric, step, *_ in found] == [
                (metric, step) for metric in left for step in wanted[metric] if metric != left[0] or step > after
            ]

    def test_an_export_of_many_metrics_comes_in_pieces(self, storage: Storage) -> None:
        """At most 65,536 points at a time, whatever the metrics are; short ones share a piece."""
        run = make_run(storage)
        log_values(storage, run, METRICS[0], np.arange(100_000.0))
        log_values(storage, run, METRICS[1], np.arange(500.0))
        log_values(storage, run, METRICS[2], np.arange(70_000.0), first=-5)
        with storage.read() as session:
            pieces = list(session.metrics.export_many(run, METRICS))
        assert max(len(piece.step) for piece in pieces) <= 65_536
        assert len(pieces) <= 8
        found = [
            (METRICS[number], step) for piece in pieces for number, step in zip(piece.metric, piece.step, strict=True)
        ]
        wanted = [(METRICS[0], range(100_000)), (METRICS[1], range(500)), (METRICS[2], range(-5, 69_995))]
        assert found == [(metric, step) for metric, steps in wanted for step in steps]


def list_points(
    metrics: Sequence[MetricId], pieces: Iterable[PointColumns]
) -> list[tuple[MetricId, int, int, float, float]]:
    """Points of an export, one by one."""
    return [
        (metrics[number], step, time, epoch, value)
        for piece in pieces
        for number, step, time, epoch, value in zip(*(column.tolist() for column in piece[1:]), strict=True)
    ]

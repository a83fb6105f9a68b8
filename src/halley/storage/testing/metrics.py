"""What every adapter of the metrics port has to do."""

import math
from collections.abc import Callable
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halley.core.metric import NO_STEP, MetricId
from halley.errors import ArgumentError
from halley.storage.ports.metrics import Chart, Floats, PointColumns, Series, XAxis
from halley.storage.ports.storage import Session, Storage
from halley.storage.testing.make import WAIT_SECONDS, Point, log, log_values, make_run
from halley.storage.testing.model import ModelRun, check_line, is_same_series

LOSS = MetricId("loss", "train")
METRICS = (LOSS, MetricId("loss", "validate"), MetricId("accuracy"))
AXES: tuple[XAxis, ...] = ("step", "epoch", "relative", "wall")
EVERY_X: tuple[XAxis | MetricId, ...] = (*AXES, MetricId("accuracy"), MetricId("unknown"))

_values = st.one_of(
    st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1.0, -1.0]), st.floats(-1e12, 1e12, allow_subnormal=False)
)
_times = st.integers(1_790_000_000_000, 1_790_000_000_300)
_epochs = st.one_of(st.just(math.nan), st.integers(-3, 30).map(lambda tenth: tenth / 4))
_points = st.tuples(
    st.sampled_from(METRICS), st.one_of(st.just(NO_STEP), st.integers(-20, 120)), _times, _epochs, _values
)
batches = st.lists(_points, min_size=1, max_size=40)
stretches = st.builds(
    lambda metric, first, stride, values: [
        (metric, first + stride * place, 1_790_000_000_000 + place, place / 7, value)
        for place, value in enumerate(values)
    ],
    st.sampled_from(METRICS),
    st.integers(-50, 150),
    st.sampled_from([-1, 1, 3]),
    st.lists(_values, min_size=1, max_size=400),
)
acts = st.lists(st.one_of(batches, batches, stretches, st.just("tidy"), st.just("reopen")), min_size=1, max_size=12)

settings_of_suite = settings(
    deadline=None,
    max_examples=30,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,  # every example makes its own run, or opens the store anew
        HealthCheck.differing_executors,  # a suite is run by several classes: that is what it is for
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


class MetricsContract:
    """See `storage.ports.metrics`."""

    exact_points: ClassVar[int] = 512
    """A chart of so few points is exact in every bucket."""

    long_points: ClassVar[int] = 40_000
    """Points of a series that is long."""

    # against the model

    @settings_of_suite
    @given(acts=acts, data=st.data())
    def test_any_history_equals_a_dictionary(
        self, reopen: Callable[[], Storage], acts: list[list[Point] | str], data: st.DataObject
    ) -> None:
        """Batches, repeated and missing steps, rewrites, NaN, tidying and reopening in any order."""
        storage = reopen()
        run, model = make_run(storage), ModelRun()
        for act in acts:
            if act == "reopen":
                storage = reopen()
            elif act == "tidy":
                storage.write(lambda session: session.metrics.tidy(run)).result(WAIT_SECONDS)
            elif not isinstance(act, str):
                log(storage, run, act)
                model.append(act)
        with storage.read() as session:
            check_series(session, run, model)
            check_export(session, run, model)
            for x in EVERY_X:
                check_chart(session, run, model, x, None, None, 10_000, self.exact_points)
                low, high = data.draw(ranges(model, x))
                check_chart(session, run, model, x, low, high, data.draw(st.integers(1, 300)), self.exact_points)

    # series

    def test_summary_follows_the_largest_step_not_the_latest_write(self, storage: Storage) -> None:
        """Series.last is the value at the largest step."""
        run = make_run(storage)
        log(storage, run, [(LOSS, 5, 1, 0.0, 50.0)])
        log(storage, run, [(LOSS, 3, 2, 0.0, 30.0)])
        with storage.read() as session:
            assert session.metrics.list_series(run) == [Series(LOSS, 2, 5, 50.0, 30.0, 3, 50.0, 5)]

    def test_rewriting_an_extreme_takes_it_back(self, storage: Storage) -> None:
        """The old extreme is gone from the summary, however it was stored."""
        run = make_run(storage)
        log_values(storage, run, LOSS, [1.0, 99.0, 2.0, -99.0, 3.0])
        log(storage, run, [(LOSS, 1, 1, 0.0, 4.0), (LOSS, 3, 1, 0.0, 0.5)])
        with storage.read() as session:
            assert session.metrics.list_series(run) == [Series(LOSS, 5, 4, 3.0, 0.5, 3, 4.0, 1)]

    def test_a_series_without_a_finite_value_has_no_extremes(self, storage: Storage) -> None:
        """NaN and infinities count, and are last, but are no extremes."""
        run = make_run(storage)
        log_values(storage, run, LOSS, [math.nan, math.inf])
        log_values(storage, run, METRICS[1], [math.inf, math.nan])
        with storage.read() as session:
            first, second = session.metrics.list_series(run)
        assert (first.count, first.last, first.min, first.max) == (2, math.inf, None, None)
        assert math.isnan(second.last)
        assert (second.min, second.min_step, second.max_step) == (None, None, None)

    def test_points_without_step_count_on_from_the_largest(self, storage: Storage) -> None:
        """0 for the first; then one more than the largest, also inside one batch."""
        run = make_run(storage)
        log(storage, run, [(LOSS, NO_STEP, 1, 0.0, 1.0), (LOSS, 10, 1, 0.0, 2.0), (LOSS, NO_STEP, 1, 0.0, 3.0)])
        log(storage, run, [(LOSS, 2, 1, 0.0, 4.0), (LOSS, NO_STEP, 1, 0.0, 5.0)])
        with storage.read() as session:
            (piece,) = session.metrics.export(run, LOSS)
        assert piece.step.tolist() == [0, 2, 10, 11, 12]
        assert piece.value.tolist() == [1.0, 4.0, 2.0, 3.0, 5.0]

    def test_values_are_kept_bit_by_bit(self, storage: Storage) -> None:
        """Also the bits of a NaN, and negative zero."""
        run = make_run(storage)
        bits = np.array([0x7FF8000000000001, 0xFFF8DEADBEEF0001, 0x8000000000000000, 0x0000000000000001], np.uint64)
        values = bits.view(np.float64)
        log_values(storage, run, LOSS, values)
        storage.write(lambda session: session.metrics.tidy(run)).result(WAIT_SECONDS)
        with storage.read() as session:
            (piece,) = session.metrics.export(run, LOSS)
        assert piece.value.view(np.uint64).tolist() == bits.tolist()

    @pytest.mark.parametrize("step", [2**62 + 1, -(2**62) - 1])
    def test_a_step_beyond_the_limit_is_refused(self, storage: Storage, step: int) -> None:
        """And nothing of its batch is kept."""
        run = make_run(storage)
        with pytest.raises(ArgumentError, match=str(step)):
            log(storage, run, [(LOSS, 1, 1, 0.0, 1.0), (LOSS, step, 1, 0.0, 1.0)])
        with storage.read() as session:
            assert session.metrics.list_series(run) == []

    def test_a_point_of_an_unknown_metric_is_refused(self, storage: Storage) -> None:
        """The number of a metric must be in the batch's list."""
        run = make_run(storage)
        one = np.zeros(1)
        points = PointColumns([LOSS], np.ones(1, np.uint32), one.astype(np.int64), one.astype(np.int64), one, one)
        with pytest.raises(ArgumentError, match="metric 1"):
            storage.write(lambda session: session.metrics.append(run, points)).result(WAIT_SECONDS)

    # charts

    @settings_of_suite
    @given(
        spikes=st.dictionaries(
            st.floats(0, 0.9999), st.sampled_from([9.0, -9.0, math.nan, math.inf, -math.inf]), max_size=6
        ),
        data=st.data(),
    )
    def test_the_envelope_holds_every_extreme_at_every_zoom(
        self, storage: Storage, spikes: dict[float, float], data: st.DataObject
    ) -> None:
        """Long series are drawn from summaries of their parts; a spike of one point is in the picture all the same."""
        run = make_run(storage)
        steps = np.arange(self.long_points)
        values = np.sin(steps / 3_000)
        for place, value in spikes.items():
            values[int(place * len(steps))] = value
        half = len(steps) // 2 + 7
        log_values(storage, run, LOSS, values[:half])
        log_values(storage, run, LOSS, values[half:], first=half)
        places = {"step": steps.astype(float), "relative": steps * 100.0, "wall": steps * 100.0, "epoch": steps / 10}
        with storage.read() as session:
            for x in ("step", "step", data.draw(st.sampled_from(AXES))):
                at = places[x]
                ends = st.one_of(st.none(), st.sampled_from(at[::7].tolist()), st.floats(at[0] - 1, at[-1] + 1))
                low, high, buckets = data.draw(ends), data.draw(ends), data.draw(st.integers(1, 600))
                chart = session.metrics.draw([run], [LOSS], x=x, low=low, high=high, buckets=buckets)
                inside = (at >= (-math.inf if low is None else low)) & (at <= (math.inf if high is None else high))
                assert len(chart.x) <= buckets
                check_envelope(chart, at[inside], values[inside])

    def test_series_share_one_grid_on_round_edges(self, storage: Storage) -> None:
        """All lines are as long as x, which lies on multiples of the width."""
        first, second = make_run(storage), make_run(storage)
        log_values(storage, first, LOSS, np.arange(1_000.0))
        log_values(storage, second, LOSS, np.arange(500.0), first=700)
        with storage.read() as session:
            chart = session.metrics.draw([first, second], [LOSS], buckets=100)
        assert chart.width == 20.0
        assert chart.x.tolist() == [20.0 * place for place in range(60)]
        assert [line.run for line in chart.series] == [first, second]
        assert [len(line.mean) for line in chart.series] == [60, 60]
        assert chart.series[1].count.tolist() == [0] * 35 + [20] * 25
        assert chart.series[0].mean[1] == 29.5

    def test_neighbouring_zooms_have_the_same_edges(self, storage: Storage) -> None:
        """Moving the range a little moves no edge."""
        run = make_run(storage)
        log_values(storage, run, LOSS, np.arange(5_000.0))
        with storage.read() as session:
            one, other = (
                session.metrics.draw([run], [LOSS], low=low, high=low + 2_000, buckets=100) for low in (1_003, 1_011)
            )
        assert one.width == other.width
        assert set(one.x[1:-1].tolist()) <= set(other.x.tolist()) | set(one.x[:2].tolist())

    def test_low_and_high_are_inside(self, storage: Storage) -> None:
        """Both ends of a range belong to it; an empty range is an empty chart."""
        run = make_run(storage)
        log_values(storage, run, LOSS, np.arange(10.0))
        with storage.read() as session:
            assert session.metrics.draw([run], [LOSS], low=3, high=5).x.tolist() == [3.0, 4.0, 5.0]
            for low, high in [(20, 30), (5, 3), (4.2, 4.8)]:
                chart = session.metrics.draw([run], [LOSS], low=low, high=high)
                assert chart.x.tolist() == []
                assert [len(line.count) for line in chart.series] == [0]

    def test_what_is_not_there_is_left_out(self, storage: Storage) -> None:
        """Unknown runs, unknown metrics, and metrics that a run does not have."""
        run, bare = make_run(storage), make_run(storage)
        log_values(storage, run, LOSS, [1.0])
        with storage.read() as session:
            chart = session.metrics.draw([run, bare, 10**9], [LOSS, MetricId("unknown")])
            assert [(line.run, line.metric) for line in chart.series] == [(run, LOSS)]
            assert session.metrics.draw([], [LOSS]).series == []
            assert session.metrics.draw([run], []).series == []

    # the rest

    def test_a_sketch_counts_late_points_too(self, storage: Storage) -> None:
        """Points that came late, among those that were compressed, may make more of them than there are buckets."""
        run = make_run(storage)
        log(storage, run, [(LOSS, step, 1, 0.0, float(step)) for step in range(0, 74, 2)])
        storage.write(lambda session: session.metrics.tidy(run)).result(WAIT_SECONDS)
        log(storage, run, [(LOSS, step, 1, 0.0, float(step)) for step in range(1, 9, 2)])
        with storage.read() as session:
            (sketch,) = session.metrics.sketch([run], [LOSS], buckets=40).values()
        assert len(sketch) == 40
        assert np.nanmax(sketch) == 72.0

    def test_a_sketch_is_the_means_over_the_series_own_steps(self, storage: Storage) -> None:
        """Few points come as they are; many as means."""
        run = make_run(storage)
        log_values(storage, run, LOSS, [1.0, math.nan, 3.0], first=7)
        log_values(storage, run, METRICS[1], np.arange(4_000.0))
        with storage.read() as session:
            sketches = session.metrics.sketch([run], METRICS, buckets=40)
        assert set(sketches) == {(run, LOSS), (run, METRICS[1])}
        np.testing.assert_array_equal(sketches[run, LOSS], [1.0, math.nan, 3.0])
        np.testing.assert_allclose(sketches[run, METRICS[1]], np.arange(49.5, 4_000, 100))


def check_chart(
    session: Session,
    run: int,
    model: ModelRun,
    x: XAxis | MetricId,
    low: float | None,
    high: float | None,
    buckets: int,
    exact_points: int,
) -> None:
    """Check one chart of all metrics; `exact_points` is how many points are certainly exact in every bucket."""
    chart = session.metrics.draw([run], METRICS, x=x, low=low, high=high, buckets=buckets)
    points = {metric: model.list_points(metric, x, low, high) for metric in METRICS}
    distinct = sorted({at for series in points.values() for at, _ in series})
    assert len(chart.x) <= buckets
    assert (np.diff(chart.x) > 0).all()
    if len(distinct) <= buckets:
        assert chart.width == 0
        assert chart.x.tolist() == distinct
    else:
        assert chart.width > 0
    total = sum(map(len, model.points.values()))
    is_exact = chart.width == 0 or isinstance(x, MetricId) or total <= exact_points
    assert [line.metric for line in chart.series] == [metric for metric in METRICS if metric in model.points]
    for line in chart.series:
        check_line(chart, line, points[line.metric], is_exact=is_exact)


def check_envelope(chart: Chart, at: Floats, values: Floats) -> None:
    """Check that no point is missing, and that no bucket's min and max leave out a finite value in it."""
    (line,) = chart.series
    finite = np.isfinite(values)
    assert (int(line.count.sum()), int(line.odd.sum())) == (len(values), int((~finite).sum()))
    bucket = (np.searchsorted(chart.x, at, side="right") - 1)[finite]
    least, most = np.full(len(chart.x), np.inf), np.full(len(chart.x), -np.inf)
    np.minimum.at(least, bucket, values[finite])
    np.maximum.at(most, bucket, values[finite])
    is_filled = np.isfinite(least)
    assert (line.min[is_filled] <= least[is_filled]).all()
    assert (line.max[is_filled] >= most[is_filled]).all()
    if is_filled.any():
        assert np.nanmin(line.min) == least[is_filled].min()
        assert np.nanmax(line.max) == most[is_filled].max()


def ranges(model: ModelRun, x: XAxis | MetricId) -> st.SearchStrategy[tuple[float | None, float | None]]:
    """Bounds of a chart, often at its points."""
    places = sorted({at for metric in model.points for at, _ in model.list_points(metric, x)}) or [0.0]
    end = st.one_of(st.none(), st.sampled_from(places), st.floats(places[0] - 1, places[-1] + 1))
    return st.tuples(end, end)


def check_series(session: Session, run: int, model: ModelRun) -> None:
    """Check all summaries."""
    found, wanted = session.metrics.list_series(run), model.list_series()
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        assert is_same_series(one, other), (one, other)


def check_export(session: Session, run: int, model: ModelRun) -> None:
    """Check every point, bit by bit."""
    for metric, points in model.points.items():
        pieces = list(session.metrics.export(run, metric))
        assert [step for piece in pieces for step in piece.step.tolist()] == sorted(points)
        found = np.array(
            [row for piece in pieces for row in zip(piece.time.astype(float), piece.epoch, piece.value, strict=True)]
        )
        wanted = np.array([points[step] for step in sorted(points)], float)
        np.testing.assert_array_equal(found, wanted)

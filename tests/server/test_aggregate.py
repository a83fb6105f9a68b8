"""Aggregates of groups: against a loop that is so simple that it is right."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halley.core.metric import MetricId
from halley.server.metrics.aggregate import aggregate
from halley.storage.ports.metrics import Chart, ChartSeries

LOSS, ACCURACY = MetricId("loss"), MetricId("accuracy")

_value = st.one_of(st.just(math.nan), st.floats(-1e6, 1e6), st.sampled_from([0.0, 1e308, -1e308, 1e-200, 5e-324]))


def make_line(run, metric, means, spread=0.0):
    mean = np.array(means, float)
    there = np.isfinite(mean).astype(np.int64)
    return ChartSeries(run, metric, there, 0 * there, mean - spread, mean + spread, mean, mean)


def make_chart(lines):
    length = len(lines[0].mean) if lines else 0
    return Chart(np.arange(float(length)), 1.0, lines)


def is_near(a, b, scale):
    return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12 * scale)


@settings(deadline=None, max_examples=200)
@given(
    st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(_value, min_size=n, max_size=n), min_size=1, max_size=8)),
    st.sets(st.integers(0, 9)),
)
def test_it_is_what_a_loop_says(rows, members):
    (*found,) = aggregate(make_chart([make_line(run, LOSS, row) for run, row in enumerate(rows)]), [members])
    chosen = [row for run, row in enumerate(rows) if run in members]
    assert len(found) == bool(chosen)
    for one in found:
        assert (one.group, one.metric, one.runs) == (0, LOSS, len(chosen))
        for bucket in range(len(rows[0])):
            values = [row[bucket] for row in chosen if math.isfinite(row[bucket])]
            scale = max(map(abs, values), default=0.0)
            assert one.count[bucket] == len(values)
            wanted = (
                (one.mean, statistics.mean(values) if values else math.nan),
                (one.standard_deviation, statistics.stdev(values) if len(values) > 1 else math.nan),
                (one.min, min(values, default=math.nan)),
                (one.max, max(values, default=math.nan)),
            )
            for array, value in wanted:
                assert is_near(float(array[bucket]), value, scale), (values, array[bucket], value)
            error = one.standard_deviation[bucket] / math.sqrt(len(values)) if len(values) > 1 else math.nan
            assert is_near(float(one.standard_error[bucket]), float(error), scale)
            if values:
                assert min(values) <= one.mean[bucket] <= max(values)


def test_figures_of_a_known_sample():
    """2, 4, 4, 4, 5, 5, 7, 9: squares around the mean sum to 32, so that s is sqrt(32 / 7)."""
    lines = [make_line(run, LOSS, [value], spread=1.5) for run, value in enumerate([2, 4, 4, 4, 5, 5, 7, 9])]
    (one,) = aggregate(make_chart(lines), [range(8)])
    assert one.mean.tolist() == [5.0]
    assert one.standard_deviation.tolist() == [pytest.approx(math.sqrt(32 / 7))]
    assert one.standard_error.tolist() == [pytest.approx(math.sqrt(32 / 7 / 8))]
    assert (one.min.tolist(), one.max.tolist()) == ([2.0], [9.0])
    assert (one.envelope_min.tolist(), one.envelope_max.tolist()) == ([0.5], [10.5])


def test_a_run_that_has_no_point_in_a_bucket_is_not_counted_there():
    lines = [make_line(1, LOSS, [1.0, 2.0, math.nan]), make_line(2, LOSS, [3.0, math.nan, math.nan], spread=1.0)]
    (one,) = aggregate(make_chart(lines), [[1, 2]])
    assert one.runs == 2
    assert one.count.tolist() == [2, 1, 0]
    np.testing.assert_array_equal(one.mean, [2.0, 2.0, math.nan])
    np.testing.assert_array_equal(one.standard_deviation, [math.sqrt(2), math.nan, math.nan])
    np.testing.assert_array_equal(one.envelope_max, [4.0, 2.0, math.nan])


def test_groups_come_with_the_metrics_that_their_runs_have():
    lines = [make_line(1, LOSS, [1.0]), make_line(1, ACCURACY, [0.5]), make_line(2, LOSS, [3.0])]
    found = aggregate(make_chart(lines), [[2], [], [1, 2, 99]])
    assert [(one.group, one.metric, one.runs, one.mean.tolist()) for one in found] == [
        (0, LOSS, 1, [3.0]),
        (2, LOSS, 2, [2.0]),
        (2, ACCURACY, 1, [0.5]),
    ]


def test_an_empty_chart_has_empty_lines():
    (one,) = aggregate(make_chart([make_line(1, LOSS, [])]), [[1]])
    assert one.mean.tolist() == []
    assert aggregate(make_chart([]), [[1]]) == []

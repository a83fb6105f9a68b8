"""What every adapter has to do when only what is new of a chart is asked for."""

from typing import ClassVar

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from halley.core.metric import MetricId
from halley.storage.ports.metrics import Chart, ChartSeries
from halley.storage.ports.storage import Storage
from halley.storage.testing.make import log_values, make_run
from halley.storage.testing.metrics import AXES, LOSS, METRICS, settings_of_suite


class NewsContract:
    """See `since` of `Metrics.draw` in `storage.ports.metrics`."""

    exact_points: ClassVar[int] = 512
    """A chart of so few points is exact in every bucket."""

    border_points: ClassVar[int] = 128
    """By how many points other charts may be off at the border of two buckets."""

    @settings_of_suite
    @given(
        growth=st.lists(
            st.tuples(st.sampled_from(METRICS), st.integers(0, 400), st.sampled_from([0, 0, 0, -5, 30])),
            min_size=1,
            max_size=8,
        ),
        data=st.data(),
    )
    def test_a_chart_and_what_is_new_since_are_the_chart_now(
        self, storage: Storage, growth: list[tuple[MetricId, int, int]], data: st.DataObject
    ) -> None:
        """Whatever came meanwhile: nothing, newer steps, late ones, gaps, series that were not there."""
        run = make_run(storage)
        x = data.draw(st.sampled_from([*AXES, "step", "step", METRICS[2]]))
        low, high = data.draw(
            st.sampled_from([(None, None), (None, None), (100.0, None), (None, 900.0), (300.0, 700.0)])
        )
        buckets = data.draw(st.sampled_from([1, 7, 40, 500]))
        ends = dict.fromkeys(METRICS, 0)
        chart = Chart(np.empty(0), 0.0, [])
        for metric, n, gap in growth:
            first = ends[metric] + gap
            log_values(storage, run, metric, np.arange(float(n)), first=first)
            ends[metric] = max(ends[metric], first + n)
            with storage.read() as session:
                news = session.metrics.draw(
                    [run], METRICS, x=x, low=low, high=high, buckets=buckets, since=chart.cursor
                )
                whole = session.metrics.draw([run], METRICS, x=x, low=low, high=high, buckets=buckets)
            chart = add_news(chart, news)
            is_exact = x != "step" or sum(ends.values()) <= self.exact_points
            assert_same_chart(chart, whole, 0 if is_exact else self.border_points)

    def test_only_what_is_new_comes(self, storage: Storage) -> None:
        """Of series that did not change nothing, of others the buckets from their last step on."""
        runs = [make_run(storage) for _ in range(3)]
        for run in runs:
            log_values(storage, run, LOSS, np.arange(10_000.0))
        with storage.read() as session:
            chart = session.metrics.draw(runs, [LOSS], buckets=500)
            again = session.metrics.draw(runs, [LOSS], buckets=500, since=chart.cursor)
        assert (again.begin, again.x.tolist(), again.series) == (500, [], [])
        log_values(storage, runs[1], LOSS, [7.0], first=9_995 + 4)
        log_values(storage, runs[2], LOSS, [7.0], first=10_000)
        with storage.read() as session:  # the first of them was late
            assert session.metrics.draw(runs, [LOSS], buckets=500, since=chart.cursor).begin is None
            chart = session.metrics.draw(runs, [LOSS], buckets=510)
        log_values(storage, runs[2], LOSS, [8.0], first=10_001)
        with storage.read() as session:
            news = session.metrics.draw(runs, [LOSS], buckets=510, since=chart.cursor)
            assert (news.begin, news.x.tolist(), [line.run for line in news.series]) == (500, [10_000.0], [runs[2]])
            assert session.metrics.draw(runs, [LOSS], buckets=500, since=chart.cursor).begin is None
            assert session.metrics.draw(runs, [LOSS], buckets=510, since=b"no cursor").begin is None


def add_news(chart: Chart, news: Chart) -> Chart:
    """A chart with what is new of it, as whoever has the chart puts it together."""
    if news.begin is None:
        return news
    x = np.concatenate([chart.x[: news.begin], news.x if len(news.x) else chart.x[news.begin :]])
    fresh = {(line.run, line.metric): line for line in news.series}
    series = []
    for line in chart.series:
        new = fresh.get((line.run, line.metric))
        columns = {}
        for name in ("count", "odd", "min", "max", "mean", "last"):
            old = getattr(line, name)
            nothing = np.zeros(len(x), old.dtype) if old.dtype == np.int64 else np.full(len(x), np.nan)
            tail = nothing[len(old) :] if new is None else getattr(new, name)
            columns[name] = np.concatenate([old if new is None else old[: news.begin], tail])
        series.append(ChartSeries(line.run, line.metric, **columns))
    return Chart(x, news.width, series, news.cursor)


def assert_same_chart(one: Chart, other: Chart, border_points: int) -> None:
    """Check that two charts are equal, up to some points on the wrong side of a border."""
    assert (one.x.tolist(), one.width) == (other.x.tolist(), other.width)
    assert [(line.run, line.metric) for line in one.series] == [(line.run, line.metric) for line in other.series]
    for a, b in zip(one.series, other.series, strict=True):
        if border_points:
            assert np.abs(np.cumsum(a.count) - np.cumsum(b.count)).max(initial=0) <= border_points
            assert np.nanmin([*a.min, np.inf]) == np.nanmin([*b.min, np.inf])
            assert np.nanmax([*a.max, -np.inf]) == np.nanmax([*b.max, -np.inf])
            continue
        for name in ("count", "odd", "min", "max", "mean", "last"):
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name))

"""Drawing a chart: numpy arrays straight to JSON, without a Python object per point."""

import base64
import math
from typing import Any

import numpy as np
import orjson

from halley.core.ids import ExperimentKey, check_experiment_key
from halley.core.metric import MetricId
from halley.core.names import check_name
from halley.errors import InvalidRequest
from halley.server.http.check import checked
from halley.storage.ports.metrics import ChartSeries, XAxis
from halley.storage.ports.storage import Session
from halley.wire.api import DrawChart, DrawGroups


def draw(session: Session, query: DrawChart) -> bytes:
    """Draw metrics of experiments on one grid.

    Returns:
        A `wire.api.Chart` as JSON. orjson writes NaN and infinities as null, which is what the shape says.

    Raises:
        InvalidRequest: a key, name or bound cannot be one.
    """
    metrics = read_metrics(query)
    check_range(query)
    keys: dict[int, ExperimentKey] = {}
    for i, text in enumerate(query.experiments):
        key = checked(check_experiment_key, text, f"experiments[{i}]")
        run = session.catalog.find_run(key)
        if run is not None:
            keys[run] = key
    chart = session.metrics.draw(
        list(keys),
        metrics,
        x=read_x(query),
        low=query.low,
        high=query.high,
        buckets=query.buckets,
        since=_read_since(query),
    )
    drawn = {
        "x": np.ascontiguousarray(chart.x),
        "width": chart.width,
        "lines": [_line(series, keys[series.run]) for series in chart.series],
        "cursor": base64.b64encode(chart.cursor).decode(),
        "begin": chart.begin,
    }
    return orjson.dumps(drawn, option=orjson.OPT_SERIALIZE_NUMPY)


def read_metrics(query: DrawChart | DrawGroups) -> list[MetricId]:
    """The metrics to draw, each once.

    Raises:
        InvalidRequest: a name cannot be one.
    """
    metrics = [
        MetricId(checked(check_name, metric.name, f"metrics[{i}].name"), metric.context)
        for i, metric in enumerate(query.metrics)
    ]
    return list(dict.fromkeys(metrics))


def read_x(query: DrawChart | DrawGroups) -> XAxis | MetricId:
    """What to draw by.

    Raises:
        InvalidRequest: the name of the metric to draw by cannot be one.
    """
    if query.x_metric is None:
        return query.x
    return MetricId(checked(check_name, query.x_metric.name, "x_metric.name"), query.x_metric.context)


def _read_since(query: DrawChart) -> bytes | None:
    try:
        return base64.b64decode(query.since, validate=True) if query.since else None
    except ValueError as error:
        raise InvalidRequest("since is no cursor.", hint="Give `cursor` of an earlier chart.", field="since") from error


def check_range(query: DrawChart | DrawGroups) -> None:
    """Check the bounds of a chart.

    Raises:
        InvalidRequest: one is not finite, or they are the wrong way round.
    """
    for field, bound in (("low", query.low), ("high", query.high)):
        if bound is not None and not math.isfinite(bound):
            raise InvalidRequest(f"{field}={bound} is not finite.", hint="Leave it out for no bound.", field=field)
    if query.low is not None and query.high is not None and query.low > query.high:
        raise InvalidRequest(
            f"low={query.low:g} is above high={query.high:g}.", hint="Give the smaller one as low.", field="low"
        )


def _line(series: ChartSeries, key: ExperimentKey) -> dict[str, Any]:
    """Write one series; an envelope that equals the mean, and counts of odd points that are all 0, are left out."""
    is_flat = np.array_equal(series.min, series.mean, equal_nan=True) and np.array_equal(
        series.max, series.mean, equal_nan=True
    )
    name, context = series.metric
    return {
        "experiment": key,
        "metric": {"name": name, "context": context},
        "count": np.ascontiguousarray(series.count),
        "mean": np.ascontiguousarray(series.mean),
        "min": None if is_flat else np.ascontiguousarray(series.min),
        "max": None if is_flat else np.ascontiguousarray(series.max),
        "odd": np.ascontiguousarray(series.odd) if series.odd.any() else None,
    }

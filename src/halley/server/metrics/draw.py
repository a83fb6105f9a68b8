"""Drawing a chart: numpy arrays straight to JSON, without a Python object per point."""

import base64
from typing import Any

import numpy as np
import orjson

from halley.core.ids import ExperimentKey
from halley.errors import InvalidRequest
from halley.server.metrics.read import check_range, read_metrics, read_runs, read_x
from halley.storage.ports.metrics import ChartSeries
from halley.storage.ports.storage import Session
from halley.wire.api import DrawChart


def draw(session: Session, query: DrawChart) -> bytes:
    """Draw metrics of experiments on one grid.

    Returns:
        A `wire.api.Chart` as JSON. orjson writes NaN and infinities as null, which is what the shape says.

    Raises:
        InvalidRequest: a key, name or bound cannot be one.
    """
    metrics = read_metrics(query.metrics)
    check_range(query)
    keys = read_runs(session, query.experiments, "experiments")
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


def _read_since(query: DrawChart) -> bytes | None:
    try:
        return base64.b64decode(query.since, validate=True) if query.since else None
    except ValueError as error:
        raise InvalidRequest("since is no cursor.", hint="Give `cursor` of an earlier chart.", field="since") from error


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

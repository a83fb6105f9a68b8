"""Drawing groups of experiments: a line of means and its spread instead of a line for each."""

from typing import Any

import numpy as np
import orjson

from halley.errors import InvalidRequest
from halley.server.metrics.aggregate import GroupSeries, aggregate
from halley.server.metrics.read import check_range, read_metrics, read_runs, read_x
from halley.storage.ports.storage import Session
from halley.wire.api import DrawGroups

RUN_LIMIT = 1_000
"""Most experiments in all groups together."""

_ARRAYS = (
    "count",
    "mean",
    "standard_deviation",
    "standard_error",
    "min",
    "max",
    "envelope_min",
    "envelope_max",
)


def draw_groups(session: Session, query: DrawGroups) -> bytes:
    """Draw metrics of groups of experiments on one grid.

    Returns:
        A `wire.api.GroupChart` as JSON. orjson writes NaN as null, which is what the shape says.

    Raises:
        InvalidRequest: a key, name or bound cannot be one, or there are too many experiments.
    """
    metrics = read_metrics(query.metrics)
    check_range(query)
    groups = [
        list(read_runs(session, group.experiments, f"groups[{i}].experiments")) for i, group in enumerate(query.groups)
    ]
    runs = list(dict.fromkeys(run for group in groups for run in group))
    if len(runs) > RUN_LIMIT:
        raise InvalidRequest(
            f"The groups have {len(runs):,} experiments together.",
            hint=f"At most {RUN_LIMIT:,} are drawn at once.",
            field="groups",
        )
    chart = session.metrics.draw(runs, metrics, x=read_x(query), low=query.low, high=query.high, buckets=query.buckets)
    drawn = {
        "x": np.ascontiguousarray(chart.x),
        "width": chart.width,
        "lines": [_line(one, query.groups[one.group].name) for one in aggregate(chart, groups)],
    }
    return orjson.dumps(drawn, option=orjson.OPT_SERIALIZE_NUMPY)


def _line(one: GroupSeries, group: str) -> dict[str, Any]:
    name, context = one.metric
    return {
        "group": group,
        "metric": {"name": name, "context": context},
        "experiment_count": one.runs,
        **{array: np.ascontiguousarray(getattr(one, array)) for array in _ARRAYS},
    }

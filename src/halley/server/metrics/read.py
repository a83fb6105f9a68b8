"""Reading what charts, groups and exports are asked for: experiments, metrics, an axis and its bounds."""

import math
from collections.abc import Sequence

from halley.core.ids import ExperimentKey, check_experiment_key
from halley.core.metric import MetricId
from halley.core.names import check_name
from halley.errors import InvalidRequest
from halley.server.http.check import checked
from halley.storage.ports.metrics import XAxis
from halley.storage.ports.storage import Session
from halley.wire.api import AskChart, MetricRef


def read_runs(session: Session, keys: Sequence[str], field: str) -> dict[int, ExperimentKey]:
    """The runs of some keys, each once, in the order given; those that are not known are left out.

    Raises:
        InvalidRequest: one cannot be a key.
    """
    asked = [checked(check_experiment_key, key, f"{field}[{i}]") for i, key in enumerate(keys)]
    found = session.catalog.find_runs(asked)
    return {found[key]: key for key in asked if key in found}


def read_metrics(metrics: Sequence[MetricRef]) -> list[MetricId]:
    """The metrics asked for, each once.

    Raises:
        InvalidRequest: a name cannot be one.
    """
    asked = [
        MetricId(checked(check_name, one.name, f"metrics[{i}].name"), one.context) for i, one in enumerate(metrics)
    ]
    return list(dict.fromkeys(asked))


def read_x(query: AskChart) -> XAxis | MetricId:
    """What to draw by.

    Raises:
        InvalidRequest: the name of the metric to draw by cannot be one.
    """
    if query.x_metric is None:
        return query.x
    return MetricId(checked(check_name, query.x_metric.name, "x_metric.name"), query.x_metric.context)


def check_range(query: AskChart) -> None:
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

"""The catalogue's experiments as the API's, and how numbers that JSON does not have are written."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from halley.core.ids import ExperimentKey
from halley.core.metric import MetricId
from halley.core.parameter import Value
from halley.server.experiments.api import find_run
from halley.storage.ports import catalog
from halley.storage.ports.metrics import Series
from halley.storage.ports.storage import Session
from halley.wire.api import Experiment, ExperimentDetail, MetricSummary, Other, Parameter

Sketch = list[float | None]


def describe_experiment(row: catalog.Experiment) -> Experiment:
    """Turn a stored experiment into an API one."""
    return Experiment(
        key=row.key,
        workspace=row.workspace,
        project=row.project,
        number=row.number,
        name=row.name,
        state=row.state,
        reason=row.reason,
        started_at=row.started_at,
        ended_at=row.ended_at,
        heard_at=row.heard_at,
        host=row.host,
        process=row.process,
        command=row.command,
        source=row.source,
        is_archived=row.is_archived,
        tags=list(row.tags),
    )


def describe_detail(session: Session, key: ExperimentKey) -> ExperimentDetail:
    """Gather everything about an experiment but its points and the text of its output.

    Raises:
        NotFound: no experiment has this key.
    """
    run = find_run(session.catalog, key)
    row = session.catalog.get_experiment(run)
    assert row is not None  # a snapshot: what find_run found is still there
    series = session.metrics.list_series(run)
    sketches = session.metrics.sketch([run], [one.metric for one in series])
    return ExperimentDetail(
        experiment=describe_experiment(row),
        traceback=row.traceback,
        parameters=[
            Parameter(name=name, value=write_value(value), source=source)
            for name, (value, source) in session.catalog.get_parameters(run).items()
        ],
        others=[Other(name=name, value=write_value(value)) for name, value in session.catalog.get_others(run).items()],
        metrics=[_describe_series(one, sketches.get((run, one.metric))) for one in series],
        output_line_count=session.output.read(run, limit=1).total,
        asset_count=sum(use.asset_count for use in session.assets.count_kinds(run)),
    )


def _describe_series(series: Series, sketch: npt.NDArray[np.float64] | None) -> MetricSummary:
    name, context = MetricId(*series.metric)
    return MetricSummary(
        name=name,
        context=context,
        count=series.count,
        last_step=series.last_step,
        last=write_number(series.last),
        min=series.min,
        min_step=series.min_step,
        max=series.max,
        max_step=series.max_step,
        sketch=write_sketch(sketch),
    )


def write_number(value: float) -> float | str:
    """Write a number for JSON: NaN and the infinities as text.

    Example:
        >>> write_number(0.5), write_number(float("-inf"))
        (0.5, '-Infinity')
    """
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def write_value(value: Value) -> Value:
    """Write a value of a parameter, other or metric for JSON; see `write_number`."""
    return write_number(value) if isinstance(value, float) else value


def write_values(values: Sequence[Value]) -> list[Value]:
    """Write a row of values for JSON; see `write_number`."""
    return [write_value(value) for value in values]


def write_sketch(sketch: npt.NDArray[np.float64] | None) -> Sketch:
    """Write a sketch for JSON: null where nothing fell, empty if there is none."""
    if sketch is None:
        return []
    return [value if math.isfinite(value) else None for value in sketch.tolist()]

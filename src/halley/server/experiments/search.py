"""Searching a project's experiments."""

from collections.abc import Sequence

from halley.core.metric import MetricId
from halley.core.names import check_name, check_place_name
from halley.errors import InvalidRequest, NotFound
from halley.server.experiments.describe import Sketch, describe_experiment, write_sketch, write_values
from halley.server.http.check import checked
from halley.storage.ports import catalog
from halley.storage.ports.storage import Session
from halley.wire.api import Column, ExperimentPage, ExperimentRow, SearchExperiments

_FIELDS = ("name", "state", "started_at", "ended_at", "duration", "tags", "number", "host", "command", "key")


def search(session: Session, query: SearchExperiments) -> ExperimentPage:
    """Answer one page of a search.

    Raises:
        InvalidRequest: a column, sort or sketch names nothing that can be.
        NotFound: there is no such project.
    """
    checked(check_place_name, query.workspace, "workspace")
    checked(check_place_name, query.project, "project")
    columns = [_column(column, f"columns[{i}]") for i, column in enumerate(query.columns)]
    sort = [
        catalog.Sort(column=_column(one.column, f"sort[{i}].column"), is_descending=one.is_descending)
        for i, one in enumerate(query.sort)
    ]
    sketched = [_sketched(column, f"sketches[{i}]") for i, column in enumerate(query.sketches)]
    if session.catalog.get_project(query.workspace, query.project) is None:
        raise NotFound(
            f"Workspace {query.workspace!r} has no project {query.project!r}.",
            hint="GET /api/v1/projects lists all.",
            field="project",
        )
    page = session.catalog.search_experiments(
        query.workspace,
        query.project,
        text=query.text,
        states=query.states,
        is_archived=query.is_archived,
        sort=sort,
        columns=columns,
        offset=query.offset,
        limit=query.limit,
    )
    sketches = _draw_sketches(session, [row.run for row in page.experiments], sketched)
    return ExperimentPage(
        total=page.total,
        rows=[
            ExperimentRow(experiment=describe_experiment(row), values=write_values(values), sketches=drawn)
            for row, values, drawn in zip(page.experiments, page.values, sketches, strict=True)
        ],
    )


def _column(column: Column, field: str) -> catalog.Column:
    checked(check_name, column.name, f"{field}.name")
    if column.kind == "field" and column.name not in _FIELDS:
        raise InvalidRequest(
            f"{field}.name={column.name!r} is not a field of experiments.",
            hint=f"There are: {', '.join(_FIELDS)}.",
            field=f"{field}.name",
        )
    return catalog.Column(kind=column.kind, name=column.name, context=column.context, value=column.value)


def _sketched(column: Column, field: str) -> MetricId:
    if column.kind != "metric":
        raise InvalidRequest(
            f"{field}.kind={column.kind!r} cannot be drawn.", hint="Only metrics have sketches.", field=f"{field}.kind"
        )
    return MetricId(checked(check_name, column.name, f"{field}.name"), column.context)


def _draw_sketches(session: Session, runs: Sequence[int], metrics: Sequence[MetricId]) -> list[list[Sketch]]:
    if not metrics or not runs:
        return [[] for _ in runs]
    drawn = session.metrics.sketch(runs, metrics)
    return [[write_sketch(drawn.get((run, metric))) for metric in metrics] for run in runs]

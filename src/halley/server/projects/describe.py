"""The catalogue's projects, columns and metrics as the API's."""

from halley.storage.ports import catalog
from halley.wire.api import Column, MetricUse, Project


def describe_project(row: catalog.Project) -> Project:
    """Turn a stored project into an API one."""
    return Project(
        workspace=row.workspace,
        name=row.name,
        created_at=row.created_at,
        updated_at=row.updated_at,
        experiment_count=row.experiment_count,
        running_count=row.running_count,
    )


def describe_column(row: catalog.Column) -> Column:
    """Turn a stored column into an API one."""
    return Column(kind=row.kind, name=row.name, context=row.context, value=row.value)


def describe_use(row: catalog.MetricUse) -> MetricUse:
    """Turn a metric of a project into an API one."""
    return MetricUse(name=row.metric.name, context=row.metric.context, experiment_count=row.run_count)

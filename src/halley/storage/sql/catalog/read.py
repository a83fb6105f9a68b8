"""Reading experiments and projects as the values that the port speaks of."""

from collections.abc import Sequence
from typing import Any

from halley.core.experiment import State
from halley.storage.ports.catalog import Experiment, Project
from halley.storage.sql.link import Link, in_list

_PROJECTS = """
select workspace.name, project.name, project.created_at, count(experiment.run), max(experiment.heard_at),
    coalesce(sum(case when experiment.state = 'running' then 1 else 0 end), 0)
from project
join workspace on workspace.id = project.workspace_id
left join experiment on experiment.project_id = project.id
where {condition}
group by workspace.name, project.name, project.created_at
"""

_EXPERIMENTS = """
select experiment.run, experiment.key, workspace.name, project.name, experiment.number, experiment.name,
    experiment.state, experiment.reason, experiment.traceback, experiment.started_at, experiment.ended_at,
    experiment.heard_at, experiment.host, experiment.process, experiment.command, experiment.source,
    experiment.is_archived
from experiment
join project on project.id = experiment.project_id
join workspace on workspace.id = project.workspace_id
where experiment.run {chosen}
"""


def read_projects(link: Link, condition: str, values: Sequence[Any]) -> list[Project]:
    """All projects that fulfil a condition, the last changed first."""
    projects = [
        Project(
            workspace=workspace,
            name=name,
            created_at=created_at,
            updated_at=max(created_at, heard_at or 0),
            experiment_count=count,
            running_count=running,
        )
        for workspace, name, created_at, count, heard_at, running in link.rows(
            _PROJECTS.format(condition=condition), values
        )
    ]
    return sorted(projects, key=lambda project: (-project.updated_at, project.workspace, project.name))


def read_experiments(link: Link, runs: Sequence[int]) -> dict[int, Experiment]:
    """The experiments of some runs, by run."""
    # One run is asked for with every batch: a statement that is always the same is prepared once.
    chosen, values = ("= ?", tuple(runs)) if len(runs) == 1 else (f"in {in_list(runs)}", ())
    tags: dict[int, list[str]] = {}
    for run, name in link.rows(f"select run, name from tag where run {chosen} order by run, position", values):
        tags.setdefault(run, []).append(name)
    return {
        row[0]: Experiment(
            run=row[0],
            key=row[1],
            workspace=row[2],
            project=row[3],
            number=row[4],
            name=row[5],
            state=State(row[6]),
            reason=row[7],
            traceback=row[8],
            started_at=row[9],
            ended_at=row[10],
            heard_at=row[11],
            host=row[12],
            process=row[13],
            command=row[14],
            source=row[15],
            is_archived=bool(row[16]),
            tags=tuple(tags.get(row[0], ())),
        )
        for row in link.rows(_EXPERIMENTS.format(chosen=chosen), values)
    }

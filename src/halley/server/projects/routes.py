"""`/projects`: list, make, read, and the columns and metrics that a project's experiments can show."""

import asyncio
from typing import Annotated

from litestar import Router, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from halley.core.names import check_place_name
from halley.errors import Conflict, NotFound
from halley.server.http.check import checked
from halley.server.http.errors import failures
from halley.server.http.given import GivenClock, GivenStorage
from halley.server.projects.create import create
from halley.server.projects.describe import describe_column, describe_project, describe_use
from halley.wire.api import ColumnList, CreateProject, MetricUsePage, Project, ProjectList


@get("/projects", operation_id="listProjects", summary="Projects", sync_to_thread=True, responses=failures(400))
def list_projects(
    storage: GivenStorage,
    workspace: Annotated[str | None, QueryParameter(description="Only those of this workspace.")] = None,
) -> ProjectList:
    """All projects, or those of one workspace; the last changed first."""
    with storage.read() as session:
        return ProjectList(projects=[describe_project(row) for row in session.catalog.list_projects(workspace)])


@post("/projects", operation_id="createProject", summary="Make a project", responses=failures(400, 409))
async def create_project(data: JSONBody[CreateProject], storage: GivenStorage, clock: GivenClock) -> Project:
    """Make an empty project; experiments make theirs by themselves."""
    workspace = checked(check_place_name, data.workspace, "workspace")
    name = checked(check_place_name, data.name, "name")
    now = clock()
    made = await asyncio.wrap_future(storage.write(lambda session: create(session.catalog, workspace, name, now=now)))
    if made is None:
        raise Conflict(
            f"Workspace {workspace!r} already has a project {name!r}.", hint="Choose another name.", field="name"
        )
    return describe_project(made)


@get(
    "/projects/{workspace:str}/{project:str}",
    operation_id="getProject",
    summary="One project",
    sync_to_thread=True,
    responses=failures(400, 404),
)
def get_project(workspace: FromPath[str], project: FromPath[str], storage: GivenStorage) -> Project:
    """One project and how many experiments it has."""
    checked(check_place_name, workspace, "workspace")
    checked(check_place_name, project, "project")
    with storage.read() as session:
        row = session.catalog.get_project(workspace, project)
    if row is None:
        raise no_project(workspace, project)
    return describe_project(row)


@get(
    "/projects/{workspace:str}/{project:str}/columns",
    operation_id="listColumns",
    summary="Columns of a project's table",
    sync_to_thread=True,
    responses=failures(400, 404),
)
def list_columns(workspace: FromPath[str], project: FromPath[str], storage: GivenStorage) -> ColumnList:
    """Every parameter, other and metric that an experiment of the project has, by kind and name; 5,000 of a kind."""
    checked(check_place_name, workspace, "workspace")
    checked(check_place_name, project, "project")
    with storage.read() as session:
        if session.catalog.get_project(workspace, project) is None:
            raise no_project(workspace, project)
        return ColumnList(columns=[describe_column(row) for row in session.catalog.list_columns(workspace, project)])


@get(
    "/projects/{workspace:str}/{project:str}/metrics",
    operation_id="searchMetrics",
    summary="Metrics of a project",
    sync_to_thread=True,
    responses=failures(400, 404),
)
def search_metrics(
    workspace: FromPath[str],
    project: FromPath[str],
    storage: GivenStorage,
    text: Annotated[
        str, QueryParameter(max_length=200, description="Words that stand in name or context, whatever their case.")
    ] = "",
    context: Annotated[str | None, QueryParameter(max_length=1_000, description="Only this context.")] = None,
    offset: Annotated[int, QueryParameter(ge=0, le=2**31, description="So many are left out.")] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=1_000, description="At most so many.")] = 100,
) -> MetricUsePage:
    """Metrics that experiments of the project have; those that begin with the text, then the most used come first."""
    checked(check_place_name, workspace, "workspace")
    checked(check_place_name, project, "project")
    with storage.read() as session:
        if session.catalog.get_project(workspace, project) is None:
            raise no_project(workspace, project)
        page = session.catalog.search_metrics(
            workspace, project, text=text, context=context, offset=offset, limit=limit
        )
    return MetricUsePage(metrics=[describe_use(one) for one in page.metrics], has_more=page.has_more)


def no_project(workspace: str, project: str) -> NotFound:
    """Say that there is no such project."""
    return NotFound(
        f"Workspace {workspace!r} has no project {project!r}.", hint="GET /api/v1/projects lists all.", field="project"
    )


router = Router(
    "/", route_handlers=[list_projects, create_project, get_project, list_columns, search_metrics], tags=["projects"]
)

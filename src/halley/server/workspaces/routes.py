"""`GET /workspaces` and `GET /status`: who owns projects, and how the server stands."""

from typing import NamedTuple

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from halley.server.http.errors import failures
from halley.server.http.given import GivenStorage
from halley.wire.api import Status, Workspace, WorkspaceList


class Identity(NamedTuple):
    """What the server tells of itself: its version, its start in ms since 1970 UTC, and its kind of database."""

    version: str
    started_at: int
    database: str


@get("/status", operation_id="getStatus", summary="How the server stands", sync_to_thread=False, responses=failures())
def get_status(identity: NamedDependency[SkipValidation[Identity]]) -> Status:
    """Version, start and database of this server; answers as soon as it takes requests."""
    return Status(version=identity.version, started_at=identity.started_at, database=identity.database)


@get("/workspaces", operation_id="listWorkspaces", summary="All workspaces", sync_to_thread=True, responses=failures())
def list_workspaces(storage: GivenStorage) -> WorkspaceList:
    """All workspaces, by name."""
    with storage.read() as session:
        return WorkspaceList(workspaces=[Workspace(name=name) for name in session.catalog.list_workspaces()])


router = Router("/", route_handlers=[get_status, list_workspaces], tags=["workspaces"])

"""`GET /events`: live changes as server-sent events."""

from typing import Annotated

from litestar import Router, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter
from litestar.response import Stream

from halley.server.events.api import GivenBroadcast
from halley.server.events.stream import stream_changes
from halley.server.http.errors import failures
from halley.wire.api import Change

_changes = ResponseSpec(
    Change,
    generate_examples=False,
    media_type="text/event-stream",
    description="Events named `hello` (first) and `change`, whose data is this; comments keep the line open.",
)


@get(
    "/events",
    operation_id="watchChanges",
    summary="Live changes",
    media_type="text/event-stream",
    responses={200: _changes, **failures(400, 429)},
)
async def watch_changes(
    broadcast: GivenBroadcast,
    workspace: Annotated[str | None, QueryParameter(description="Only changes in this workspace.")] = None,
    project: Annotated[str | None, QueryParameter(description="Only changes in projects of this name.")] = None,
) -> Stream:
    """Changes of experiments as they happen, gathered over a quarter of a second."""
    broadcast.check_room()
    return Stream(
        stream_changes(broadcast, workspace, project),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


router = Router("/", route_handlers=[watch_changes], tags=["events"])

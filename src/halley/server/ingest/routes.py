"""`POST /ingest`: a batch of what an experiment said."""

from typing import Any

from litestar import Request, Router, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import SkipValidation

from halley.server.http.errors import failures
from halley.server.ingest.take import Intake
from halley.wire.batch import BatchReply

_taken = ResponseSpec(BatchReply, generate_examples=False, description="How many records are durable now.")


@post(
    "/ingest",
    status_code=200,
    operation_id="sendBatch",
    summary="Send a batch of what an experiment said",
    responses={200: _taken, **failures(400, 408, 409, 410, 413, 429)},
)
async def send_batch(request: Request[Any, Any, Any], intake: NamedDependency[SkipValidation[Intake]]) -> BatchReply:
    """Take a batch once: the reply says how many of the writer's records are durable."""
    return await intake.take(request.receive, request.headers)


router = Router("/", route_handlers=[send_batch], tags=["ingest"])

"""Metrics: series of many experiments on one grid, and deleting one."""

from typing import Annotated

from litestar import Response, Router, delete, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from halley.core.metric import MetricId
from halley.server.events.api import GivenBroadcast
from halley.server.http.check import checked_key
from halley.server.http.errors import failures
from halley.server.http.given import GivenStorage
from halley.server.metrics.delete import delete_points
from halley.server.metrics.draw import draw
from halley.wire.api import Chart, DrawChart

_drawn = ResponseSpec(Chart, generate_examples=False, description="The chart.")


@post(
    "/metrics/chart",
    status_code=200,
    operation_id="drawChart",
    summary="Draw metrics of experiments",
    sync_to_thread=True,
    responses={200: _drawn, **failures(400, 413)},
)
def draw_chart(data: JSONBody[DrawChart], storage: GivenStorage) -> Response[bytes]:
    """Every metric asked for of every experiment asked for that has it, on one x grid. Unknown keys are left out."""
    with storage.read() as session:
        return Response(draw(session, data), media_type="application/json")


@delete(
    "/experiments/{key:str}/metrics",
    operation_id="deleteMetric",
    summary="Delete a metric of an experiment",
    responses=failures(400, 404),
)
async def delete_metric(
    key: FromPath[str],
    storage: GivenStorage,
    broadcast: GivenBroadcast,
    name: Annotated[str, QueryParameter(min_length=1, max_length=1_000, description="The metric's name.")],
    context: Annotated[str, QueryParameter(max_length=1_000, description="Its context.")] = "",
) -> None:
    """Delete every point of a metric. There is no way back. An experiment that goes on logging it starts it anew."""
    await delete_points(storage, broadcast, checked_key(key), MetricId(name, context))


router = Router("/", route_handlers=[draw_chart, delete_metric], tags=["metrics"])

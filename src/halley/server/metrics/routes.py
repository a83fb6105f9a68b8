"""Metrics: series of many experiments on one grid, every point of them, and deleting one."""

from typing import Annotated, Literal

from litestar import Response, Router, delete, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Stream

from halley.core.metric import MetricId
from halley.server.events.api import GivenBroadcast
from halley.server.http.check import checked_key
from halley.server.http.errors import failures
from halley.server.http.given import GivenStorage
from halley.server.metrics.arrow import MEDIA_TYPE
from halley.server.metrics.delete import delete_points
from halley.server.metrics.draw import draw
from halley.server.metrics.export import plan_many, plan_one, stream
from halley.server.metrics.group import draw_groups
from halley.wire.api import Chart, DrawChart, DrawGroups, ExportMetrics, GroupChart

_drawn = ResponseSpec(Chart, generate_examples=False, description="The chart.")
_drawn_groups = ResponseSpec(GroupChart, generate_examples=False, description="The chart.")
_exported = ResponseSpec(bytes, generate_examples=False, media_type=MEDIA_TYPE, description="An Arrow IPC stream.")


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


@post(
    "/metrics/groups",
    status_code=200,
    operation_id="drawGroups",
    summary="Draw metrics of groups of experiments",
    sync_to_thread=True,
    responses={200: _drawn_groups, **failures(400, 413)},
)
def draw_group_chart(data: JSONBody[DrawGroups], storage: GivenStorage) -> Response[bytes]:
    """A line of means for every group and metric, with its spread, on one x grid. Unknown keys are left out."""
    with storage.read() as session:
        return Response(draw_groups(session, data), media_type="application/json")


@get(
    "/experiments/{key:str}/metrics/export",
    operation_id="exportExperiment",
    summary="Every point of an experiment",
    sync_to_thread=True,
    media_type=MEDIA_TYPE,
    responses={200: _exported, **failures(400, 404)},
)
def export_experiment(
    key: FromPath[str],
    storage: GivenStorage,
    name: Annotated[str | None, QueryParameter(max_length=1_000, description="Only metrics of this name.")] = None,
    context: Annotated[str | None, QueryParameter(max_length=1_000, description="Only this context.")] = None,
    compression: Annotated[
        Literal["none", "zstd"], QueryParameter(description="How the columns are compressed.")
    ] = "none",
) -> Stream:
    """Every point, as an Apache Arrow stream: experiment, metric, context, step, time, epoch, value.

    Metric by metric, each by step. Values are bit by bit what was logged. What is logged while it goes on may be in it.
    """
    with storage.read() as session:
        export = plan_one(session, checked_key(key), name, context)
    return stream(storage, export, f"metrics-{key}", is_compressed=compression == "zstd")


@post(
    "/metrics/export",
    status_code=200,
    operation_id="exportMetrics",
    summary="Every point of metrics of experiments",
    sync_to_thread=True,
    media_type=MEDIA_TYPE,
    responses={200: _exported, **failures(400, 413)},
)
def export_metrics(data: JSONBody[ExportMetrics], storage: GivenStorage) -> Stream:
    """Every point of several experiments, one after the other, as `exportExperiment` writes one."""
    with storage.read() as session:
        export = plan_many(session, data)
    return stream(storage, export, "metrics", is_compressed=data.compression == "zstd")


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


router = Router(
    "/",
    route_handlers=[draw_chart, draw_group_chart, export_experiment, export_metrics, delete_metric],
    tags=["metrics"],
)

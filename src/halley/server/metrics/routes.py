"""`POST /metrics/chart`: series of many experiments on one grid."""

from litestar import Response, Router, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from halley.server.http.errors import failures
from halley.server.http.given import GivenStorage
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


router = Router("/", route_handlers=[draw_chart], tags=["metrics"])

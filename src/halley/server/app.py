"""Settings to storage to slices to one ASGI app: the only place where the slices meet."""

from dataclasses import dataclass

from litestar import Litestar, Router

from halley.server.events.broadcast import Broadcast
from halley.server.events.routes import router as events
from halley.server.experiments.routes import router as experiments
from halley.server.http.errors import answer_error
from halley.server.http.given import Clock, now_ms, provide
from halley.server.ingest.room import Room
from halley.server.ingest.routes import make_router as make_ingest
from halley.server.ingest.take import Intake
from halley.server.metrics.routes import router as metrics
from halley.server.metrics.tidy import Tidier
from halley.server.output.routes import router as output
from halley.server.projects.routes import router as projects
from halley.server.workspaces.routes import Identity
from halley.server.workspaces.routes import router as workspaces
from halley.storage.ports.storage import Storage

PREFIX = "/api/v1"
GIVEN = ("storage", "clock", "broadcast", "intake", "identity")
"""What routes may ask for by name."""


@dataclass(frozen=True, slots=True)
class Options:
    """What may be set of the application.

    Attributes:
        version: The version of Halley, shown in the status.
        database: The kind of database, shown in the status.
        lost_after_seconds: A running experiment that is silent for so long is lost.
        max_batch_bytes: Largest compressed batch.
        max_request_bytes: Largest other request.
    """

    version: str
    database: str = "sqlite"
    lost_after_seconds: float = 60.0
    max_batch_bytes: int = 16 * 2**20
    max_request_bytes: int = 2**20


def make_slices(options: Options) -> list[Router]:
    """All routers of the API, without their prefix."""
    return [workspaces, projects, experiments, metrics, output, events, make_ingest(options.max_batch_bytes)]


def create_app(
    storage: Storage, options: Options, *, broadcast: Broadcast | None = None, clock: Clock = now_ms
) -> Litestar:
    """Build the application over an open store."""
    broadcast = broadcast or Broadcast()
    tidier = Tidier()
    intake = Intake(storage, broadcast, tidier, Room(), clock)
    identity = Identity(version=options.version, started_at=clock(), database=options.database)
    slices = make_slices(options)
    return Litestar(
        route_handlers=[Router(PREFIX, route_handlers=slices)],
        dependencies={
            "storage": provide(storage),
            "clock": provide(clock),
            "broadcast": provide(broadcast),
            "intake": provide(intake),
            "identity": provide(identity),
        },
        exception_handlers={Exception: answer_error},
        openapi_config=None,
        request_max_body_size=options.max_request_bytes,
        debug=False,
    )

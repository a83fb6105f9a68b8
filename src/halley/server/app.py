"""Settings to storage to slices to one ASGI app: the only place where the slices meet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from litestar import Litestar, Response, Router, get

from halley.server.assets.delete import drop_unused
from halley.server.assets.put import BLOBS_AT_ONCE, BlobIntake
from halley.server.assets.routes import router as assets
from halley.server.events.broadcast import Broadcast
from halley.server.events.relay import Relay
from halley.server.events.routes import router as events
from halley.server.experiments.erase import erase_deleted
from halley.server.experiments.lose import Watch
from halley.server.experiments.routes import router as experiments
from halley.server.http.body import check_body
from halley.server.http.errors import answer_error
from halley.server.http.front import Front
from halley.server.http.given import Clock, now_ms, provide
from halley.server.http.openapi import describe_api
from halley.server.http.pages import STATIC_FOLDER, Pages
from halley.server.http.query import refuse_unknown
from halley.server.http.receive import SILENCE_SECONDS
from halley.server.http.room import BATCH_LIMIT, Room
from halley.server.ingest.door import Door
from halley.server.ingest.routes import router as ingest
from halley.server.ingest.take import Intake
from halley.server.jobs.repeat import repeat
from halley.server.metrics.routes import router as metrics
from halley.server.metrics.tidy import Tidier
from halley.server.output.routes import router as output
from halley.server.projects.routes import router as projects
from halley.server.workspaces.routes import Identity
from halley.server.workspaces.routes import router as workspaces
from halley.storage.ports.storage import Storage

PREFIX = "/api/v1"
GIVEN = ("storage", "clock", "broadcast", "intake", "blob_intake", "identity")
"""What routes may ask for by name."""

_TIDY_SECONDS = 2.0
_ERASE_SECONDS = 2.0
_DROP_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Options:
    """What may be set of the application.

    Attributes:
        version: The version of Halley, shown in the status.
        database: The kind of database, shown in the status.
        hosts: The host names it answers for; None for all.
        lost_after_seconds: A running experiment that is silent for so long is lost.
        max_batch_bytes: Largest compressed batch.
        max_request_bytes: Largest other request.
        batches_at_once: How many batches may wait to be stored; more are asked to come later.
        silence_seconds: How long the body of a batch may pause.
        static: The folder of the built web app.
    """

    version: str
    database: str = "sqlite"
    hosts: frozenset[str] | None = None
    lost_after_seconds: float = 60.0
    max_batch_bytes: int = 16 * 2**20
    max_request_bytes: int = 2**20
    batches_at_once: int = BATCH_LIMIT
    silence_seconds: float = SILENCE_SECONDS
    static: Path = STATIC_FOLDER


SLICES = (workspaces, projects, experiments, metrics, output, assets, events, ingest)
"""All routers of the API, without their prefix."""


def create_app(storage: Storage, options: Options, broadcast: Broadcast, *, clock: Clock = now_ms) -> Front:
    """Build the application over an open store.

    Args:
        storage: The open store; whoever opened it closes it.
        options: What may be set.
        broadcast: Where changes go; close it to end every open line before the server stops.
        clock: Tells the time in ms since 1970 UTC.

    Example:
        ```python
        app = create_app(open_storage(Path("data")), Options(version="0.1.0"), Broadcast())
        ```
    """
    tidier = Tidier()
    intake = Intake(
        storage,
        broadcast,
        tidier,
        Room(options.batches_at_once),
        clock,
        largest_bytes=options.max_batch_bytes,
        silence_seconds=options.silence_seconds,
    )
    given = {
        "storage": storage,
        "clock": clock,
        "broadcast": broadcast,
        "intake": intake,
        "blob_intake": BlobIntake(storage, Room(BLOBS_AT_ONCE), clock, silence_seconds=options.silence_seconds),
        "identity": Identity(version=options.version, started_at=clock(), database=options.database),
    }
    watch = Watch(storage, broadcast, clock, lost_after_ms=round(options.lost_after_seconds * 1_000))

    relay = Relay(storage, broadcast)

    @asynccontextmanager
    async def work(_: Litestar) -> AsyncIterator[None]:
        await relay.start()
        tasks = [
            asyncio.create_task(
                repeat(
                    watch.lose_silent,
                    every_seconds=min(5.0, options.lost_after_seconds / 4),
                    name="look for lost experiments",
                )
            ),
            asyncio.create_task(
                repeat(lambda: tidier.tidy(storage), every_seconds=_TIDY_SECONDS, name="tidy the points of a run")
            ),
            asyncio.create_task(
                repeat(lambda: erase_deleted(storage), every_seconds=_ERASE_SECONDS, name="erase deleted experiments")
            ),
            asyncio.create_task(
                repeat(lambda: _drop_blobs(storage, clock), every_seconds=_DROP_SECONDS, name="drop files of nobody")
            ),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task
            await relay.stop()

    api = Litestar(
        route_handlers=[Router(PREFIX, route_handlers=[*SLICES, _document_route()])],
        dependencies={name: provide(value) for name, value in given.items()},
        exception_handlers={Exception: answer_error},
        guards=[refuse_unknown],
        before_request=check_body,
        lifespan=[work],
        logging_config=None,
        openapi_config=None,
        request_max_body_size=options.max_request_bytes,
    )
    return Front(api, Pages(options.static), {f"{PREFIX}/ingest": Door(intake)}, hosts=options.hosts)


async def _drop_blobs(storage: Storage, clock: Clock) -> None:
    await drop_unused(storage, now=clock())


def _document_route() -> Router:
    written: list[bytes] = []

    @get("/openapi.json", sync_to_thread=True, include_in_schema=False)
    def get_openapi() -> Response[bytes]:
        if not written:
            written.append(describe_api(PREFIX, SLICES, GIVEN))
        return Response(written[0], media_type="application/json", headers={"Cache-Control": "no-cache"})

    return Router("/", route_handlers=[get_openapi])

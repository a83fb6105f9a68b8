"""Taking the content of assets that is too large for a batch: blob by blob, and at last which blobs it is."""

import asyncio
from collections.abc import Mapping
from functools import partial

from litestar.types import Receive

from halley.core.asset import BLOB_BYTES
from halley.core.ids import ExperimentKey
from halley.errors import ArgumentError, Conflict, Gone, InvalidRequest
from halley.server.assets.check import check_digest, read_blobs
from halley.server.assets.list import no_asset
from halley.server.events.api import Broadcast
from halley.server.experiments.api import find_run
from halley.server.http.given import Clock
from halley.server.http.receive import SILENCE_SECONDS, receive_body
from halley.server.http.room import Room
from halley.storage.ports.assets import Blob
from halley.storage.ports.catalog import Experiment
from halley.storage.ports.storage import Session, Storage
from halley.wire.api import AttachContent, Change

BLOBS_AT_ONCE = 64
"""How many blobs may be received and stored at once; more are asked to come later."""


class BlobIntake:
    """Where blobs come in.

    Args:
        storage: The open store.
        room: How much may wait at once.
        clock: Tells the time in ms since 1970 UTC.
        silence_seconds: How long a body may pause.
    """

    def __init__(self, storage: Storage, room: Room, clock: Clock, *, silence_seconds: float = SILENCE_SECONDS) -> None:
        self._storage = storage
        self._room = room
        self._clock = clock
        self._silence_seconds = silence_seconds

    async def take(self, digest: str, receive: Receive, headers: Mapping[str, str]) -> None:
        """Take one blob from a request. Taking it again does no harm.

        Raises:
            InvalidRequest: the digest is not that of the body.
            Conflict: it was dropped in this very moment.
            TooLarge: it is larger than a blob may be.
            TooSlow: its body stopped in the middle.
            Busy: too much is waiting already.
        """
        check_digest(digest, "digest")
        announced = headers.get("content-length", "")
        place = self._room.enter()
        try:
            body = await receive_body(
                receive,
                place.grow,
                announced=int(announced) if announced.isdecimal() else 0,
                limit=BLOB_BYTES,
                silence_seconds=self._silence_seconds,
            )
            place.wait()
            try:
                await asyncio.to_thread(self._storage.blobs.put, digest, body)
            except ArgumentError as error:
                raise InvalidRequest(error.message, hint=error.hint, field="digest") from error
            await self._note(Blob(digest, len(body)))
        finally:
            place.leave()

    async def _note(self, blob: Blob) -> None:
        job = partial(_note, blob=blob, now=self._clock(), storage=self._storage)
        if not await asyncio.wrap_future(self._storage.write(job)):
            raise Conflict(f"Blob {blob.digest} was dropped in this very moment.", hint="Send it again.")


def _note(session: Session, blob: Blob, now: int, storage: Storage) -> bool:
    return session.assets.note_blob(blob, now=now, is_there=lambda digest: bool(storage.blobs.find([digest])))


async def attach(
    storage: Storage, broadcast: Broadcast, key: ExperimentKey, asset: str, content: AttachContent, *, now: int
) -> None:
    """Say which blobs the content of an asset is. Saying it again does no harm.

    Raises:
        InvalidRequest: a digest or a size cannot be.
        NotFound: no experiment has this key, or it has no such asset (yet).
        Gone: the experiment was deleted.
        Conflict: blobs are not there; its message names the first.
    """
    check_digest(content.digest, "digest")
    blobs = read_blobs(content.blobs)

    def job(session: Session) -> Experiment:
        if session.catalog.is_deleted(key):
            raise Gone(f"Experiment {key} was deleted.", hint="Nothing is taken for it any more.")
        run = find_run(session.catalog, key)
        missing = session.assets.attach(
            run, asset, content.digest, blobs, now=now, is_there=lambda digest: bool(storage.blobs.find([digest]))
        )
        if missing is None:
            raise no_asset(key, asset)
        if missing:
            raise Conflict(
                f"{len(missing):,} blobs are not here: {missing[0]}, ...",
                hint="Put them, and attach the content again.",
                field="blobs",
            )
        row = session.catalog.get_experiment(run)
        assert row is not None  # this job is the only writer while it runs
        return row

    row = await asyncio.wrap_future(storage.write(job))
    broadcast.publish(Change(workspace=row.workspace, project=row.project, experiment=row.key, parts=["assets"]))

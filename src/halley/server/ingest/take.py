"""Taking a batch: from a body on the wire to a durable acknowledgement."""

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import quote

import zstandard
from litestar.types import Receive

from halley.server.events.api import Broadcast
from halley.server.http.given import Clock
from halley.server.http.receive import SILENCE_SECONDS, receive_body
from halley.server.http.room import Room
from halley.server.ingest.apply import Said, apply, follow_state
from halley.server.ingest.store import Counter
from halley.server.metrics.api import Tidier
from halley.storage.ports.catalog import Experiment
from halley.storage.ports.storage import Session, Storage
from halley.wire.api import Change
from halley.wire.batch import SIZE_LIMIT, Batch, BatchReply, RawBatch, open_batch

Part = Literal["created", "state", "metrics", "output", "assets", "facts", "deleted"]

_INLINE_BYTES = 64 * 2**10
"""Batches up to this size are decoded on the event loop: it takes less time than handing them to a thread."""

_OBJECT_SIZE = 20
"""How many bytes of memory a byte of records and names becomes at most; measured for the smallest there are."""


class Taken(NamedTuple):
    """What became of a batch: the experiment afterwards, how far its writer is, and what changed."""

    experiment: Experiment
    acknowledged: int
    parts: list[Part]


class Intake:
    """Where batches come in.

    Args:
        storage: The open store.
        broadcast: Told of what changed, once it is durable.
        tidier: Told of points, so that it folds them later.
        room: How much may wait at once.
        clock: Tells the time in ms since 1970 UTC.
        largest_bytes: Largest body taken, compressed.
        silence_seconds: How long a body may pause.
    """

    def __init__(
        self,
        storage: Storage,
        broadcast: Broadcast,
        tidier: Tidier,
        room: Room,
        clock: Clock,
        *,
        largest_bytes: int,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        self._counter = Counter(storage)
        self._broadcast = broadcast
        self._tidier = tidier
        self._room = room
        self._clock = clock
        self._largest_bytes = largest_bytes
        self._silence_seconds = silence_seconds

    async def take(self, receive: Receive, headers: Mapping[str, str]) -> BatchReply:
        """Take one batch from a request.

        Args:
            receive: Gives the request's body, which is the batch.
            headers: The request's headers.

        Raises:
            InvalidRequest: the body is no batch, or something in it cannot be.
            SequenceGap: the batch does not follow on the last one.
            Gone: the experiment was deleted.
            TooLarge: it is larger than batches may be.
            TooSlow: its body stopped in the middle.
            Busy: too much is waiting already.
        """
        announced = headers.get("content-length", "")
        place = self._room.enter()
        try:
            body = await receive_body(
                receive,
                place.grow,
                announced=int(announced) if announced.isdecimal() else 0,
                limit=self._largest_bytes,
                silence_seconds=self._silence_seconds,
            )
            place.wait()
            size = decoded_bytes(body)
            place.grow(size)
            raw = open_batch(body) if size <= _INLINE_BYTES else await asyncio.to_thread(open_batch, body)
            del body
            place.grow(_OBJECT_SIZE * raw.object_bytes)
            batch, said = _read(raw) if size <= _INLINE_BYTES else await asyncio.to_thread(_read, raw)
            del raw
            now = self._clock()
            taken = await self._counter.write(
                lambda session: take(session, batch, said, now), about=batch.experiment_key
            )
        finally:
            place.leave()
        experiment = taken.experiment
        self._tidier.note(experiment.run, len(batch.points), is_ended=experiment.state.is_ended)
        if taken.parts:
            self._broadcast.publish(
                Change(
                    workspace=experiment.workspace,
                    project=experiment.project,
                    experiment=experiment.key,
                    parts=taken.parts,
                )
            )
        return BatchReply(
            acknowledged=taken.acknowledged,
            state=experiment.state,
            name=experiment.name,
            path=f"{_path(experiment.workspace, experiment.project)}/experiments/{experiment.key}",
        )


@lru_cache(maxsize=1_000)
def _path(workspace: str, project: str) -> str:
    return f"/{quote(workspace, safe='')}/{quote(project, safe='')}"


def take(session: Session, batch: Batch, said: Said, now: int) -> Taken:
    """Take a batch inside a transaction: once, whole, or not at all.

    Args:
        session: The transaction.
        batch: The batch.
        said: What its records say.
        now: The time in ms since 1970 UTC.

    Raises:
        SequenceGap: the batch does not follow on the last one of its writer.
        Gone: the experiment was deleted.
    """
    catalog = session.catalog
    project = catalog.ensure_project(batch.workspace, batch.project, now=now)
    run, is_new = catalog.ensure_experiment(project, batch.experiment_key, now=now)
    claim = catalog.claim(run, batch.writer, batch.first, batch.count, is_forced=batch.is_resend_after_loss)
    before = _get(session, run)
    catalog.hear(run, now=now)
    is_taken = claim.is_taken and batch.count > 0
    if is_taken:
        apply(session, run, batch.writer, said)
    has_new_state = follow_state(session, before, said if is_taken else None)
    parts: list[Part] = []
    if is_new:
        parts.append("created")
    if has_new_state:
        parts.append("state")
    if is_taken and said.points is not None:
        parts.append("metrics")
    if is_taken and said.lines:
        parts.append("output")
    if is_taken and said.assets:
        parts.append("assets")
    if is_taken and said.is_about_facts:
        parts.append("facts")
    is_changed = has_new_state or (is_taken and said.is_about_facts)
    return Taken(_get(session, run) if is_changed else before, claim.acknowledged, parts)


def _get(session: Session, run: int) -> Experiment:
    experiment = session.catalog.get_experiment(run)
    assert experiment is not None  # made or found a moment ago in this transaction
    return experiment


def _read(raw: RawBatch) -> tuple[Batch, Said]:
    batch = raw.decode()
    return batch, Said(batch)


def decoded_bytes(body: bytes) -> int:
    """How many bytes a body will have once it is decompressed, as it says itself; 0 if it says nothing we believe."""
    try:
        size = zstandard.frame_content_size(body)
    except zstandard.ZstdError:
        return 0
    return size if 0 < size <= SIZE_LIMIT else 0

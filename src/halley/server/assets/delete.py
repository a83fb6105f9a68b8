"""Deleting an asset, and giving back the space of what nobody has any more."""

import asyncio
from functools import partial

from halley.core.ids import ExperimentKey
from halley.server.assets.list import no_asset
from halley.server.events.api import Broadcast
from halley.server.experiments.api import find_run
from halley.storage.ports.catalog import Experiment
from halley.storage.ports.storage import Session, Storage
from halley.wire.api import Change

KEPT_MS = 24 * 3_600_000
"""Blobs that no asset has stay so long: what is being sent in parts is not dropped in the middle."""

_BLOBS = 100


async def delete_one(storage: Storage, broadcast: Broadcast, key: ExperimentKey, asset: str) -> None:
    """Delete an asset. Its bytes are given back when no other asset has them.

    Raises:
        NotFound: no experiment has this key, or it has no such asset.
    """

    def job(session: Session) -> Experiment:
        run = find_run(session.catalog, key)
        if not session.assets.delete_asset(run, asset):
            raise no_asset(key, asset)
        row = session.catalog.get_experiment(run)
        assert row is not None  # this job is the only writer while it runs
        return row

    row = await asyncio.wrap_future(storage.write(job))
    broadcast.publish(Change(workspace=row.workspace, project=row.project, experiment=row.key, parts=["assets"]))


async def drop_unused(storage: Storage, *, now: int, kept_ms: int = KEPT_MS) -> int:
    """Drop the blobs that no asset has any more, a transaction for some of them; return how many bytes that was."""
    job = partial(_drop, before=now - kept_ms, storage=storage)
    size = 0
    while dropped := await asyncio.wrap_future(storage.write(job)):
        size += sum(dropped)
    return size


def _drop(session: Session, before: int, storage: Storage) -> list[int]:
    blobs = session.assets.drop_unused(before=before, limit=_BLOBS, drop=storage.blobs.delete)
    return [blob.size_bytes for blob in blobs]

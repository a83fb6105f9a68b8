"""Erasing deleted experiments: their points, lines and assets, slice by slice, whatever happens in between."""

import asyncio
from collections.abc import Sequence
from functools import partial

from halley.storage.ports.storage import Session, Storage


def erase(run: int, session: Session) -> bool:
    """Delete a slice of what is left of a run whose experiment was deleted; say whether there may be more."""
    if session.output.delete(run) or session.assets.delete(run) or session.metrics.delete(run):
        return True
    session.catalog.forget_deleted_run(run)
    return False


async def erase_deleted(storage: Storage) -> None:
    """Erase every deleted run, one transaction a slice, so that batches are taken in between.

    Several servers may be at it at once: a slice that another one erased is gone, and that is all.
    """
    for run in await asyncio.to_thread(_list_deleted_runs, storage):
        while await asyncio.wrap_future(storage.write(partial(erase, run))):
            pass


def _list_deleted_runs(storage: Storage) -> Sequence[int]:
    with storage.read() as session:
        return session.catalog.list_deleted_runs()

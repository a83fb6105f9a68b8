"""Marking experiments lost that say nothing any more."""

import asyncio

from halley.server.events.api import Broadcast
from halley.server.http.given import Clock
from halley.storage.ports.catalog import Experiment
from halley.storage.ports.storage import Session, Storage
from halley.wire.api import Change


class Watch:
    """Looks for running experiments that have gone silent.

    Args:
        storage: The open store.
        broadcast: Told of every experiment that was lost.
        clock: Tells the time in ms since 1970 UTC.
        lost_after_ms: How long an experiment may be silent. Counted from its last word or from the start of the
            server, whichever is later: a server that was down has heard nobody.
    """

    def __init__(self, storage: Storage, broadcast: Broadcast, clock: Clock, lost_after_ms: int) -> None:
        self._storage = storage
        self._broadcast = broadcast
        self._clock = clock
        self._lost_after_ms = lost_after_ms
        self._started_at = clock()

    async def lose_silent(self) -> None:
        """Mark every experiment lost that was silent for too long, and tell of it."""
        heard_before = self._clock() - self._lost_after_ms
        if heard_before < self._started_at:
            return

        def job(session: Session) -> list[Experiment]:
            runs = session.catalog.lose_silent(heard_before=heard_before)
            rows = [session.catalog.get_experiment(run) for run in runs]
            return [row for row in rows if row is not None]

        for row in await asyncio.wrap_future(self._storage.write(job)):
            self._broadcast.publish(
                Change(workspace=row.workspace, project=row.project, experiment=row.key, parts=["state"])
            )

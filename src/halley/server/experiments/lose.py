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
        lost_after_ms: How long an experiment may be silent. Counted from its last word, or from when the server began
            to listen if that is later: one that was down or asleep, or whose clock was set, has heard nobody.
    """

    def __init__(self, storage: Storage, broadcast: Broadcast, clock: Clock, lost_after_ms: int) -> None:
        self._storage = storage
        self._broadcast = broadcast
        self._clock = clock
        self._lost_after_ms = lost_after_ms
        self._listening_since = self._looked_at = clock()

    async def lose_silent(self) -> None:
        """Mark every experiment lost that was silent for too long, and tell of it."""
        now, limit = self._clock(), self._lost_after_ms
        if not 0 <= now - self._looked_at <= limit:
            self._listening_since = now
        self._looked_at = now
        if now - limit < self._listening_since:
            return

        def job(session: Session) -> list[Experiment]:
            runs = session.catalog.lose_silent(heard_before=now - limit, latest=now + limit)
            rows = [session.catalog.get_experiment(run) for run in runs]
            return [row for row in rows if row is not None]

        for row in await asyncio.wrap_future(self._storage.write(job)):
            self._broadcast.publish(
                Change(workspace=row.workspace, project=row.project, experiment=row.key, parts=["state"])
            )

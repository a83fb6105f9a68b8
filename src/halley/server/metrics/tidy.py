"""Tidying: folding points that came in small pieces into full chunks, when a run ended or grew."""

import asyncio
from collections.abc import Sequence
from functools import partial

from halley.storage.ports.storage import Session, Storage

POINTS_BETWEEN = 500_000


class Tidier:
    """Remembers which runs want tidying. Belongs to the event loop's thread.

    Args:
        points_between: A run that is still going is tidied after so many new points.
    """

    def __init__(self, points_between: int = POINTS_BETWEEN) -> None:
        self._points_between = points_between
        self._grown: dict[int, int] = {}
        self._waiting: dict[int, None] = {}

    def note(self, run: int, points: int, *, is_ended: bool) -> None:
        """Note that a run got points; one that ended and has new ones is tidied soon, others when they grew enough."""
        grown = self._grown.get(run, 0) + points
        if grown and (is_ended or grown >= self._points_between):
            self._waiting[run] = None
            self._grown.pop(run, None)
        elif grown:
            self._grown[run] = grown

    @property
    def waiting(self) -> Sequence[int]:
        """The runs that want tidying, in the order in which they came to want it."""
        return list(self._waiting)

    async def tidy(self, storage: Storage) -> None:
        """Tidy the runs that wait, one transaction each, so that batches are taken in between."""
        while self._waiting:
            run = next(iter(self._waiting))
            del self._waiting[run]
            await asyncio.wrap_future(storage.write(partial(_tidy, run)))


def _tidy(run: int, session: Session) -> None:
    session.metrics.tidy(run)

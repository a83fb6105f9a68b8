"""Handing jobs to the store's writer from the event loop, and hearing of them: a whole group with one wake-up."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from halley.storage.ports.storage import Session, Storage

T = TypeVar("T")


class Counter:
    """Where jobs are handed in. Belongs to the event loop's thread.

    The writer completes many jobs with one commit. To wake the event loop for each of them costs more than to answer
    them: here the first one that is done wakes it, and takes the others along.

    Args:
        storage: The open store.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._done: deque[tuple[asyncio.Future[Any], Future[Any]]] = deque()
        self._is_called = False

    async def write(self, job: Callable[[Session], T], *, about: str) -> T:
        """Have a job done; see `Storage.write`."""
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[T] = loop.create_future()
        self._storage.write(job, about=about).add_done_callback(partial(self._note, loop, waiting))
        return await waiting

    def _note(self, loop: asyncio.AbstractEventLoop, waiting: asyncio.Future[T], done: "Future[T]") -> None:
        """A job is done: called in the writer's thread, or at once if the store is closed."""
        self._done.append((waiting, done))
        if not self._is_called:
            self._is_called = True
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(self._hand_out)

    def _hand_out(self) -> None:
        self._is_called = False  # first: what is done from here on calls anew
        while self._done:
            waiting, done = self._done.popleft()
            if waiting.done():  # who waited is gone
                continue
            error = done.exception()
            if error is None:
                waiting.set_result(done.result())
            else:
                waiting.set_exception(error)

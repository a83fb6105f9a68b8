"""The one writer: a thread that runs waiting jobs in groups, one durable transaction a group."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from halley.errors import HalleyError, StorageError, StorageLocked
from halley.storage.sql.link import Link
from halley.storage.sql.session import WriterSession

GROUP_LIMIT = 256
"""Most jobs in one transaction."""


class _Work:
    """A job, its future, the locks it needs that others had, and how it came out inside the transaction."""

    __slots__ = ("about", "error", "future", "is_alone", "job", "result", "wanted")

    def __init__(self, job: Callable[[WriterSession], Any], about: str | None) -> None:
        self.job = job
        self.about = about
        self.is_alone = False
        self.future: Future[Any] = Future()
        self.result: Any = None
        self.error: BaseException | None = None
        self.wanted: set[int] = set()


class Writer:
    """Runs jobs in the order they came, up to `GROUP_LIMIT` in one transaction; see `storage.ports.storage`.

    Args:
        link: The only connection that writes; the writer closes it.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._session = WriterSession(link)
        self._queue: SimpleQueue[_Work | None] = SimpleQueue()
        self._gate = threading.Lock()
        self._resting_until = 0.0
        link.deleted_rows = 1  # whoever wrote before may not have come to give all space back
        self._is_closed = False
        self._thread = threading.Thread(target=self._serve, name="halley-writer", daemon=True)
        self._thread.start()

    def write(self, job: Callable[[WriterSession], Any], about: str | None = None) -> "Future[Any]":
        """Queue a job. After `close` the future fails with a StorageError."""
        work = _Work(job, about)
        with self._gate:
            if not self._is_closed:
                self._queue.put(work)
                return work.future
        work.future.set_exception(StorageError("The store is closed.", hint="Open it again."))
        return work.future

    def close(self) -> None:
        """Finish all waiting jobs, then end the thread and close the connection."""
        with self._gate:
            if not self._is_closed:
                self._is_closed = True
                self._queue.put(None)
        self._thread.join()

    def _serve(self) -> None:
        is_open = True
        while is_open:
            group, is_open = self._next_group()
            while group:
                group = self._commit(group)
            self._give_back_space()
            with suppress(Exception):  # nothing of it is lost: the next group says what is wrong, or tries again
                self._link.keep_log_short()
        self._link.close()

    def _next_group(self) -> tuple[list[_Work], bool]:
        group: list[_Work] = []
        work = self._queue.get()
        while work is not None:
            if work.future.set_running_or_notify_cancel():
                group.append(work)
            if len(group) == GROUP_LIMIT:
                break
            try:
                work = self._queue.get_nowait()
            except Empty:
                break
        return group, work is not None

    def _commit(self, group: list[_Work]) -> list[_Work]:
        """Run a group in one transaction; return what is left of it.

        Something is left if another process has what the next job needs, or if a job put what the database refuses,
        which is told too late to know whose it was: then each has a transaction of its own.
        """
        now, later = (group[:1], group[1:]) if group[0].is_alone else (group, [])
        done = 0
        try:
            self._link.begin_write(now[0].wanted)
            self._session.expect(work.about for work in now if work.about is not None)
            while done < len(now) and self._run_job(now[done]):
                done += 1
            self._link.commit()
        except Exception as error:  # noqa: BLE001 - whatever it is, the whole group has to hear of it
            return [*self._abandon(now, error), *later]
        for work in now[:done]:
            if work.error is None:
                work.future.set_result(work.result)
            else:
                work.future.set_exception(work.error)
        return [*now[done:], *later]

    def _run_job(self, work: _Work) -> bool:
        """Run a job so that it can fail alone; False if it has to wait for another process."""
        self._session.begin_job()
        try:
            work.result = work.job(self._session)
        except BaseException as error:
            if self._link.is_spoilt or not self._link.is_in_transaction:
                raise
            self._session.roll_back_job()
            if isinstance(error, StorageLocked):
                work.wanted.add(error.key)
                return False
            work.error = self._link.dialect.explain(error) or error
        else:
            self._session.keep_job()
        return True

    def _abandon(self, group: list[_Work], error: Exception) -> list[_Work]:
        """A transaction failed: tell those whose jobs were in it; return those that are to be tried alone."""
        self._session.forget()
        told: BaseException
        if isinstance(error, HalleyError):
            told = error
        else:
            told = self._link.dialect.explain(error) or StorageError(
                f"The transaction failed: {error}.", hint="Nothing of it was kept; try again."
            )
            told.__cause__ = error
        with suppress(Exception):  # the next BEGIN says what is wrong to whoever writes next
            self._link.roll_back()
        if len(group) > 1 and self._link.dialect.is_about_values(error):
            for work in group:
                work.is_alone, work.error = True, None
            return group
        for work in group:
            work.future.set_exception(work.error or told)
        return []

    def _give_back_space(self) -> None:
        """Give back what deletes freed: all the time while nobody waits, a tenth of the time if somebody does."""
        try:
            while self._link.deleted_rows and not self._is_closed:
                began = time.monotonic()
                if began < self._resting_until and not self._queue.empty():
                    break
                self._link.give_back_space()
                now = time.monotonic()
                self._resting_until = now + 9 * (now - began)
        except Exception:  # noqa: BLE001 - no space was given back; the next delete tries again
            self._link.deleted_rows = 0

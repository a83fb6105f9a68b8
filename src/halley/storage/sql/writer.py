"""The one writer: a thread that runs waiting jobs in groups, one durable transaction a group."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from halley.errors import StorageError, StorageLocked
from halley.storage.sql.link import Link
from halley.storage.sql.session import SqlSession

GROUP_LIMIT = 256
"""Most jobs in one transaction."""


class _Work:
    """A job, its future, the locks it needs that others had, and how it came out inside the transaction."""

    __slots__ = ("error", "future", "job", "result", "wanted")

    def __init__(self, job: Callable[[SqlSession], Any]) -> None:
        self.job = job
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
        self._session = SqlSession(link, is_writer=True)
        self._queue: SimpleQueue[_Work | None] = SimpleQueue()
        self._gate = threading.Lock()
        self._is_closed = False
        self._thread = threading.Thread(target=self._serve, name="halley-writer", daemon=True)
        self._thread.start()

    def write(self, job: Callable[[SqlSession], Any]) -> "Future[Any]":
        """Queue a job. After `close` the future fails with a StorageError."""
        work = _Work(job)
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
        """Run a group in one transaction; return what is left because another process has what the next job needs."""
        done = 0
        try:
            self._link.begin_write(group[0].wanted)
            while done < len(group) and self._run_alone(group[done]):
                done += 1
            self._link.run("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it is, the whole group has to hear of it
            self._abandon(group, error)
            return []
        for work in group[:done]:
            if work.error is None:
                work.future.set_result(work.result)
            else:
                work.future.set_exception(work.error)
        return group[done:]

    def _run_alone(self, work: _Work) -> bool:
        """Run a job inside a savepoint; False if it has to wait for another process."""
        self._link.save()
        try:
            work.result = work.job(self._session)
        except BaseException as error:
            # What the job put into our memory of the tables is rolled back with it.
            self._session.forget()
            if not self._link.is_in_transaction:
                raise
            self._link.roll_back_job()
            if isinstance(error, StorageLocked):
                work.wanted.add(error.key)
                return False
            work.error = self._link.dialect.explain(error) or error
        self._link.run("RELEASE job")
        return True

    def _abandon(self, group: list[_Work], error: Exception) -> None:
        self._session.forget()
        told = self._link.dialect.explain(error) or StorageError(
            f"The transaction failed: {error}.", hint="Nothing of it was kept; try again."
        )
        told.__cause__ = error
        with suppress(Exception):  # the next BEGIN says what is wrong to whoever writes next
            self._link.roll_back()
        for work in group:
            work.future.set_exception(work.error or told)

    def _give_back_space(self) -> None:
        try:
            while self._link.has_deleted and self._queue.empty():
                self._link.has_deleted = self._link.give_back_space()
        except Exception:  # noqa: BLE001 - no space was given back; the next delete tries again
            self._link.has_deleted = False

"""The store over an SQL database: one writer, and as many readers as ask."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

from halley.errors import StorageError
from halley.storage.lock import FolderLock
from halley.storage.ports.blobs import Blobs
from halley.storage.ports.storage import Session
from halley.storage.sql.dialect import Dialect
from halley.storage.sql.link import Link
from halley.storage.sql.session import SqlSession
from halley.storage.sql.writer import Writer

T = TypeVar("T")

_IDLE_LIMIT = 16
"""Most connections kept open for readers to come."""


class SqlStorage:
    """An open store; see `storage.ports.storage` for what it promises.

    Args:
        dialect: The database, its schema up to date.
        writer: The connection that writes.
        lock: What keeps other servers away, released at the end.
        blobs: Where the content of assets is.
    """

    def __init__(self, dialect: Dialect, writer: Link, lock: FolderLock | None, blobs: Blobs) -> None:
        self.blobs = blobs
        self._dialect = dialect
        self._lock = lock
        self._writer = Writer(writer)
        self._gate = threading.Lock()
        self._idle: list[Link] = []
        self._is_closed = False

    @property
    def database(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._dialect.name

    @property
    def place(self) -> str:
        """Where it is, as people may be told: the data folder, or the URL without its password."""
        return self._dialect.place

    def write(self, job: Callable[[Session], T], *, about: str | None = None) -> "Future[T]":
        """See `Storage.write`."""
        return self._writer.write(job, about)

    def announce(self, text: str) -> None:
        """See `Storage.announce`."""
        if self._dialect.is_shared:
            self._writer.write(lambda session: session.announce(text))

    def listen(self, on_text: Callable[[str | None], None]) -> Callable[[], None]:
        """See `Storage.listen`."""
        return self._dialect.listen(on_text)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """See `Storage.read`.

        Raises:
            StorageError: the store is closed, or the database cannot be read.
        """
        link = self._begin()
        try:
            yield SqlSession(link)
        except Exception as error:
            told = self._dialect.explain(error)
            if told is None:
                raise
            raise told from error
        finally:
            self._put_back(link)

    def _begin(self) -> Link:
        """Begin a snapshot on a connection that waits, or a new one if none of those that wait is alive."""
        while True:
            link, is_new = self._take()
            try:
                link.run(self._dialect.begin_read)
                link.value("select max(version) from halley_schema")  # a snapshot begins with the first question
            except BaseException as error:
                is_stale = link.is_lost and not is_new
                link.close()
                if is_stale and isinstance(error, Exception):
                    continue
                told = self._dialect.explain(error)
                if told is None:
                    raise
                raise told from error
            return link

    def _take(self) -> tuple[Link, bool]:
        with self._gate:
            if self._is_closed:
                raise StorageError("The store is closed.", hint="Open it again.")
            while self._idle:
                link = self._idle.pop()
                if not link.is_lost:
                    return link, False
                link.close()
        return Link(self._dialect, is_reader=True), True

    def _put_back(self, link: Link) -> None:
        try:
            link.roll_back()
        except Exception:
            link.close()
            if link.is_lost:  # it was lost after the last answer, which is as good as any
                return
            raise
        with self._gate:
            if not self._is_closed and not link.is_lost and len(self._idle) < _IDLE_LIMIT:
                self._idle.append(link)
                return
        link.close()

    def close(self) -> None:
        """See `Storage.close`. Closing twice is harmless; a snapshot that is still open stays good until it ends."""
        self._writer.close()
        with self._gate:
            if self._is_closed:
                return
            self._is_closed = True
            idle, self._idle = self._idle, []
        for link in idle:
            link.close()
        self._dialect.close()
        if self._lock is not None:
            self._lock.release()

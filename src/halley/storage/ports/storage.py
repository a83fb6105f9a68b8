"""The store as a whole: how work gets a transaction or a snapshot.

**Writing.** `write(job)` queues a function; one writer runs the waiting ones in the order they came, up to 256 in one
transaction (group commit), and completes their futures only after the commit reached the disk. A job that raises is
rolled back alone; the others in its group stand. A job must not wait for anything and must not start another write; it
may be run again, from the start, and must change nothing but the store. What a completed future returned is durable: it
survives kill -9 and power loss.

**Reading.** `read()` opens a snapshot: every question asked of it is answered from one moment, whatever is written
meanwhile; readers never wait for the writer, nor the writer for readers. A snapshot belongs to the thread that opened
it.

**Several processes.** Where the database can be shared (PostgreSQL), several processes may have it open: all of the
above holds for each and between them. `announce` and `listen` carry short texts between them.

**Order.** A read that starts after a write's future completed sees that write.
"""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from halley.storage.ports.assets import Assets
from halley.storage.ports.blobs import Blobs
from halley.storage.ports.catalog import Catalog
from halley.storage.ports.metrics import Metrics
from halley.storage.ports.output import Output

T = TypeVar("T")


class Session(Protocol):
    """A transaction or a snapshot: the ports over one moment of the store."""

    @property
    def catalog(self) -> Catalog:
        """Workspaces, projects, experiments and their facts."""
        ...

    @property
    def metrics(self) -> Metrics:
        """Points of metrics."""
        ...

    @property
    def output(self) -> Output:
        """Lines of output."""
        ...

    @property
    def assets(self) -> Assets:
        """Files of experiments."""
        ...


class Storage(Protocol):
    """An open store. Thread-safe."""

    @property
    def blobs(self) -> Blobs:
        """The content of assets that is too large for the database."""
        ...

    def write(self, job: Callable[[Session], T], *, about: str | None = None) -> "Future[T]":
        """Queue a job for the writer; the future completes after it is durable.

        Args:
            job: What to do.
            about: The key of the experiment that the job is about, where it is about one: the writer may then ask for
                what many jobs need at once. It changes nothing else.
        """
        ...

    def read(self) -> AbstractContextManager[Session]:
        """Open a snapshot."""
        ...

    def announce(self, text: str) -> None:
        """Tell the other processes that have this store open, if there can be any.

        Args:
            text: At most 7,000 bytes. It is lost if nobody listens, or if the database fails.
        """
        ...

    def listen(self, on_text: Callable[[str | None], None]) -> Callable[[], None]:
        """Hear what other processes announce.

        Args:
            on_text: Called in a thread of the store with every text; with None when some may have been missed.

        Returns:
            What ends it; waits until `on_text` is not called any more.
        """
        ...

    def close(self) -> None:
        """Finish the waiting writes and close."""
        ...

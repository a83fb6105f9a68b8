"""A transaction or a snapshot: the ports over one connection."""

from collections.abc import Iterable

from halley.storage.sql.assets import SqlAssets
from halley.storage.sql.catalog.catalog import SqlCatalog
from halley.storage.sql.catalog.memory import CatalogMemory
from halley.storage.sql.hold import Holder
from halley.storage.sql.link import Link
from halley.storage.sql.metrics.memory import Memory
from halley.storage.sql.metrics.metrics import SqlMetrics
from halley.storage.sql.output.output import SqlOutput


class SqlSession:
    """The ports over one connection, for a snapshot.

    Args:
        link: The connection.
    """

    def __init__(self, link: Link) -> None:
        self.catalog = SqlCatalog(link, None)
        self.metrics = SqlMetrics(link, None)
        self.output = SqlOutput(link)
        self.assets = SqlAssets(link)


class WriterSession(SqlSession):
    """The ports over the connection that writes, and what the writer remembers from job to job.

    Args:
        link: The connection.
    """

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._link = link
        self._holder = Holder(link)
        self._experiments = CatalogMemory(link, self._holder)
        self._metrics = Memory(link, self._holder)
        self.catalog = SqlCatalog(link, self._experiments)
        self.metrics = SqlMetrics(link, self._metrics)

    def announce(self, text: str) -> None:
        """Tell other processes, once the transaction is committed."""
        self._link.announce(text)

    def expect(self, keys: Iterable[str]) -> None:
        """Jobs about these experiments come now: ask at once for what each would ask."""
        self._experiments.expect(keys)

    def begin_job(self) -> None:
        """What follows can be rolled back alone, until the job is kept."""
        self._link.begin_job()
        self._holder.begin_job()
        self._metrics.begin_job()

    def keep_job(self) -> None:
        """The job is done, and is committed with the others."""
        self._link.keep_job()

    def roll_back_job(self) -> None:
        """Undo what the job did, and forget what it learned."""
        self._holder.roll_back_job()
        self._metrics.roll_back_job()
        self._link.roll_back_job()

    def forget(self) -> None:
        """Forget what is known: the transaction was rolled back."""
        self._holder.roll_back()
        self._experiments.forget()
        self._metrics.forget()

"""A transaction or a snapshot: the ports over one connection."""

from halley.storage.sql.catalog.catalog import SqlCatalog
from halley.storage.sql.link import Link
from halley.storage.sql.metrics.memory import Memory
from halley.storage.sql.metrics.metrics import SqlMetrics
from halley.storage.sql.output.output import SqlOutput


class SqlSession:
    """The three ports over one connection.

    Args:
        link: The connection.
        is_writer: Whether it may write; only the writer remembers what it knows of runs from job to job.
    """

    def __init__(self, link: Link, *, is_writer: bool) -> None:
        self._link = link
        self._memory = Memory(link) if is_writer else None
        self.catalog = SqlCatalog(link)
        self.metrics = SqlMetrics(link, self._memory)
        self.output = SqlOutput(link)

    def announce(self, text: str) -> None:
        """Tell other processes, once the transaction is committed."""
        self._link.announce(text)

    def forget(self) -> None:
        """Forget what is known of runs: a transaction or a job was rolled back."""
        if self._memory is not None:
            self._memory.forget()

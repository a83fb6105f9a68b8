"""What differs between databases, all of it: the seam. See `sqlite.py` and `postgresql.py`."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection

from halley.errors import HalleyError
from halley.storage.sql.put import Put, Values


class Dialect(Protocol):
    """A database, as far as it differs from others."""

    @property
    def name(self) -> str:
        """`sqlite` or `postgresql`."""
        ...

    @property
    def place(self) -> str:
        """What messages call the database; never holds a password."""
        ...

    @property
    def is_shared(self) -> bool:
        """Whether other processes may write to it too, so that writers have to lock what they change."""
        ...

    @property
    def begin_write(self) -> str:
        """Begins a transaction. Where the database is not shared, no other writer can get in its way."""
        ...

    @property
    def begin_read(self) -> str:
        """Begins a snapshot; it holds from the first question on."""
        ...

    @property
    def schema_words(self) -> dict[str, str]:
        """What stands for the `$words` of the migrations."""
        ...

    def connect(self, *, is_reader: bool) -> Connection:
        """Open a connection.

        Raises:
            StorageError: the database cannot be opened, or is none of ours.
        """
        ...

    def translate(self, sql: str) -> str:
        """Turn SQL with `?` for values into the driver's."""
        ...

    def is_in_transaction(self, driver: Any) -> bool:
        """Whether the driver's connection is inside a transaction."""
        ...

    def is_lost(self, driver: Any) -> bool:
        """Whether the driver's connection is gone for good, so that another one has to be opened."""
        ...

    def lock(self, driver: Any, key: int, *, waits: bool) -> bool:
        """Keep other processes from what a key stands for until the transaction ends; say whether that came true."""
        ...

    def lock_together(
        self, driver: Any, keys: Sequence[int], sql: str, values: Sequence[Any]
    ) -> tuple[set[int], list[Any]]:
        """Try to lock many keys, then ask about them, in one go; say which are locked, and the answer.

        The question's first value is the array of the keys. Only where the database is shared.
        """
        ...

    def write(self, driver: Any, heaps: Iterable[tuple[Put, Sequence[Values]]], *, commits: bool = False) -> None:
        """Write rows that were put, and commit if that is asked for too."""
        ...

    def announce(self, driver: Any, text: str) -> None:
        """Tell the other processes that listen, once the transaction is committed."""
        ...

    def listen(self, on_text: Callable[[str | None], None]) -> Callable[[], None]:
        """Hear what other processes announce, until the function that this returns is called; see `Storage.listen`."""
        ...

    def contains(self, column: str) -> str:
        """SQL that says whether a text holds a word, the one value, letter by letter."""
        ...

    def explain(self, error: BaseException) -> HalleyError | None:
        """Turn a database's error into one of ours; None if it is not the database's."""
        ...

    def is_about_values(self, error: BaseException) -> bool:
        """Whether an error is about values that were given, rather than about the state of the database."""
        ...

    def give_back_space(self, driver: Any, rows: int) -> bool:
        """Return a slice of the space that deleted rows left to the file system; say whether there may be more.

        Args:
            driver: The writer's connection, between two transactions.
            rows: How many were deleted since the last time that there was no more.
        """
        ...

    def keep_log_short(self, driver: Any) -> None:
        """See that what is only there for recovery does not grow without end; between two transactions."""
        ...

    def close(self) -> None:
        """Let go of what all connections share."""
        ...

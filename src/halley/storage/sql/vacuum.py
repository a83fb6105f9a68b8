"""PostgreSQL: making the space of deleted rows usable again soon after much was deleted.

Autovacuum would come too, but only when a fifth of a table is dead: a table of 400 GB would carry 80 GB of nothing.
What is free is used for what is written next. The file system gets back only what is free at the end of a table.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg

logger = logging.getLogger("halley.storage")

_ROWS = 1_000
"""So many deleted rows are much; fewer are left to autovacuum."""

_QUIET_SECONDS = 3.0
"""A deletion in slices is over when nothing was deleted for so long."""

_CLOSE_SECONDS = 10.0

_TABLES = "chunk, clock, stretch, journal, series, project_metric, output_chunk, output_line, asset, asset_blob"

_SESSION = (
    # As gentle to the disk as autovacuum is.
    "set vacuum_cost_delay = '2ms'",
    "set lock_timeout = '5s'",
)


class Vacuum:
    """Vacuums after much was deleted, on a connection of its own. Readers and writers go on meanwhile.

    Args:
        connect: Opens a connection.
    """

    def __init__(self, connect: Callable[[], psycopg.Connection[Any]]) -> None:
        self._connect = connect
        self._gate = threading.Lock()
        self._rows = 0
        self._news = threading.Event()
        self._is_closed = False
        self._thread: threading.Thread | None = None
        self._driver: psycopg.Connection[Any] | None = None

    def note(self, rows: int) -> None:
        """Note that rows were deleted."""
        with self._gate:
            self._rows += rows
            self._news.set()
            if self._rows >= _ROWS and self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._serve, name="halley-vacuum", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """End the thread, in the middle of a vacuum if need be: nothing is lost by that. Closing twice is harmless."""
        with self._gate:
            self._is_closed = True
            self._news.set()
            thread, driver = self._thread, self._driver
        if driver is not None:
            with suppress(psycopg.Error):
                driver.cancel_safe(timeout=_QUIET_SECONDS)
        if thread is not None:
            thread.join(_CLOSE_SECONDS)  # the cancel may not have reached the database

    def _serve(self) -> None:
        try:
            while self._is_wanted():
                with self._connect() as driver:
                    for statement in _SESSION:
                        driver.execute(statement)
                    with self._gate:
                        self._driver = driver
                    if not self._is_closed:
                        driver.execute(f"vacuum (truncate, skip_locked) {_TABLES}")
        except psycopg.Error as error:
            if not self._is_closed:
                logger.warning("Could not vacuum after a deletion: %s. Autovacuum will.", type(error).__name__)
            with self._gate:
                self._thread = None
        finally:
            self._driver = None

    def _is_wanted(self) -> bool:
        """Wait until nothing more is deleted; if it was not much, say so, and that this thread ends."""
        while self._news.wait(_QUIET_SECONDS) and not self._is_closed:
            self._news.clear()
        with self._gate:
            if self._rows < _ROWS or self._is_closed:
                self._thread = None
                return False
            self._rows = 0
            return True

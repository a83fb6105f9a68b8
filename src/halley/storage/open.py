"""Opens a data folder as a store: the one door to the adapters."""

import os
from contextlib import suppress
from pathlib import Path

from halley.errors import StorageError
from halley.storage.lock import FolderLock
from halley.storage.sql.dialect import Sqlite
from halley.storage.sql.link import Link
from halley.storage.sql.migrate import migrate
from halley.storage.sql.store import SqlStorage

DATABASE_FILE = "halley.db"


def open_storage(path: Path) -> SqlStorage:
    """Open the store in a folder, which is made if there is none, and bring its schema up to date.

    Args:
        path: The data folder, readable by this user alone if it is made here. One server at a time may have it open.

    Returns:
        The open store; close it.

    Raises:
        StorageVersionError: a newer Halley wrote it.
        StorageError: the folder or the database cannot be used, or another server has it open.

    Example:
        >>> storage = open_storage(Path("data"))
        >>> storage.write(lambda session: session.catalog.ensure_project("default", "general", now=0)).result()
        1
        >>> storage.close()
    """
    folder = Path(path)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The data folder {folder} cannot be made: {error.strerror}.",
            hint="Choose a folder that this user may write, with --data.",
        ) from error
    lock = FolderLock(folder)
    dialect = Sqlite(folder / DATABASE_FILE)
    with suppress(OSError):  # what is wrong with the file or its folder is told when it is opened
        os.close(os.open(folder / DATABASE_FILE, os.O_CREAT | os.O_WRONLY, 0o600))  # for this user alone, if it is new
    try:
        link = Link(dialect.connect(is_reader=False), dialect)
        try:
            migrate(link, str(folder / DATABASE_FILE))
        except Exception as error:
            link.close()
            told = dialect.explain(error)
            if told is None:
                raise
            raise told from error
        return SqlStorage(dialect, link, lock)
    except BaseException:
        dialect.close()
        lock.release()
        raise

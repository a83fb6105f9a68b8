"""Opens a data folder or a PostgreSQL database as a store: the one door to the adapters."""

import os
from contextlib import suppress
from pathlib import Path

from halley.errors import SettingError, StorageError
from halley.storage.blobs.folder import FolderBlobs, NoBlobs
from halley.storage.lock import FolderLock
from halley.storage.ports.blobs import Blobs
from halley.storage.sql.dialect import Dialect
from halley.storage.sql.link import Link
from halley.storage.sql.migrate import migrate
from halley.storage.sql.sqlite import PAGE_BYTES, Sqlite
from halley.storage.sql.store import SqlStorage
from halley.storage.wal import check_log

DATABASE_FILE = "halley.db"
BLOBS_FOLDER = "blobs"

_SCHEMES = ("postgresql://", "postgres://")


def open_storage(place: Path | str, *, blobs: Path | None = None) -> SqlStorage:
    """Open the store at a place, and bring its schema up to date.

    Args:
        place: `postgresql://user:password@host:port/database`, or a data folder, which is made if there is none,
            readable by this user alone. One server at a time may have a folder open; several may have a PostgreSQL
            database open.
        blobs: The folder for what is too large for the database; servers that share a database share it, too. None for
            `blobs` in the data folder; a PostgreSQL database needs one before an asset is put there.

    Returns:
        The open store; close it.

    Raises:
        StorageVersionError: a newer Halley wrote it.
        StorageDamaged: something in it is not what was written.
        StorageError: the folder or the database cannot be used, or another server has the folder open.
        SettingError: it is the URL of something else, or the package for PostgreSQL is not installed.

    Example:
        >>> storage = open_storage(Path("data"))
        >>> storage.write(lambda session: session.catalog.ensure_project("default", "general", now=0)).result()
        1
        >>> storage.close()
    """
    if isinstance(place, str) and "://" in place:
        return _open(_make_postgresql(place), None, FolderBlobs(blobs) if blobs is not None else NoBlobs())
    folder = Path(place)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The data folder {folder} cannot be made: {error.strerror}.",
            hint="Choose a folder that this user may write, with --data.",
        ) from error
    lock = FolderLock(folder)
    with suppress(OSError):  # what is wrong with the file or its folder is told when it is opened
        os.close(os.open(folder / DATABASE_FILE, os.O_CREAT | os.O_WRONLY, 0o600))  # for this user alone, if it is new
    try:
        with suppress(OSError):
            check_log(folder / DATABASE_FILE, PAGE_BYTES)
        return _open(Sqlite(folder / DATABASE_FILE), lock, FolderBlobs(blobs or folder / BLOBS_FOLDER))
    except BaseException:
        lock.release()
        raise


def _make_postgresql(url: str) -> Dialect:
    if not url.startswith(_SCHEMES):
        raise SettingError(
            f"A database of kind {url.partition(':')[0]!r} is not known.",
            hint="Write postgresql://user:password@host:port/database, or leave it out for SQLite in the data folder.",
        )
    try:
        from halley.storage.sql.postgresql import Postgresql  # noqa: PLC0415 - psycopg is an extra
    except ImportError as error:
        raise SettingError(
            f"What PostgreSQL needs is not installed: {error}.",
            hint="pip install 'halley[server,postgresql]'",
        ) from error
    return Postgresql(url)


def _open(dialect: Dialect, lock: FolderLock | None, blobs: Blobs) -> SqlStorage:
    try:
        link = Link(dialect, is_reader=False)
        try:
            migrate(link)
        except Exception as error:
            link.close()
            told = dialect.explain(error)
            if told is None:
                raise
            raise told from error
        return SqlStorage(dialect, link, lock, blobs)
    except BaseException:
        dialect.close()
        raise

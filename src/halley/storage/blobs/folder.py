"""Blobs as files in a folder, two letters deep: `blobs/ab/abcdef...`."""

import hashlib
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from halley.core.asset import is_digest
from halley.errors import ArgumentError, StorageDamaged, StorageError


class FolderBlobs:
    """A folder of blobs; see `storage.ports.blobs` for what it promises.

    Args:
        folder: Where they are kept; made with the first one, readable by this user alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, digest: str, data: bytes) -> None:
        """See `Blobs.put`."""
        found = hashlib.sha256(data).hexdigest()
        if found != digest:
            raise ArgumentError(f"The bytes have SHA-256 {found}, not {digest[:64]}.", hint="Send them again.")
        path = self._path(digest)
        with suppress(OSError):
            if path.stat().st_size == len(data):
                return
        try:
            self._write(path, data)
        except OSError as error:
            raise StorageError(
                f"A file cannot be written in {self._folder}: {error.strerror or error}.",
                hint="Free space, or make the folder writable.",
            ) from error

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        hidden = path.with_name(f".{secrets.token_hex(8)}")
        try:
            with open(hidden, "xb", opener=_private) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            hidden.rename(path)
        except BaseException:
            hidden.unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # a name is durable only with its folder
        finally:
            os.close(folder)

    def read(self, digest: str, begin: int = 0, end: int | None = None) -> bytes:
        """See `Blobs.read`."""
        try:
            with self._path(digest).open("rb") as file:
                if begin:
                    file.seek(begin)
                data = file.read() if end is None else file.read(max(0, end - begin))
        except FileNotFoundError as error:
            raise StorageDamaged(
                f"The file {self._path(digest)} is missing.", hint="Restore the folder from the backup of the database."
            ) from error
        except OSError as error:
            raise StorageError(f"The file {self._path(digest)} cannot be read: {error.strerror or error}.") from error
        if begin == 0 and end is None and hashlib.sha256(data).hexdigest() != digest:
            raise StorageDamaged(
                f"The file {self._path(digest)} is damaged.", hint="Restore it from a backup, or log the asset again."
            )
        return data

    def find(self, digests: Iterable[str]) -> set[str]:
        """See `Blobs.find`."""
        return {digest for digest in digests if self._path(digest).exists()}

    def delete(self, digest: str) -> None:
        """See `Blobs.delete`."""
        path = self._path(digest)
        path.unlink(missing_ok=True)
        with suppress(OSError):  # another one is in it
            path.parent.rmdir()

    def _path(self, digest: str) -> Path:
        if not is_digest(digest):
            raise ArgumentError(f"{digest[:80]!r} is no SHA-256 in hexadecimal.", hint="It has 64 digits.")
        return self._folder / digest[:2] / digest


class NoBlobs:
    """Nowhere to keep bytes: nothing is there, and nothing can be put."""

    def put(self, digest: str, data: bytes) -> None:
        """See `Blobs.put`."""
        del digest, data
        raise StorageError(
            "This server has no folder for files.", hint="Start it with --data, a folder that all servers share."
        )

    def read(self, digest: str, begin: int = 0, end: int | None = None) -> bytes:
        """See `Blobs.read`."""
        del begin, end
        raise StorageDamaged(f"The file {digest} is not here: this server has no folder for files.")

    def find(self, digests: Iterable[str]) -> set[str]:
        """See `Blobs.find`."""
        del digests
        return set()

    def delete(self, digest: str) -> None:
        """See `Blobs.delete`."""


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)

"""Keeps a data folder to one server at a time."""

import os
import sys
from pathlib import Path
from typing import IO

from halley.errors import StorageError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class FolderLock:
    """A lock on a folder that the operating system lets go of when the process ends, however it ends.

    Args:
        folder: The folder; a file `lock` in it holds the process's number, for people.

    Raises:
        StorageError: another process has it, or the file cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "lock"
        try:
            self._file: IO[str] = path.open("a+", encoding="utf-8")
        except OSError as error:
            raise StorageError(
                f"{path} cannot be written: {error.strerror}.",
                hint="Make the data folder writable for this user, or choose another one.",
            ) from error
        try:
            _lock(self._file)
        except OSError as error:
            self._file.seek(0)
            owner = self._file.read(20).strip() or "unknown"
            self._file.close()
            raise StorageError(
                f"The data folder {folder} is in use by another server (process {owner}).",
                hint="Stop that server first, or choose another data folder.",
            ) from error
        self._note(str(os.getpid()))

    def _note(self, text: str) -> None:
        # A note for people: the lock holds without it, so a full disk must not keep the server from starting.
        try:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(text)
            self._file.flush()
        except OSError:
            pass

    def release(self) -> None:
        """Let go."""
        self._note("")
        self._file.close()


def _lock(file: IO[str]) -> None:
    if sys.platform == "win32":
        file.seek(2**30)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

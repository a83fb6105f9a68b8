"""A run folder's contents: its writers, their segments, who of them is alive, and how one died.

A writer holds a POSIX lock on its file `alive`. The kernel frees it however the process ends, children made by fork do
not inherit it, and only other processes may ask for it: closing any descriptor of the file frees the lock.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from halley.core.ids import is_writer_id
from halley.sdk.journal.layout import SUFFIX

ALIVE = "alive"
DEATH = "death"


class Death(msgspec.Struct, frozen=True):
    """How a process ended, written down where it could not append to its journal any more."""

    state: Literal["failed", "killed"]
    reason: str


def make_writer_folder(run: Path, writer: str) -> int:
    """Make the folder of a new writer, locked as alive before anybody can see it.

    The run folder, if it is new, is for this user alone: what a training prints and is started with may be private.

    Returns:
        The descriptor that holds the lock; close it to be dead.

    Raises:
        OSError: the folder cannot be made.
    """
    hidden, folder = run / f".{writer}", run / writer
    run.parent.mkdir(parents=True, exist_ok=True)
    while True:
        run.mkdir(mode=0o700, exist_ok=True)
        with suppress(FileNotFoundError):  # the sender of an earlier writer removed the run folder in this very moment
            hidden.mkdir()
            break
    alive = os.open(hidden / ALIVE, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.lockf(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
    hidden.rename(folder)
    return alive


def is_alive(folder: Path) -> bool:
    """Say whether the process that writes in `folder` lives and has its journal open. Ask from other processes."""
    try:
        descriptor = os.open(folder / ALIVE, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: two who ask do not meet each other
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def list_writers(run: Path) -> list[Path]:
    """List the writers' folders, oldest first.

    Raises:
        FileNotFoundError: there is no such run folder.
    """
    found = [Path(entry) for entry in os.scandir(run) if is_writer_id(entry.name) and entry.is_dir()]
    return sorted(found, key=_age)


def _age(folder: Path) -> tuple[int, str]:
    try:
        return (folder / ALIVE).stat().st_mtime_ns, folder.name
    except FileNotFoundError:
        return 0, folder.name


def list_segments(folder: Path) -> list[int]:
    """List the numbers with which a writer's segments begin, in order; empty if the folder is gone."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 - names are wanted, as fast as can be: the sender asks all the time
    except FileNotFoundError:
        return []
    return sorted(int(name.removesuffix(SUFFIX)) for name in names if name.endswith(SUFFIX) and name[:12].isdigit())


def note_death(folder: Path, state: Literal["failed", "killed"], reason: str) -> None:
    """Write down how this process ends. Takes no lock, so that a signal handler may call it at any moment."""
    descriptor = os.open(folder / DEATH, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.write(descriptor, msgspec.json.encode(Death(state, reason)))
    os.close(descriptor)


def read_death(folder: Path) -> Death:
    """Read how the process that wrote in `folder` ended; without a word means from outside."""
    try:
        return msgspec.json.decode((folder / DEATH).read_bytes(), type=Death)
    except (FileNotFoundError, msgspec.DecodeError):
        return Death(
            "killed", "The process ended without a word (kill -9, out of memory, a crash in native code, or os._exit)."
        )

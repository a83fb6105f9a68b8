"""One sender to a run folder."""

import fcntl
import os
from pathlib import Path


def try_lock(run: Path) -> int | None:
    """Take a run folder's sender lock; close the descriptor to give it back. None if somebody has it.

    Raises:
        FileNotFoundError: the run folder is gone.
    """
    path = run / "sender.lock"
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return None
        # The one who had it before may have removed the folder between the two calls: then this is another file's lock.
        try:
            if os.fstat(descriptor).st_ino == path.stat().st_ino:
                return descriptor
        except FileNotFoundError:
            pass
        os.close(descriptor)

"""A segment file while it is written: allocated in full, mapped into memory, trimmed when closed.

Allocation comes first so that a full disk is an error here, at a known place, and never a SIGBUS in the middle of an
append. An append is then a copy into memory that the kernel owns: it makes no
system call, and survives whatever happens to the process, though not a power cut in the next seconds.
"""

import errno
import mmap
import os
from pathlib import Path

from halley.sdk.journal.layout import Header, encode_header, segment_name


class Segment:
    """One segment that is being written.

    Attributes:
        map: The file's bytes.
        start: Where its first frame goes.
        size: How many bytes there are.
    """

    __slots__ = ("_descriptor", "map", "size", "start")

    def __init__(self, folder: Path, header: Header, *, size: int) -> None:
        """Make the file in `folder`; nobody sees it before its header is whole.

        Raises:
            OSError: the disk is full, or the folder cannot be written.
        """
        head = encode_header(header)
        hidden = folder / ".new"
        self.start = len(head)
        self.size = max(size, self.start)
        self._descriptor = os.open(hidden, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            _allocate(self._descriptor, self.size)
            self.map = mmap.mmap(self._descriptor, self.size)
            self.map[: self.start] = head
            hidden.rename(folder / segment_name(header.first))
        except OSError:
            os.close(self._descriptor)
            hidden.unlink(missing_ok=True)
            raise

    def close(self, used: int) -> None:
        """Close the file and give back what is not used."""
        self.map.close()
        os.ftruncate(self._descriptor, used)
        os.close(self._descriptor)

    def abandon(self) -> None:
        """Let go of the file without touching it: it belongs to the process that forked this one."""
        os.close(self._descriptor)


def _allocate(descriptor: int, size: int) -> None:
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(descriptor, 0, size)
            return
    except OSError as error:
        if error.errno not in {errno.EOPNOTSUPP, errno.EINVAL}:
            raise
    zeros, written = bytes(1 << 16), 0
    while written < size:
        written += os.pwrite(descriptor, zeros[: size - written], written)

"""Checks SQLite's write-ahead log before SQLite does: that what was acknowledged is not thrown away without a word.

A log is a header and frames: pages, each with a checksum over all that came before it. After a crash SQLite takes the
frames up to the first that does not fit, because the last commit may be torn, and forgets the others. Only the last one
can be torn: the one before it was on the disk before it began. So two commits behind a frame that does not fit mean
damage, which takes with it what was acknowledged.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from halley.errors import StorageDamaged

_HEADER, _FRAME, _SUMMED = 32, 24, 8
_MAGIC = {0x377F0682: "<u4", 0x377F0683: ">u4"}
_FRAMES_AT_ONCE = 1_024
_Words = npt.NDArray[np.uint32]


def check_log(database: Path, page_bytes: int) -> None:
    """Check the log beside a database that no process has open.

    Args:
        database: The database file; there need not be a log.
        page_bytes: The size of its pages, where the log itself cannot say it any more.

    Raises:
        StorageDamaged: transactions that were acknowledged cannot be read any more.
        OSError: the log cannot be read.
    """
    path = database.with_name(f"{database.name}-wal")
    lost = _count_lost(path, page_bytes) if path.exists() else 0
    if lost > 1:
        raise StorageDamaged(
            f"{path} is damaged: the last {lost} transactions in it cannot be read, although they were acknowledged.",
            hint="Restore the data folder from a copy. To go on without them, keep a copy of the folder, then let "
            f"SQLite take what it can: sqlite3 {database} 'pragma wal_checkpoint(truncate)'",
        )


def _count_lost(path: Path, page_bytes: int) -> int:
    """How many transactions end at or behind the first frame that does not fit."""
    lost = 0
    with path.open("rb") as file:
        header = np.frombuffer(file.read(_HEADER).ljust(_HEADER, b"\0"), ">u4").astype(np.uint32)
        order = _MAGIC.get(int(header[0]), "<u4")
        state = _Sum(24, order).add(np.zeros(2, np.uint32), header[:6].astype(">u4").view(np.uint8)[None])[0]
        fits = int(header[0]) in _MAGIC and np.array_equal(state, header[6:])
        if fits:
            page_bytes = int(header[2])
        salts = header[4:6] if fits else None
        size, total = _FRAME + page_bytes, _Sum(_SUMMED + page_bytes, order)
        while len(data := file.read(size * _FRAMES_AT_ONCE)) >= size:
            frames = np.frombuffer(data, np.uint8)[: len(data) // size * size].reshape(-1, size)
            heads = np.ascontiguousarray(frames[:, :_FRAME]).view(">u4").astype(np.uint32)
            if salts is None:
                salts = heads[0, 2:4]  # a header that does not fit says nothing: its frames know which log they are of
            states = total.add(state, np.delete(frames, np.s_[_SUMMED:_FRAME], axis=1))
            for head, state in zip(heads, states, strict=True):
                is_ours = np.array_equal(head[2:4], salts)  # others are garbage, or left over from an earlier log
                fits = fits and is_ours and np.array_equal(state, head[4:6])
                lost += int(is_ours and not fits and head[1] != 0)
    return lost


class _Sum:
    """The log's checksum, of many pieces at once.

    For words a and b it is `s = s + a + t`, then `t = t + b + s`: a matrix times (s, t), plus (a, a + b).

    Args:
        size: Bytes of a piece.
        order: In which order the bytes of a word are.
    """

    def __init__(self, size: int, order: str) -> None:
        self._order = order
        step = np.array([[1, 1], [1, 2]], np.uint32)
        powers = [np.eye(2, dtype=np.uint32)]
        for _ in range(size // 8):
            powers.append(step @ powers[-1])
        self._whole = powers.pop()
        self._weights = np.array(powers[::-1])

    def add(self, state: _Words, pieces: npt.NDArray[np.uint8]) -> list[_Words]:
        """The checksum after each of some pieces, which follow on `state`."""
        words = np.ascontiguousarray(pieces).view(self._order).astype(np.uint32)
        a, b = words[:, 0::2], words[:, 1::2]
        b = a + b
        weights = self._weights
        parts = np.stack(
            [(weights[:, row, 0] * a + weights[:, row, 1] * b).sum(axis=1, dtype=np.uint32) for row in (0, 1)], axis=1
        )
        states = []
        for part in parts:
            state = self._whole @ state + part
            states.append(state)
        return states

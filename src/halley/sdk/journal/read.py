"""Reading a journal, also while it is written. Never yields bytes that its writer did not write.

The reader uses `pread`, not a map: its writer may trim a segment at any moment, and touching a mapped page beyond the
end of the file kills the process.
"""

import os
from pathlib import Path
from typing import Literal
from zlib import crc32

from halley.errors import JournalCorrupt
from halley.sdk.journal.folder import list_segments
from halley.sdk.journal.layout import HEAD, HEADER_LIMIT, Header, decode_header, segment_name
from halley.wire.points import POINT_KIND
from halley.wire.records import DefineMetric, End, decode_record

_CHUNK = 1 << 20

Stop = Literal["more", "end", "broken"]
"""Why reading stopped: a limit was reached, nothing further is written yet, or what follows is no frame."""


class Reader:
    """A journal that is being read.

    Args:
        folder: The writer's folder.

    Attributes:
        header: Of the segment being read; None before there is one.
        number: The record that comes next.
        metrics: The (name, context) pairs that the ids of this segment stand for; a new list for every segment.
        has_end: Whether an End record has gone by.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.header: Header | None = None
        self.number = 0
        self.metrics: list[tuple[str, str]] = []
        self.has_end = False
        self._descriptor = -1
        self._position = 0

    def open(self) -> bool:
        """Stand at the first record there still is; False if there is no segment.

        Raises:
            JournalCorrupt: the segment's header is damaged.
            JournalVersionError: a newer Halley wrote it.
        """
        segments = list_segments(self.folder)
        return bool(segments) and self._enter(segments[0])

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def read(self, *, limit_records: int, limit_bytes: int) -> tuple[list[bytes], Stop]:
        """Read payloads of this segment from `number` on, and say why it stopped."""
        payloads: list[bytes] = []
        size = 0
        if not any(os.pread(self._descriptor, HEAD.size, self._position)):
            return [], "end"  # the usual case, and asked twenty times a second: no chunk of zeros is read for it
        while len(payloads) < limit_records and size < limit_bytes:
            found, used, stop = _split(
                os.pread(self._descriptor, _CHUNK, self._position), limit_records - len(payloads)
            )
            if not found and stop == "more":
                found, used, stop = self._read_long()
            for payload in found:
                if payload[0] != POINT_KIND:
                    self._learn(payload)
            payloads += found
            size += used
            self._position += used
            self.number += len(found)
            if stop != "more":
                return payloads, stop
        return payloads, "more"

    def enter_next(self) -> bool:
        """Go on to the segment that begins with `number`, if it is there; call it after `end`."""
        if self.header is not None and self.header.first == self.number:
            return False
        return (self.folder / segment_name(self.number)).exists() and self._enter(self.number)

    def cut_broken(self) -> tuple[bytes, int]:
        """Give up what cannot be read here, when the writer is dead.

        Returns:
            The bytes (without the zeros behind them), and how many records are known to be lost: up to the next
            segment, in which reading goes on; 0 where there is none.
        """
        rest = b""
        if self._descriptor >= 0:
            size = os.fstat(self._descriptor).st_size
            rest = os.pread(self._descriptor, max(0, size - self._position), self._position).rstrip(b"\0")
            self._position = size
        later = [first for first in list_segments(self.folder) if first > self.number]
        if not later:
            return rest, 0
        lost = later[0] - self.number
        self._enter(later[0])
        return rest, lost

    def seek(self, number: int) -> None:
        """Stand at record `number`, or at the nearest one that is there: the first, or the end of what is written."""
        segments = list_segments(self.folder)
        at = max((first for first in segments if first <= number), default=segments[0] if segments else None)
        if at is None:
            self.number = number
            return
        self._enter(at)
        while self.number < number:
            found, stop = self.read(limit_records=number - self.number, limit_bytes=_CHUNK)
            if not found and (stop != "end" or not self.enter_next()):
                return

    def _enter(self, first: int) -> bool:
        self.close()
        self._descriptor = os.open(self.folder / segment_name(first), os.O_RDONLY | os.O_CLOEXEC)
        self.number = first
        self.metrics = []
        self._position = 0
        self.header, self._position = decode_header(os.pread(self._descriptor, HEADER_LIMIT, 0))
        return True

    def _read_long(self) -> tuple[list[bytes], int, Stop]:
        """Read one frame that is longer than a chunk."""
        head = os.pread(self._descriptor, HEAD.size, self._position)
        length, _ = HEAD.unpack(head)
        if self._position + HEAD.size + length > os.fstat(self._descriptor).st_size:
            return [], 0, "broken"
        found, used, stop = _split(os.pread(self._descriptor, HEAD.size + length, self._position), 1)
        return found, used, stop if found or stop == "end" else "broken"

    def _learn(self, payload: bytes) -> None:
        try:
            record = decode_record(payload)
        except ValueError:
            return  # whoever makes a batch of it sees the same, and says so
        if isinstance(record, DefineMetric):
            if record.id != len(self.metrics):
                raise JournalCorrupt(f"Metric {record.name!r} has id {record.id}, not {len(self.metrics)}.")
            self.metrics.append((record.name, record.context))
        elif isinstance(record, End):
            self.has_end = True


def _split(data: bytes, limit: int) -> tuple[list[bytes], int, Stop]:
    """Split bytes into payloads; `more` says that the last frame goes on beyond `data`, or that `limit` is reached."""
    payloads: list[bytes] = []
    position, end = 0, len(data)
    unpack = HEAD.unpack_from
    while len(payloads) < limit:
        if position + HEAD.size > end:
            # A file ends behind its last frame once it is trimmed; a chunk may end anywhere.
            return payloads, position, "more" if end == _CHUNK else "end"
        length, crc = unpack(data, position)
        if length == 0:
            return payloads, position, "end"
        stop = position + HEAD.size + length
        if stop > end:
            return payloads, position, "more"
        payload = data[position + HEAD.size : stop]
        if crc32(payload) != crc:
            return payloads, position, "broken"
        payloads.append(payload)
        position = stop
    return payloads, position, "more"

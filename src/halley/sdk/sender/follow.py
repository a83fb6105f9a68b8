"""One writer's journal on its way to the server: what is read, what waits, what is acknowledged."""

import shutil
import struct
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from halley.errors import JournalCorrupt
from halley.sdk.journal.folder import is_alive, list_segments
from halley.sdk.journal.layout import Header, segment_name
from halley.sdk.journal.read import Reader
from halley.sdk.sender.collect import make_batch, make_gap
from halley.wire.batch import Batch
from halley.wire.points import POINT, POINT_KIND
from halley.wire.records import decode_record

BATCH_RECORDS = 200_000
BATCH_BYTES = 8 * 2**20
BATCH_AGE_SECONDS = 0.3
"""A record waits at most so long for others to go with it."""


class Follower:
    """Follows one writer.

    Args:
        folder: The writer's folder.

    Attributes:
        first: The number of the first record that waits.
        acknowledged: How many records of this writer the server has, as far as we know.
        is_alive: Whether the writer was alive when we last looked.
        was_alive: Whether it ever was when we looked.
        is_drained: Whether the writer is dead and everything it wrote was acknowledged.
        broken_count: Records that could not be read.
        after_loss: Whether the server lacks records that are gone here too.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reader = Reader(folder)
        self.first = 0
        self.acknowledged = 0
        self.is_alive = True
        self.was_alive = False
        self.is_drained = False
        self.broken_count = 0
        self.after_loss = False
        self._header: Header | None = None
        self._metrics: list[tuple[str, str]] = []
        self._waiting: list[bytes] = []
        self._size = 0
        self._since = 0.0
        self._gap = 0
        self._most = BATCH_RECORDS
        self._is_cut = False
        self._last = b""

    @property
    def header(self) -> Header | None:
        """The header of the segment that waits or is read; None before there is any."""
        return self._header or self.reader.header

    @property
    def kind(self) -> str:
        """Who writes; empty before it is known."""
        return self.header.kind if self.header else ""

    @property
    def created_at(self) -> int:
        """When the segment that waits or is read was begun, milliseconds since 1970 UTC; 0 before there is any."""
        return self.header.created_at if self.header else 0

    @property
    def is_gap(self) -> bool:
        """Whether what waits is only a count of records that are gone."""
        return self._gap > 0

    def look(self, now: float) -> None:
        """Read what is new.

        Raises:
            JournalVersionError: a newer Halley wrote the journal.
        """
        self.is_alive = is_alive(self.folder)  # first: what a writer wrote before it died is read below
        self.was_alive = self.was_alive or self.is_alive
        while not self._gap and len(self._waiting) < BATCH_RECORDS and self._size < BATCH_BYTES:
            try:
                if self.reader.header is None and not self.reader.open():
                    self.is_drained = not self.is_alive
                    return
                payloads, stop = self.reader.read(
                    limit_records=BATCH_RECORDS - len(self._waiting), limit_bytes=BATCH_BYTES - self._size
                )
                if payloads:
                    self._keep(payloads, now)
                elif stop == "more":
                    return
                elif self._waiting:
                    self._is_cut = self._has_next()
                    return
                elif not (stop == "end" and self.reader.enter_next()):
                    if self.is_alive:
                        return
                    if not self._cut_broken(now):
                        self.is_drained = True
                        return
            except JournalCorrupt:
                if self.is_alive:
                    return
                self._put_aside_segment()

    def is_due(self, now: float) -> bool:
        """Say whether to send what waits now."""
        if self._gap:
            return True
        return bool(self._waiting) and (
            not self.is_alive
            or self._is_cut
            or self.reader.has_end
            or self._size >= BATCH_BYTES
            or len(self._waiting) >= BATCH_RECORDS
            or now - self._since >= BATCH_AGE_SECONDS
        )

    def next_batch(self) -> Batch:
        """Make the batch that is to be sent.

        Raises:
            JournalCorrupt: something that waits is no record.
        """
        assert self._header is not None  # something waits
        if self._gap:
            return make_gap(self._header, self.first, self._gap, after_loss=self.after_loss)
        payloads = self._waiting[: self._most]
        return make_batch(self._header, self.first, payloads, self._metrics, after_loss=self.after_loss)

    def heartbeat(self) -> Batch | None:
        """Make a batch of nothing; None if something waits or the journal has not begun."""
        header = self.reader.header
        if self._waiting or self._gap or header is None:
            return None
        return make_gap(header, self.reader.number, 0)

    def acknowledge(self, acknowledged: int) -> None:
        """The server has so many records now. Forget them, and remove segments that hold nothing else."""
        self.after_loss = False
        self.acknowledged = max(self.acknowledged, acknowledged)
        self._most = min(BATCH_RECORDS, self._most * 2)
        end = self.first + (self._gap or len(self._waiting))
        if acknowledged > end:
            self.rewind(acknowledged)
        elif self._gap:
            self._drop_waiting()
        else:
            taken = max(0, acknowledged - self.first)
            self._size -= sum(map(len, self._waiting[:taken]))
            del self._waiting[:taken]
            self.first += taken
            if not self._waiting:
                self._drop_waiting()
        segments = list_segments(self.folder)
        for first, following in pairwise(segments):
            if following <= acknowledged:
                (self.folder / segment_name(first)).unlink(missing_ok=True)

    def discard(self) -> None:
        """Forget what waits, as if the server had it: nobody wants it."""
        self.acknowledge(self.first + (self._gap or len(self._waiting)))

    def rewind(self, number: int) -> None:
        """Send on from record `number`, or from the nearest that is there."""
        self._drop_waiting()
        self.reader.seek(number)
        self.after_loss = self.reader.number > number

    def halve(self, count: int) -> bool:
        """Send smaller batches, as one of `count` records was refused; False if it was a single one."""
        if count <= 1:
            return False
        self._most = count // 2
        return True

    def first_waiting(self) -> bytes:
        """The payload of record `first`."""
        return self._waiting[0]

    def last_time(self) -> int:
        """When the last record that was read was logged, in milliseconds since 1970 UTC; now if none was read."""
        with suppress(ValueError, struct.error):
            if self._last:
                is_point = self._last[0] == POINT_KIND
                return int(POINT.unpack(self._last)[3]) if is_point else decode_record(self._last).time
        return time.time_ns() // 1_000_000

    def remove(self) -> None:
        """Remove the writer's folder."""
        self.reader.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _keep(self, payloads: list[bytes], now: float) -> None:
        if not self._waiting:
            self.first = self.reader.number - len(payloads)
            self._since = now
            self._header, self._metrics = self.reader.header, self.reader.metrics
        self._waiting += payloads
        self._last = payloads[-1]
        self._size += sum(map(len, payloads))

    def _drop_waiting(self) -> None:
        self._waiting = []
        self._size = self._gap = 0
        self._is_cut = False
        self._header = None

    def _has_next(self) -> bool:
        return any(first >= self.reader.number for first in list_segments(self.folder))

    def _cut_broken(self, now: float) -> bool:
        """Put aside what cannot be read; True if there is more to read or to send behind it."""
        first, header = self.reader.number, self.reader.header
        rest, lost = self.reader.cut_broken()
        if not rest and not lost:
            return False
        self.broken_count += max(1, lost)
        self._save_broken(f"{self.folder.name}-{first:012d}.bin", rest)
        if lost:
            self.first, self._gap, self._since, self._header = first, lost, now, header
        return True

    def _put_aside_segment(self) -> None:
        """The segment that comes next has a broken header or contradicts itself: keep its bytes elsewhere."""
        number = self.reader.number
        segments = list_segments(self.folder)
        first = next((segment for segment in segments if segment >= number), segments[-1] if segments else None)
        self.reader.close()
        self.reader.header = None
        if first is not None:
            path = self.folder / segment_name(first)
            self._save_broken(f"{self.folder.name}-{first:012d}.bin", path.read_bytes())
            path.unlink()
            self.broken_count += 1

    def _save_broken(self, name: str, data: bytes) -> None:
        aside = self.folder.parent / "broken"
        aside.mkdir(exist_ok=True)
        (aside / name).write_bytes(data)

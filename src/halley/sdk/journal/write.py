"""Appending to a journal: the one thing that happens in the training thread when something is logged.

Threads may share a journal. A signal handler or finaliser that logs while its own thread is in the middle of an append
has its record put right behind. After a fork the child has a journal of its own, made at its first append.
"""

import os
import time
import weakref
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from halley.core.ids import WriterId, new_writer_id
from halley.sdk.journal.folder import make_writer_folder
from halley.sdk.journal.layout import HEAD, Header, Kind, frame
from halley.sdk.journal.segment import Segment
from halley.wire.points import POINT, POINT_KIND
from halley.wire.records import AnyRecord, DefineMetric, End, encode_record

SEGMENT_BYTES = 4 * 2**20
HELD_LIMIT_BYTES = 64 * 2**20
"""How much is held in memory while the disk is full."""
RETRY_SECONDS = 1.0
"""How long after a failed allocation the next is tried."""

_POINT_FRAME = HEAD.size + POINT.size
_HELD_POINT_BYTES = 200
_LAST_BYTES = 4096
"""Room that every segment keeps for an End record, so that a run that ends on a full disk can still say how."""
_CLOSE_SECONDS = 0.2
"""How long closing waits for threads that are in the middle of an append."""
_pack_point = POINT.pack
_pack_head = HEAD.pack_into

Point = tuple["Series", int, int, float, float]
"""A point that waits: its series, step, time, epoch and value."""


class Series:
    """A metric as a journal knows it.

    Attributes:
        name: The metric's name.
        context: Its context; may be empty.
        id: What the points of `segment` call it by.
        segment: The segment that defines `id`; False if none does yet.
        last: The value logged last.
    """

    __slots__ = ("context", "id", "last", "name", "segment")

    def __init__(self, name: str, context: str) -> None:
        self.name = name
        self.context = context
        self.id = 0
        self.segment: object = False
        self.last = 0.0


class _Retry(NamedTuple):
    """Asks to write down what is held."""


class _Close(NamedTuple):
    """Asks to close, with a last record."""

    last: End | None


class Journal:
    """A journal that is being written.

    Args:
        run: The run folder.
        experiment_key: Whose records these are.
        workspace: Where the experiment belongs.
        project: Where the experiment belongs.
        kind: Who writes.
        segment_bytes: Size of a segment; a longer record gets a longer one.
        held_limit_bytes: How much to hold in memory while the disk is full.
        writer: The id of this journal; None makes a new one.

    Attributes:
        folder: The writer's folder.
        number: How many records there are.
        trouble: What keeps records from reaching the disk; empty if nothing does.
        held_count: How many records wait in memory because of that.
        dropped_count: How many could not even wait.

    Raises:
        OSError: the folder cannot be made or the disk is full at the very beginning.
    """

    def __init__(
        self,
        run: Path,
        *,
        experiment_key: str,
        workspace: str,
        project: str,
        kind: Kind,
        segment_bytes: int = SEGMENT_BYTES,
        held_limit_bytes: int = HELD_LIMIT_BYTES,
        writer: WriterId | None = None,
    ) -> None:
        self._run = run
        self._identity = (experiment_key, workspace, project)
        self._kind: Kind = kind
        self._segment_bytes = segment_bytes
        self._held_limit_bytes = held_limit_bytes
        self._begin(writer or new_writer_id())
        self._open()
        _forget_after_fork(self)

    def _begin(self, writer: WriterId) -> None:
        self.writer = writer
        self.folder = self._run / writer
        self.number = 0
        self.trouble = ""
        self.dropped_count = 0
        self.is_closed = False
        self._alive = -1
        self._token: list[None] = [None]
        self._segment: Segment | None = None
        self._map: object = None
        self._position = 0
        self._limit = -2 * _POINT_FRAME
        self._series_count = 0
        self._late: deque[bytes | Point | _Retry | _Close] = deque()
        self._held: deque[bytes | Point] = deque()
        self._held_bytes = 0
        self._retry_at = 0.0

    def _open(self) -> None:
        self._alive = make_writer_folder(self._run, self.writer)
        self._roll(0)

    @property
    def held_count(self) -> int:
        """How many records wait in memory for room on the disk."""
        return len(self._held)

    @property
    def total(self) -> int:
        """How many records were appended, on the disk or not."""
        return self.number + len(self._held) + len(self._late) + self.dropped_count

    def append(self, record: AnyRecord) -> None:
        """Append a record."""
        self._append(encode_record(record))

    def append_point(self, series: Series, step: int, time_ms: int, epoch: float, value: float) -> None:
        """Append a point of a metric. About one microsecond."""
        try:
            self._token.pop()
        except IndexError:
            self._append((series, step, time_ms, epoch, value))
            return
        try:
            mapped, position = self._map, self._position
            if series.segment is mapped and position <= self._limit and not self._late:
                payload = _pack_point(POINT_KIND, series.id, step, time_ms, epoch, value)
                crc = crc32(payload)
                end = position + _POINT_FRAME
                mapped[position + 8 : end] = payload  # type: ignore[index]  # it is the map of `series.segment`
                # From here to the return of _pack_head no signal handler can run, so none sees half an append. The
                # head comes last: a reader takes a frame for whole as soon as its length is there.
                self._position = end
                self.number += 1
                _pack_head(mapped, position, POINT.size, crc)  # type: ignore[arg-type]
            else:
                self._late.append((series, step, time_ms, epoch, value))
        finally:
            self._token.append(None)
            if self._late:
                self._drain()

    def append_points(self, points: Sequence[tuple[Series, float]], step: int, time_ms: int, epoch: float) -> None:
        """Append a point of each of several metrics. About half a microsecond each; see `append_point`."""
        try:
            self._token.pop()
        except IndexError:
            for series, value in points:
                self._append((series, step, time_ms, epoch, value))
            return
        try:
            late, mapped, position, limit = self._late, self._map, self._position, self._limit
            for series, value in points:
                if series.segment is mapped and position <= limit and not late:
                    payload = _pack_point(POINT_KIND, series.id, step, time_ms, epoch, value)
                    crc = crc32(payload)
                    end = position + _POINT_FRAME
                    mapped[position + 8 : end] = payload  # type: ignore[index]  # it is the map of `series.segment`
                    self._position = end
                    self.number += 1
                    _pack_head(mapped, position, POINT.size, crc)  # type: ignore[arg-type]
                    position = end  # nobody else writes as long as we have the token
                else:
                    late.append((series, step, time_ms, epoch, value))
        finally:
            self._token.append(None)
            if self._late:
                self._drain()

    def retry(self) -> bool:
        """Try to write down what is held in memory; say whether nothing is held any more."""
        if self._held:
            self._append(_Retry())
        return not self._held

    def close(self, last: End | None = None) -> None:
        """Append the last record, trim the last segment and say that this writer is done.

        What is still held in memory counts as dropped then; room for `last` was kept free from the beginning. Called
        by a signal handler in the middle of an append, it happens as soon as that append is through.
        """
        self._append(_Close(last))
        deadline = time.monotonic() + _CLOSE_SECONDS
        while not self.is_closed and time.monotonic() < deadline:
            time.sleep(0.001)  # another thread is in the middle of an append

    def _append(self, item: "bytes | Point | _Retry | _Close") -> None:
        self._late.append(item)
        self._drain()

    def _drain(self) -> None:
        # Whoever has the token writes, and looks again after giving it back: so what others leave here meanwhile is
        # written in order, nobody ever waits, and a signal handler cannot lock itself out.
        while self._late:
            try:
                self._token.pop()
            except IndexError:
                return
            try:
                while self._late:
                    self._take(self._late.popleft())
            finally:
                self._token.append(None)

    def _take(self, item: "bytes | Point | _Retry | _Close") -> None:
        if self.is_closed:
            return
        if isinstance(item, _Close):
            self._close(item.last)
        elif isinstance(item, _Retry):
            self._write_held()
        else:
            self._write_or_hold(item)

    def _close(self, last: End | None) -> None:
        if last is not None:
            self._write_or_hold(encode_record(last))
        self._write_held()
        self.dropped_count += len(self._held)
        if self._held and last is not None and self._segment is not None:
            payload = encode_record(End(time=last.time, state=last.state, reason=last.reason[:500]))
            if self._position + len(payload) + HEAD.size <= self._segment.size:
                self._put(frame(payload))
                self.dropped_count -= 1
        self._held.clear()
        self._map = None
        if self._segment is not None:
            self._segment.close(self._position)
            self._segment = None
        if self._alive >= 0:
            os.close(self._alive)
            self._alive = -1
        self.is_closed = True

    def _write_or_hold(self, item: bytes | Point) -> None:
        if self._held and time.monotonic() >= self._retry_at:
            self._write_held()
        if not self._held and self._write(item):
            return
        cost = len(item) if isinstance(item, bytes) else _HELD_POINT_BYTES
        if self._held_bytes + cost > self._held_limit_bytes:
            self.dropped_count += 1
            return
        self._held.append(item)
        self._held_bytes += cost

    def _write_held(self) -> None:
        while self._held and self._write(self._held[0]):
            self._held.popleft()
        if not self._held:
            self._held_bytes = 0

    def _write(self, item: bytes | Point) -> bool:
        """Write an item; False if there is no room for it on the disk."""
        if isinstance(item, bytes):
            if self._position + HEAD.size + len(item) > self._end and not self._roll(HEAD.size + len(item)):
                return False
            self._put(frame(item))
            return True
        series, step, time_ms, epoch, value = item
        if series.segment is not self._map or self._map is None:
            define = self._define(series, time_ms)
            if self._position + len(define) + _POINT_FRAME > self._end:
                if not self._roll(len(define) + _POINT_FRAME):
                    return False
                define = self._define(series, time_ms)
            self._put(define)
            series.id, series.segment = self._series_count, self._map
            self._series_count += 1
        elif self._position > self._limit:
            return self._roll(_POINT_FRAME) and self._write(item)
        self._put(frame(_pack_point(POINT_KIND, series.id, step, time_ms, epoch, value)))
        return True

    def _define(self, series: Series, time_ms: int) -> bytes:
        return frame(
            encode_record(DefineMetric(time=time_ms, id=self._series_count, name=series.name, context=series.context))
        )

    @property
    def _end(self) -> int:
        return self._limit + _POINT_FRAME

    def _put(self, framed: bytes) -> None:
        position, segment = self._position, self._segment
        assert segment is not None  # for the type checker: `_end` is 0 without one
        end = position + len(framed)
        segment.map[position + HEAD.size : end] = framed[HEAD.size :]
        self._position = end
        self.number += 1
        segment.map[position : position + HEAD.size] = framed[: HEAD.size]

    def _roll(self, need: int) -> bool:
        """Begin a new segment with room for `need` bytes; False if the disk has none."""
        try:
            if self._alive < 0:
                self._alive = make_writer_folder(self._run, self.writer)
            key, workspace, project = self._identity
            header = Header(
                experiment_key=key,
                workspace=workspace,
                project=project,
                writer=self.writer,
                kind=self._kind,
                first=self.number,
                created_at=time.time_ns() // 1_000_000,
            )
            segment = self._make_segment(header, need + 2 * _LAST_BYTES)
        except OSError as error:
            self.trouble = f"{error.strerror or error}"
            self._retry_at = time.monotonic() + RETRY_SECONDS
            if self._segment is None and self.number == 0 and self._kind != "fork":
                raise
            return False
        if self._segment is not None:
            self._segment.close(self._position)
        self.trouble = ""
        self._segment, self._map = segment, segment.map
        self._position = segment.start
        self._limit = segment.size - _LAST_BYTES - _POINT_FRAME
        self._series_count = 0
        return True

    def _make_segment(self, header: Header, least: int) -> Segment:
        try:
            return Segment(self.folder, header, size=max(self._segment_bytes, least))
        except OSError:
            # A disk that is nearly full may have room for a small one; and what the server has of it is soon removed.
            return Segment(self.folder, header, size=max(self._segment_bytes // 16, least))

    def _after_fork_in_child(self) -> None:
        if self.is_closed:
            return
        if self._segment is not None:
            self._segment.abandon()
        if self._alive >= 0:
            os.close(self._alive)
        self._begin(new_writer_id())
        self._kind = "fork"


_journals: "weakref.WeakSet[Journal]" = weakref.WeakSet()
_registered: list[int] = []


def _forget_after_fork(journal: Journal) -> None:
    """See to it that a child made by fork never writes into its parent's journal."""
    _journals.add(journal)
    if not _registered:
        os.register_at_fork(after_in_child=_leave_journals)
        _registered.append(os.getpid())


def _leave_journals() -> None:
    for journal in list(_journals):
        journal._after_fork_in_child()  # noqa: SLF001 - same module

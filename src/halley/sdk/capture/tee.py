"""The tee process: `python -m halley.sdk.capture.tee`. Passes output on at once, and writes it into a journal.

A process and not a thread: C code that fills the pipe while it holds the interpreter's lock would wait for ever for a
thread that needs that lock to empty it. Its orders come as JSON on standard input.
"""

import os
import select
import sys
import time
from itertools import count
from pathlib import Path

import msgspec

from halley.core.ids import WriterId
from halley.core.output import OutputLine
from halley.sdk.capture.lines import LineSplitter
from halley.sdk.journal.folder import is_alive
from halley.sdk.journal.write import Journal
from halley.wire.records import Output

CHUNK_BYTES = 1 << 16
SEGMENT_BYTES = 1 << 20
IDLE_SECONDS = 1.0
"""After the training ended, output of processes that it left behind is recorded until it pauses for so long."""
_LINES_IN_RECORD = 2_000


class Source(msgspec.Struct, frozen=True):
    """A pipe to read, which stream it is, and where that went before; -1 if it still goes there by itself."""

    pipe: int
    stream: int
    target: int


class TeeOrders(msgspec.Struct, frozen=True):
    """What the tee is told."""

    run: str
    trainer: str
    writer: str
    experiment_key: str
    workspace: str
    project: str
    sources: list[Source]


def main() -> None:
    """Pass on and record until every pipe is closed."""
    orders = msgspec.json.decode(sys.stdin.buffer.readline(), type=TeeOrders)
    tee = Tee(orders)
    while tee.step():
        pass
    os._exit(0)  # nothing is left to clean up, and somebody waits for us


class Tee:
    """Reads pipes in the order in which they fill, passes them on, and records lines."""

    def __init__(self, orders: TeeOrders) -> None:
        self._trainer = Path(orders.run) / orders.trainer
        self._journal: Journal | None = Journal(
            Path(orders.run),
            experiment_key=orders.experiment_key,
            workspace=orders.workspace,
            project=orders.project,
            kind="output",
            segment_bytes=SEGMENT_BYTES,
            writer=WriterId(orders.writer),
        )
        numbers = count()
        self._poll = select.poll()
        self._sources = {source.pipe: source for source in orders.sources}
        self._splitters = {source.pipe: LineSplitter(source.stream, numbers) for source in orders.sources}
        for pipe in self._sources:
            self._poll.register(pipe, select.POLLIN)

    def step(self) -> bool:
        """Wait for output, and treat what there is; False when every pipe is closed."""
        ready = self._poll.poll(IDLE_SECONDS * 1000)
        for pipe, _ in ready:
            data = os.read(pipe, CHUNK_BYTES)
            if data:
                self._pass_on(pipe, data)
                self._record(list(self._splitters[pipe].feed(data, _now_ms())))
            else:
                self._record(list(self._splitters[pipe].end(_now_ms())))
                self._poll.unregister(pipe)
                del self._sources[pipe]
        if not self._sources:
            self._close()
            return False
        shown = [line for pipe in self._sources if (line := self._splitters[pipe].show(_now_ms()))]
        self._record(shown)
        if not ready and self._journal is not None and not is_alive(self._trainer):
            # Pipes stay open in processes that the training left behind. They keep their output, the run is complete.
            for pipe in self._sources:
                self._record(list(self._splitters[pipe].end(_now_ms())))
            self._close()
        return True

    def _pass_on(self, pipe: int, data: bytes) -> None:
        target = self._sources[pipe].target
        view = memoryview(data)
        while target >= 0 and view:
            try:
                view = view[os.write(target, view) :]
            except BlockingIOError:
                select.select([], [target], [])
            except OSError:
                return  # the terminal is gone; the record goes on

    def _record(self, lines: list[OutputLine]) -> None:
        if self._journal is None:
            return
        for start in range(0, len(lines), _LINES_IN_RECORD):
            self._journal.append(Output(time=_now_ms(), lines=tuple(lines[start : start + _LINES_IN_RECORD])))

    def _close(self) -> None:
        if self._journal is not None:
            self._journal.close()
            self._journal = None


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


if __name__ == "__main__":
    main()

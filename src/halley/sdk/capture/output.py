"""Capturing stdout and stderr at their file descriptors, so that C code and subprocesses are seen too.

Each stream goes through a pipe to the tee process (`capture.tee`), which passes it on to where it went before and
records it. If the tee dies, the streams are put back at once. The training process keeps the reading ends open too:
so no write fails in between, and what still lies in a pipe then can be passed on.
"""

import contextlib
import os
import subprocess
import sys
import threading
import time
from typing import Any

from halley.core.ids import new_writer_id
from halley.core.output import STDERR, STDOUT
from halley.sdk.capture.streams import Order, StreamHook, count_waiting
from halley.sdk.capture.tee import CHUNK_BYTES, Source, TeeOrders
from halley.sdk.child import start_child
from halley.sdk.journal.write import Journal
from halley.sdk.place import Place

_NAMES = {STDOUT: "stdout", STDERR: "stderr"}
_DRAIN_SECONDS = 5.0
"""How long `close` waits for the tee to take what is in the pipes; a terminal may be slow."""
_LEAVE_SECONDS = 1.0
"""How long it waits for the tee to pass on the rest and leave; it stays where a subprocess still holds a pipe."""


class OutputCapture:
    """Captures output from when it is made until `close`.

    Args:
        journal: The training process's own journal.
        place: Where the experiment belongs.

    Attributes:
        folder: Where the tee writes.

    Raises:
        OSError: the tee cannot be started; nothing is captured then.
    """

    def __init__(self, journal: Journal, place: Place) -> None:
        self.folder = place.run / new_writer_id()
        self._lock = threading.Lock()
        self._is_over = False
        self._readers: dict[int, int] = {}
        self._writers: dict[int, int] = {}
        self._saved: dict[int, int] = {}
        self._hooks: list[StreamHook] = []
        self._sources: list[Source] = []
        try:
            for stream in _NAMES:
                self._open_pipe(stream, os.dup(stream))
                if _is_foreign(stream):
                    self._open_pipe(-stream, -1)
            self._tee = self._start_tee(journal, place)
        except OSError:
            self._close_descriptors()
            raise
        self._redirect()
        threading.Thread(target=self._wait_for_tee, name="halley-tee", daemon=True).start()

    def close(self) -> None:
        """Put the streams back; wait a bounded time until all that was written has gone where it should."""
        for hook in self._hooks:
            hook.flush()
        if not self._restore():
            return
        deadline = time.monotonic() + _DRAIN_SECONDS
        while any(count_waiting(reader) for reader in self._readers.values()) and time.monotonic() < deadline:
            if self._tee.poll() is not None:
                self._pass_on_rest()
                break
            time.sleep(0.002)
        for reader in self._readers.values():
            os.close(reader)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._tee.wait(_LEAVE_SECONDS)
        if self._tee.poll() is None:
            self._tee.returncode = 0  # it stays with a subprocess that has a pipe; that is no leak to warn about
        for saved in self._saved.values():
            os.close(saved)

    def _open_pipe(self, name: int, target: int) -> None:
        """Make the pipe of a descriptor, or (negative) of a Python stream that does not write to its descriptor."""
        reader, writer = os.pipe()
        self._readers[name], self._writers[name] = reader, writer
        if target >= 0:
            self._saved[name] = target
        self._sources.append(Source(reader, abs(name), target))

    def _start_tee(self, journal: Journal, place: Place) -> "subprocess.Popen[bytes]":
        orders = TeeOrders(
            run=str(place.run),
            trainer=journal.writer,
            writer=self.folder.name,
            experiment_key=place.key,
            workspace=place.workspace,
            project=place.project,
            sources=self._sources,
        )
        return start_child(
            "halley.sdk.capture.tee",
            orders,
            log=place.run / "sender.log",
            pass_fds=[*self._readers.values(), *self._saved.values()],
        )

    def _redirect(self) -> None:
        order = Order(self._readers)
        for stream, name in _NAMES.items():
            python_stream: Any = getattr(sys, name)
            if python_stream is not None:
                hook = StreamHook(python_stream, stream, order, mirror=self._writers.get(-stream))
                hook.install()
                self._hooks.append(hook)
            os.dup2(self._writers[stream], stream, inheritable=True)
            os.close(self._writers.pop(stream))

    def _restore(self) -> bool:
        """Put everything back; False if somebody else did."""
        with self._lock:
            if self._is_over:
                return False
            self._is_over = True
        for hook in self._hooks:
            hook.remove()
        for stream, saved in self._saved.items():
            with contextlib.suppress(OSError):
                # Somebody may have put another file there meanwhile (a test runner does): then it stays.
                if os.fstat(stream).st_ino == os.fstat(self._readers[stream]).st_ino:
                    os.dup2(saved, stream, inheritable=True)
        for writer in self._writers.values():
            os.close(writer)
        self._writers.clear()
        return True

    def _wait_for_tee(self) -> None:
        self._tee.wait()
        if self._restore():
            self._pass_on_rest()

    def _pass_on_rest(self) -> None:
        """Do what the tee cannot do any more."""
        for name, reader in self._readers.items():
            while waiting := count_waiting(reader):
                data = os.read(reader, min(waiting, CHUNK_BYTES))
                if name in self._saved:
                    os.write(self._saved[name], data)

    def _close_descriptors(self) -> None:
        for descriptors in (self._readers, self._writers, self._saved):
            for descriptor in descriptors.values():
                os.close(descriptor)


def _is_foreign(stream: int) -> bool:
    """Say whether the Python stream writes elsewhere than to its descriptor: in a notebook, or in a test runner."""
    python_stream = getattr(sys, _NAMES[stream])
    if python_stream is None:
        return False
    try:
        return bool(python_stream.fileno() != stream)
    except (AttributeError, OSError, ValueError):
        return True

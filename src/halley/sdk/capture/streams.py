"""Python's stream objects while output is captured: live, in order between the two, and as before to those who ask."""

import array
import contextlib
import fcntl
import os
import termios
import time
from collections.abc import Mapping
from typing import Any

_WAIT_SECONDS = 1.0
"""The tee may still be starting, or the machine may be busy."""
_SHORT_WAIT_SECONDS = 0.02
"""Once it did not come in time, as when a terminal is stopped: training is not held up again and again."""
_PAUSE_SECONDS = 0.0001


def count_waiting(pipe: int) -> int:
    """Say how many bytes lie in a pipe."""
    waiting = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, waiting)
    return waiting[0]


class Order:
    """Keeps the order between stdout and stderr: who speaks next waits until the other's words are taken.

    Args:
        pipes: The reading ends, by stream.
    """

    def __init__(self, pipes: Mapping[int, int]) -> None:
        self._pipes = pipes
        self._last = 0
        self._limit_seconds = _WAIT_SECONDS

    def speak(self, stream: int) -> None:
        """Stream `stream` (negative: its mirror) is about to speak. Waits a bounded time only."""
        last, self._last = self._last, stream
        if last in {0, stream}:
            return
        deadline = time.monotonic() + self._limit_seconds
        with contextlib.suppress(OSError, KeyError):
            while count_waiting(self._pipes[last]):
                if time.monotonic() >= deadline:
                    self._limit_seconds = _SHORT_WAIT_SECONDS
                    return
                time.sleep(_PAUSE_SECONDS)
            self._limit_seconds = _WAIT_SECONDS


class StreamHook:
    """Hooks into `sys.stdout` or `sys.stderr`, from `install` to `remove`.

    Args:
        python_stream: The stream object.
        stream: 1 or 2.
        order: Shared by both streams.
        mirror: Where to write a copy, if the object does not write to the descriptor itself.
    """

    def __init__(self, python_stream: Any, stream: int, order: Order, *, mirror: int | None) -> None:
        self._python_stream = python_stream
        self._speaker = stream if mirror is None else -stream
        self._order = order
        self._mirror = mirror
        self._original = python_stream.write
        self._hook = self._write
        self._was_line_buffered: bool | None = None

    def install(self) -> None:
        """Put the hook in; call it before the descriptor is redirected."""
        stream = self._python_stream
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
        with contextlib.suppress(AttributeError, OSError, ValueError):
            is_terminal = stream.isatty()
            stream.isatty = lambda: is_terminal  # colours and progress bars stay as they were
        with contextlib.suppress(AttributeError):
            stream.write = self._hook
        if self._mirror is None:
            with contextlib.suppress(AttributeError, OSError, ValueError):
                was = stream.line_buffering
                stream.reconfigure(line_buffering=True)
                self._was_line_buffered = was

    def flush(self) -> None:
        """Write out what the stream object still holds."""
        with contextlib.suppress(OSError, ValueError):
            self._python_stream.flush()

    def remove(self) -> None:
        """Take the hook out."""
        self._mirror = None
        attributes = getattr(self._python_stream, "__dict__", {})
        if attributes.get("write") is self._hook:
            del self._python_stream.write
            attributes.pop("isatty", None)
        if self._was_line_buffered is not None:
            with contextlib.suppress(OSError, ValueError):
                self._python_stream.reconfigure(line_buffering=self._was_line_buffered)

    def _write(self, text: str) -> Any:
        self._order.speak(self._speaker)
        written = self._original(text)
        if self._mirror is not None:
            data = memoryview(text.encode("utf-8", "replace"))
            with contextlib.suppress(OSError):
                while data:
                    data = data[os.write(self._mirror, data) :]
        return written

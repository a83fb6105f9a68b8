"""How the training process ends, seen from inside. What cannot be seen from inside the sender sees from outside."""

import atexit
import contextlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Literal, NamedTuple

from halley.sdk.journal.folder import note_death

EndState = Literal["finished", "failed", "killed"]
TRACEBACK_LIMIT = 100_000
"""Longest traceback in characters; of a longer one the end is kept, where the exception stands."""

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class Ending(NamedTuple):
    """How an experiment ended: its state, a line for people, and the whole story."""

    state: EndState
    reason: str = ""
    traceback: str = ""


def describe_exception(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> Ending:
    """Say what an exception that nobody caught means for the experiment."""
    if issubclass(kind, SystemExit):
        code = getattr(error, "code", None)
        return Ending("finished") if code in {None, 0} else Ending("failed", _clean(f"SystemExit: {code}"[:1000]))
    lines = _clean("".join(traceback.format_exception(kind, error, trace))[-TRACEBACK_LIMIT:])
    if issubclass(kind, KeyboardInterrupt):
        return Ending("killed", "KeyboardInterrupt (signal SIGINT)", lines)
    reason = traceback.format_exception_only(kind, error)[-1].strip() or kind.__name__
    return Ending("failed", _clean(reason[:1000]), lines)


def _clean(text: str) -> str:
    """Replace what cannot be UTF-8: file names in messages may hold lone surrogates."""
    return text.encode("utf-8", "replace").decode()


class EndHooks:
    """Hooks into the ways a process ends; in from `install` to `remove`, and of no effect in forked children.

    Args:
        folder: The writer's folder, for a signal handler's last word.
        end: Called with how the experiment ended.
    """

    def __init__(self, folder: Path, end: Callable[[Ending], None]) -> None:
        self._folder = folder
        self._end = end
        self._pid = os.getpid()
        self._is_active = False
        self._signals: list[signal.Signals] = []
        self._hook = self._on_exception
        self._handler = self._on_signal
        self._at_exit = self._on_exit
        self._previous = sys.excepthook

    def install(self) -> None:
        """Put the hooks in. Signals only where nobody else handles them, and only from the main thread."""
        self._is_active = True
        self._previous = sys.excepthook
        sys.excepthook = self._hook
        atexit.register(self._at_exit)
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                if signal.getsignal(number) is signal.SIG_DFL:
                    signal.signal(number, self._handler)
                    self._signals.append(number)

    def remove(self) -> None:
        """Take the hooks out again, as far as nobody put others on top of them; those that stay do nothing."""
        self._is_active = False
        atexit.unregister(self._at_exit)
        if sys.excepthook is self._hook:
            sys.excepthook = self._previous
        if threading.current_thread() is threading.main_thread():
            for number in self._signals:
                if signal.getsignal(number) is self._handler:
                    signal.signal(number, signal.SIG_DFL)
            self._signals.clear()

    def _is_ours(self) -> bool:
        return self._is_active and os.getpid() == self._pid

    def _on_exit(self) -> None:
        if self._is_ours():
            self._end(Ending("finished"))

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._previous(kind, error, trace)  # first, so that the output holds the traceback
        if self._is_ours():
            self._end(describe_exception(kind, error, trace))

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        # The handler may run in the middle of an append, so it takes no lock and waits for nobody: it leaves a word for
        # the sender, and the signal does what it would have done without us.
        del frame
        if self._is_ours():
            with contextlib.suppress(OSError):
                note_death(self._folder, "killed", f"The process was ended by signal {signal.Signals(number).name}.")
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

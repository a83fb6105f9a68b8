"""Bytes of a stream to lines of output. Pure; the clock enters by argument."""

import codecs
from collections.abc import Iterator
from itertools import count

from halley.core.output import LINE_LIMIT, OutputLine

SHOW_EVERY_MS = 1_000
"""A line that is not finished, such as a progress bar, is shown again at most so often."""


class LineSplitter:
    """Splits one stream into lines.

    A carriage return goes back to the beginning of the line; the line's text is what was last written there, as a
    terminal shows it. Characters cut in two by a read are joined; bytes that are no UTF-8 become U+FFFD.

    Args:
        stream: `core.output.STDOUT` or `STDERR`.
        numbers: Where line numbers come from; streams of one writer share it.
    """

    def __init__(self, stream: int, numbers: "count[int]") -> None:
        self._stream = stream
        self._numbers = numbers
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._number = -1
        self._begun_at = 0
        self._text = ""
        self._state = ""
        self._shown = ""
        self._shown_at = 0

    def feed(self, data: bytes, now_ms: int) -> Iterator[OutputLine]:
        """Take bytes, and give the lines that they finish."""
        return self._finish_lines(self._decode(data), now_ms)

    def show(self, now_ms: int) -> OutputLine | None:
        """Give the unfinished line if it changed and was not shown for a while."""
        if self._number < 0 or now_ms - self._shown_at < SHOW_EVERY_MS:
            return None
        line = self._line(self._visible())
        if line.text == self._shown:
            return None
        self._shown, self._shown_at = line.text, now_ms
        return line

    def end(self, now_ms: int) -> Iterator[OutputLine]:
        """Give the last line, which has no end."""
        yield from self._finish_lines(self._decode(b"", True), now_ms)
        if self._number >= 0:
            yield self._close()

    def _finish_lines(self, text: str, now_ms: int) -> Iterator[OutputLine]:
        if not text:
            return
        *whole, rest = text.split("\n")
        for part in whole:
            yield from self._write(part, now_ms)
            self._begin(now_ms)
            yield self._close()
        yield from self._write(rest, now_ms)

    def _write(self, text: str, now_ms: int) -> Iterator[OutputLine]:
        if not text:
            return
        self._begin(now_ms)
        states = text.split("\r")
        self._text += states[0]
        for state in states[1:]:
            if self._text:
                self._state = self._text[:LINE_LIMIT]
            self._text = state
        while len(self._text) > LINE_LIMIT:
            rest = self._text[LINE_LIMIT:]
            self._text = self._text[:LINE_LIMIT]
            yield self._close()
            self._begin(now_ms)
            self._text = rest

    def _begin(self, now_ms: int) -> None:
        if self._number < 0:
            self._number = next(self._numbers)
            self._begun_at = now_ms
            self._shown, self._shown_at = "", now_ms

    def _visible(self) -> str:
        return self._text or self._state

    def _line(self, text: str) -> OutputLine:
        return OutputLine(self._number, self._stream, self._begun_at, text)

    def _close(self) -> OutputLine:
        line = self._line(self._visible())
        self._number = -1
        self._text = self._state = ""
        return line

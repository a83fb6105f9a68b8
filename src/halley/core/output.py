"""Output of a training process: lines of stdout and stderr."""

import msgspec

STDOUT = 1
STDERR = 2

LINE_LIMIT = 65_536
"""Longest line in characters; a longer one is split."""


class OutputLine(msgspec.Struct, frozen=True, array_like=True):
    """One line of output.

    Attributes:
        number: Its place in the output of its writer, from 0. Sent again, the later text wins: so a progress bar is
            live and keeps its last state.
        stream: 1 for stdout, 2 for stderr.
        time: When its first byte came, milliseconds since 1970 UTC.
        text: Without the line end; ANSI colours kept.
    """

    number: int
    stream: int
    time: int
    text: str

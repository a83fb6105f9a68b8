"""Output of a training process: lines of stdout and stderr."""

import re

import msgspec

STDOUT = 1
STDERR = 2

LINE_LIMIT = 65_536
"""Longest line in characters; a longer one is split."""


_ESCAPE = re.compile(
    r"\x1b(?:"
    r"\[[0-?]*[ -/]*[@-~]"  # colours, moves of the cursor
    r"|\][^\x07\x1b\n]*(?:\x07|\x1b\\)"  # titles, links
    r"|[ -/]+[0-~]"  # character sets
    r"|[0-Z\\^-~]"  # single functions
    r")?"
)


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


def strip_escapes(text: str) -> str:
    r"""Leave out what a terminal does not show: the escape sequences of colours, titles and moves.

    Example:
        >>> strip_escapes("\x1b[31mloss\x1b[0m: 0.5")
        'loss: 0.5'
    """
    return _ESCAPE.sub("", text) if "\x1b" in text else text

"""Lines of output.

**Order.** Lines are numbered from 0 by their writer. Over several writers of a run (a run that was taken up again),
the later writer's lines follow the earlier's. A number that comes again replaces the line: a progress bar keeps its
last state. Numbers of a writer come in order but for that, and only the last 1,000 numbers of a writer are replaced.

**Limits.** A line has at most 65,536 characters. A million lines cost what the page that is read costs.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from halley.core.output import OutputLine


class OutputPage(NamedTuple):
    """Lines from `first` on, of `total` lines that match the stream. Line numbers are over all writers and streams."""

    total: int
    first: int
    lines: Sequence[OutputLine]


class OutputPlace(NamedTuple):
    """A place between two lines: behind line `number` of the `position`-th writer, which is counted from 0."""

    position: int
    number: int


BEGINNING = OutputPlace(-1, -1)
"""Before the first line."""


class OutputPiece(NamedTuple):
    """Lines that lie together, and the place behind them."""

    lines: Sequence[OutputLine]
    end: OutputPlace


class OutputMatches(NamedTuple):
    """Places (as counted by `first` in `read` with the same stream) of lines that hold a text."""

    total: int
    places: Sequence[int]


class Output(Protocol):
    """See the module's contract."""

    def append(self, run: int, writer: str, lines: Sequence[OutputLine]) -> None:
        """Append or replace lines."""
        ...

    def read(self, run: int, *, first: int = 0, limit: int = 1_000, stream: int | None = None) -> OutputPage:
        """A page of lines; a negative `first` counts from the end. `stream` 1 or 2 keeps only that stream."""
        ...

    def search(self, run: int, text: str, *, stream: int | None = None, limit: int = 10_000) -> OutputMatches:
        """Where a text stands as it is shown: without case, and without the escape sequences of colours."""
        ...

    def stream_all(self, run: int, *, after: OutputPlace = BEGINNING) -> Iterator[OutputPiece]:
        """All lines behind a place, in pieces of a few thousand at most.

        A later snapshot goes on from the end of a piece, so that none is held for as long as a slow reader takes. A
        line that was replaced meanwhile may be in its earlier state.
        """
        ...

    def delete(self, run: int) -> bool:
        """Delete lines of a run as `Metrics.delete` deletes its points; say whether there may be more."""
        ...

"""Reading and searching the lines of an experiment."""

from halley.core.ids import ExperimentKey
from halley.server.experiments.api import find_run
from halley.storage.ports.storage import Session
from halley.wire.api import OutputLine, OutputMatches, OutputPage


def read_lines(session: Session, key: ExperimentKey, *, first: int, limit: int, stream: int | None) -> OutputPage:
    """Read a page of lines.

    Raises:
        NotFound: no experiment has this key.
    """
    page = session.output.read(find_run(session.catalog, key), first=first, limit=limit, stream=stream)
    return OutputPage(
        total=page.total,
        first=page.first,
        lines=[OutputLine(stream=line.stream, time=line.time, text=line.text) for line in page.lines],
    )


def find_lines(session: Session, key: ExperimentKey, text: str, *, stream: int | None) -> OutputMatches:
    """Find the places of lines that hold a text.

    Raises:
        NotFound: no experiment has this key.
    """
    matches = session.output.search(find_run(session.catalog, key), text, stream=stream)
    return OutputMatches(total=matches.total, places=list(matches.places))

"""The whole output of an experiment as a text file.

No snapshot is held for as long as a slow reader takes: what leaves at a time is read from one moment, and the next
part goes on where it ended.
"""

from collections.abc import Iterator
from itertools import islice

from litestar.response import Stream

from halley.core.ids import ExperimentKey
from halley.server.experiments.api import find_run
from halley.storage.ports.output import BEGINNING
from halley.storage.ports.storage import Storage

_PIECES = 8
"""Pieces of some thousand lines that are read from one snapshot, and held in memory."""


def download(storage: Storage, key: ExperimentKey) -> Stream:
    """Stream every line.

    Raises:
        NotFound: no experiment has this key.
    """
    with storage.read() as session:
        run = find_run(session.catalog, key)
    return Stream(
        _text(storage, run),
        media_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="output-{key}.txt"', "Cache-Control": "no-store"},
    )


def _text(storage: Storage, run: int) -> Iterator[bytes]:
    place = BEGINNING
    while True:
        with storage.read() as session:
            pieces = list(islice(session.output.stream_all(run, after=place), _PIECES))
        for piece in pieces:
            yield "".join(f"{line.text}\n" for line in piece.lines).encode("utf-8", "replace")
        if len(pieces) < _PIECES:
            return
        place = pieces[-1].end

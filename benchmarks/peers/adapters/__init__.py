"""One file a peer: how its own public client and server are used. Loaded in the peer's own environment by work.py.

Each defines `Peer(place)` with these methods; third-party imports stay inside methods, so that the driver can ask for
`serve` without the peer's packages:

    serve(python, port, place)  the commands that run its server, their extra environment, and the path that answers
                                when it is up; None if the tool has no server (static)
    prepare()                   before the first run: make the project, where a tool wants that done once
    start(name, parameters)     open a run; returns an object with `key`, `log(row, step)` and `finish()`
    load(name, parameters, rows) a whole run in the way that is cheapest for the tool; the default logs row by row
    progress(keys)              how many points can be read now, by the cheapest public call
    count(keys)                 (points, doubled): reads what is there and counts
    recover()                   after a killed trainer: what the tool's documentation says to do
    search()                    a table of all runs, sorted by a metric; returns how many rows came
    chart(keys)                 all points of `loss` of these runs; returns how many came
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Place:
    """Where a measurement happens: the server's address (empty if none), a folder of its own, a project's name."""

    url: str
    folder: Path
    project: str = "peers"
    is_async: bool = False


Served = tuple[list[list[str]], dict[str, str], str]


class Base:
    """What peers have in common."""

    def __init__(self, place: Place):
        self.place = place

    @staticmethod
    def serve(python: str, port: int, place: Place) -> Served | None:
        del python, port, place  # there is no server

    def prepare(self) -> None:
        return

    def start(self, name: str, parameters: dict[str, Any]) -> Any:
        raise NotImplementedError

    def load(self, name: str, parameters: dict[str, Any], rows: list[dict[str, float]]) -> str:
        run = self.start(name, parameters)
        for step, row in enumerate(rows):
            run.log(row, step)
        run.finish()
        return str(run.key)

    def progress(self, keys: list[str]) -> int:
        return self.count(keys)[0]

    def count(self, keys: list[str]) -> tuple[int, int]:
        raise NotImplementedError

    def recover(self) -> None:
        return

    def search(self) -> int:
        raise NotImplementedError

    def chart(self, keys: list[str]) -> int:
        raise NotImplementedError

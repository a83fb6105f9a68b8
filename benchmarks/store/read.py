"""Reading for measurement: every round opens the store anew, so that nothing of ours is warm.

The connection is open before the clock starts, as a server's is, but its cache holds nothing of what is asked, and
the snapshot is fresh. The operating system's cache of the file is warm, unless said otherwise. A question that is put
together in Python may be asked of another project first: its text is made once in the life of a server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import NamedTuple

from benchmarks.store.places import Cost, Place, spend
from benchmarks.store.points import name_of

from halley.storage.ports.metrics import Chart, XAxis
from halley.storage.ports.storage import Session, Storage


class Reading(NamedTuple):
    """Costs of the rounds; the seconds it took when the operating system had nothing of the file either."""

    rounds: list[Cost]
    cold: float | None

    @property
    def cpu_ms(self) -> list[float]:
        """CPU of every round in ms."""
        return [cost.cpu * 1e3 for cost in self.rounds]

    def say(self) -> str:
        """What the figure leaves out."""
        said = f"wall {_middle([cost.wall for cost in self.rounds]):.1f} ms"
        database = _middle([cost.database_cpu for cost in self.rounds])
        if database:
            said += f", PostgreSQL itself {database:.1f} ms"
        return said if self.cold is None else f"{said}, {self.cold * 1e3:.1f} ms with the OS cache cold"


def _middle(seconds: Sequence[float]) -> float:
    return sorted(seconds)[len(seconds) // 2] * 1e3


Ask = Callable[[Session], object]
"""Something to ask of a snapshot."""


def read(
    place: Place, ask: Ask, *, rounds: int, before: Ask = lambda session: session.catalog.list_workspaces()
) -> Reading:
    """Ask something of a fresh snapshot of a store that was opened anew, in several rounds.

    Args:
        place: Where.
        ask: What is measured.
        rounds: How often.
        before: What is asked first in every round, and not measured; reads nothing of what is asked then.
    """
    _ask_once(place, ask, before)  # what Python and numpy load when they do something first
    costs = [_ask_once(place, ask, before) for _ in range(rounds)]
    return Reading(costs, _ask_once(place, ask, before).wall if place.forget() else None)


def _ask_once(place: Place, ask: Ask, before: Ask) -> Cost:
    with closing(place.open()) as storage:
        with storage.read() as session:
            before(session)

        def act() -> object:
            with storage.read() as session:
                return ask(session)

        return spend(place, act)[0]


def draw(storage: Storage, runs: Sequence[int], metric: int, **more: float) -> Chart:
    """Draw one metric of runs from a fresh snapshot of an open store."""
    with storage.read() as session:
        return session.metrics.draw(runs, [name_of(metric)], buckets=1_000, **more)  # type: ignore[arg-type]


def charting(
    runs: Sequence[int], metric: int, *, x: XAxis = "step", low: float | None = None, high: float | None = None
) -> Callable[[Session], Chart]:
    """A chart of one metric of some runs in 1,000 buckets, to be asked of a snapshot."""
    return lambda session: session.metrics.draw(runs, [name_of(metric)], x=x, low=low, high=high, buckets=1_000)

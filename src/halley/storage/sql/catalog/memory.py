"""What the writer remembers of experiments from job to job, so that a batch need not ask who it is from."""

import time
from collections import OrderedDict
from collections.abc import Iterable

from halley.storage.ports.catalog import Experiment
from halley.storage.sql.hold import Holder
from halley.storage.sql.link import Link
from halley.storage.sql.put import Put, arrays

_RUNS_LIMIT = 2_000
_PLACES_LIMIT = 10_000
_WRITERS_LIMIT = 100

HEAR_SECONDS = 1.0
"""How often it is written that an experiment spoke: far more often than it may be silent without being lost."""

_HEAR = Put(
    each="update experiment set heard_at = ?2 where run = ?1",
    row="",
    together=f"update experiment set heard_at = told.heard_at from {arrays(('integer', 'integer'))}"
    " as told (run, heard_at) where experiment.run = told.run",
    kinds=("integer", "integer"),
    key=1,
)


class Known:
    """What is known of one experiment.

    Attributes:
        version: Of the run, see `hold.py`.
        experiment: Its row, None if it has to be read.
        records: How many records the store has of each writer; of those that spoke lately.
        heard_at: When it last spoke, None if that has to be read; may be later than what its row says.
        written_at: When that was last written, in seconds of a clock that never goes back.
    """

    __slots__ = ("experiment", "heard_at", "records", "version", "written_at")

    def __init__(self, version: int) -> None:
        self.version = version
        self.experiment: Experiment | None = None
        self.records: dict[str, int] = {}
        self.heard_at: int | None = None
        self.written_at = -HEAR_SECONDS

    def note_writer(self, writer: str, records: int) -> None:
        """Note how many records the store has of a writer."""
        if len(self.records) >= _WRITERS_LIMIT:
            self.records.clear()
        self.records[writer] = records


class CatalogMemory:
    """Experiments that were written lately, and the numbers of projects, which never change.

    Args:
        link: The writer's connection.
        holder: Says which memory is right.
    """

    def __init__(self, link: Link, holder: Holder) -> None:
        self._link = link
        self.holder = holder
        self._known: OrderedDict[int, Known] = OrderedDict()
        self._runs: dict[str, tuple[int, int]] = {}
        self._projects: dict[tuple[str, str], int] = {}
        self._unwritten: dict[int, Known] = {}

    def recall(self, run: int) -> Known:
        """What is known of an experiment, which nobody else writes from here on."""
        version = self.holder.hold(run)
        known = self._known.get(run)
        if known is None or known.version != version:
            self._unwritten.pop(run, None)
            known = self._known[run] = Known(version)
            while len(self._known) > _RUNS_LIMIT:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(run)
        return known

    def find_run(self, key: str) -> int | None:
        """The run of a key that was noted, if it is sure to be right."""
        run, version = self._runs.get(key, (0, 0))
        return run if run and self.holder.hold(run) == version else None

    def note_run(self, key: str, run: int) -> None:
        """Note the run of a key."""
        if len(self._runs) >= _PLACES_LIMIT:
            self._runs.clear()
        self._runs[key] = (run, self.holder.hold(run))

    def find_project(self, workspace: str, project: str) -> int | None:
        """The number of a project that was noted."""
        return self._projects.get((workspace, project))

    def note_project(self, workspace: str, project: str, number: int) -> None:
        """Note the number of a project, unless this job made it: it could fail."""
        if len(self._projects) >= _PLACES_LIMIT:
            self._projects.clear()
        self._projects[workspace, project] = number

    def expect(self, keys: Iterable[str]) -> None:
        """Hold the runs of many keys at once, as far as they are known."""
        self.holder.expect(self._runs[key][0] for key in keys if key in self._runs)

    def let_go(self, run: int) -> None:
        """A run is no more."""
        self.holder.let_go(run)

    def forget(self) -> None:
        """Forget everything: the transaction was rolled back, and what it made is not there."""
        self._known.clear()
        self._runs.clear()
        self._projects.clear()
        self._unwritten.clear()

    # hearing

    def hear(self, run: int, known: Known, now: int) -> None:
        """Note that an experiment spoke; write it, unless that was done a moment ago."""
        known.heard_at = now
        clock = time.monotonic()
        if clock - known.written_at >= HEAR_SECONDS:
            known.written_at = clock
            self._unwritten.pop(run, None)
            self._link.put(_HEAR, (run, now))
        else:
            self._unwritten[run] = known

    def write_heard(self) -> None:
        """Write when every experiment last spoke."""
        for run in list(self._unwritten):
            if self._link.try_lock(run):  # who is being written elsewhere is heard there
                self.write_heard_of(run)

    def write_heard_of(self, run: int) -> None:
        """Write when an experiment last spoke, which nobody else writes from here on."""
        known = self._unwritten.pop(run, None)
        if known is not None and known.version == self.holder.hold(run):
            self._link.put(_HEAR, (run, known.heard_at))

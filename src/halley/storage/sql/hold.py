"""Holding runs: a run is locked before it is changed, and what the writer remembers of it is true or forgotten.

The writer remembers what it last read and wrote of a run, so that a small batch need not read before it writes. That
is true for as long as nobody else writes the run and nothing of it is rolled back. So every run has a **version**: a
number that changes whenever memory of the run may be wrong. Who remembers something keeps the version beside it, asks
`hold` before using it, and reads anew if the version is another.

Where other processes write to the database too, table `owner` says who wrote a run last: if that was another, the
version changes.
"""

import itertools
import secrets
from collections import OrderedDict
from collections.abc import Iterable

from halley.storage.sql.link import Link
from halley.storage.sql.put import insert

_RUNS_LIMIT = 10_000
"""Most runs whose version is remembered."""

_OWNER = insert("owner", {"run": "integer", "server": "integer"}, key=1)


class _Held:
    """The version of a run, and the last transaction in which it was known to be right."""

    __slots__ = ("transaction", "version")

    def __init__(self, version: int, transaction: int) -> None:
        self.version = version
        self.transaction = transaction


class Holder:
    """Holds runs for one writer.

    Args:
        link: The writer's connection.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._server = secrets.randbits(62)
        self._versions = itertools.count(1)
        self._held: OrderedDict[int, _Held] = OrderedDict()
        self._by_job: set[int] = set()

    def hold(self, run: int) -> int:
        """Lock a run until the transaction ends; return its version.

        Raises:
            StorageLocked: another process has it.
        """
        link, held = self._link, self._held.get(run)
        self._by_job.add(run)
        if held is not None and held.transaction == link.transaction:
            return held.version
        link.lock(run)
        if held is not None and not (link.dialect.is_shared and not self._is_own(run)):
            held.transaction = link.transaction
            self._held.move_to_end(run)
            return held.version
        return self._renew(run)

    def expect(self, runs: Iterable[int]) -> None:
        """Hold many runs at once, as far as they are free and known: one question instead of two for each."""
        link = self._link
        if not link.dialect.is_shared:
            return
        known = [run for run in dict.fromkeys(runs) if run in self._held]
        if len(known) < 2:
            return
        locked, own = link.lock_together(
            known, "select run from owner where run = any(?) and server = ?", (self._server,)
        )
        for run in locked & {run for (run,) in own}:
            self._held[run].transaction = link.transaction
            self._held.move_to_end(run)

    def change(self, run: int) -> None:
        """What is remembered of a run is not true any more, here and elsewhere."""
        self.hold(run)
        self._renew(run)

    def let_go(self, run: int) -> None:
        """A run is no more: nobody has to remember who wrote it."""
        self._held.pop(run, None)
        if self._link.dialect.is_shared:
            self._link.run("delete from owner where run = ?", (run,))

    def begin_job(self) -> None:
        """Note from now on which runs a job holds."""
        self._by_job.clear()

    def roll_back_job(self) -> None:
        """What is remembered of the runs that the job held may be wrong."""
        for run in self._by_job:
            self._held.pop(run, None)

    def roll_back(self) -> None:
        """What is remembered of any run may be wrong."""
        self._held.clear()

    def _is_own(self, run: int) -> bool:
        return bool(self._link.value("select server from owner where run = ?", (run,)) == self._server)

    def _renew(self, run: int) -> int:
        link = self._link
        held = self._held[run] = _Held(next(self._versions), link.transaction)
        if link.dialect.is_shared:
            link.put(_OWNER, (run, self._server))
        while len(self._held) > _RUNS_LIMIT:
            self._held.popitem(last=False)
        return held.version

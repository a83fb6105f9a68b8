"""The campaign: load, kill -9, start again, check, and again, on one and the same database."""

from __future__ import annotations

import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crash.check import check_charts, check_runs, check_table, settle
from benchmarks.crash.follow import Follower
from benchmarks.crash.load import Line, Load
from benchmarks.crash.model import ModelRun, expect
from benchmarks.crash.processes import Place, Server
from benchmarks.crash.senders import KINDS, Sender

THREADS = 6
LIVE_RUNS = 14
FOLLOWERS = 4
_SURVIVE_SECONDS = 0.4
_ERASE_SECONDS = 60.0
_ANSWER_SECONDS = 60.0


@dataclass
class Trial:
    """What happened in one trial."""

    killed: str
    load_seconds: float
    acknowledged: int
    repeated: int
    deleted: int
    forked: int
    drawn: int
    taken: int
    lost: int
    points: int
    charts: int
    start_seconds: float
    seconds: float


class Campaign:
    """Crashes of one database.

    Args:
        place: The database.
        seed: Of all dice.
        charts: How many charts to check after every kill.
    """

    def __init__(self, place: Place, seed: int, charts: int = 8) -> None:
        self._place = place
        self._seed = seed
        self._charts = charts
        self._dice = random.Random(seed)
        self._home = tempfile.TemporaryDirectory(prefix="halley-crash-home-")
        self._servers: list[Server] = []
        self._senders: list[Sender] = []
        self._followers: list[Follower] = []
        self.runs: list[ModelRun] = []
        self.trials: list[Trial] = []

    def run_trial(self, longest_seconds: float = 2.5) -> Trial:
        """One crash and its checks.

        Raises:
            Wrong: something was lost, doubled or drawn wrong.
        """
        began = time.monotonic()
        number = len(self.trials)
        killed = self._place.modes[number % len(self._place.modes)]
        dice = self._dice
        self._top_up(number)
        while len(self._servers) < (2 if "two" in killed else 1):
            self._start()
        load = Load(
            [server.url for server in self._servers],
            self._senders,
            THREADS,
            self._seed * 10_007 + number,
            is_rough="database" in killed,
            followers=self._followers,
        )
        load_seconds = dice.uniform(0.05, longest_seconds) * dice.random() ** 0.5
        _wait(load, load_seconds)
        try:
            self._crash(killed, load)
        finally:
            load.stop()
        started = [self._start() for _ in range(1 - len(self._servers))]
        line = Line(self._answering())
        taken, lost = settle(line, self._senders, dice)
        self._retire()
        points = check_runs(line, [run for run in self.runs if run.is_touched])
        charts = check_charts(line, self.runs, dice, self._charts)
        charts += self._check_live(line)
        check_table(line, self.runs)
        line.close()
        trial = Trial(
            killed, load_seconds, load.acknowledged, load.repeated, load.deleted, load.forked, load.drawn, taken, lost,
            points, charts, sum(server.start_seconds for server in started), time.monotonic() - began,
        )  # fmt: skip
        self.trials.append(trial)
        return trial

    def _crash(self, killed: str, load: Load) -> None:
        if "server" in killed:
            victim = self._servers.pop(self._dice.randrange(len(self._servers)))
            victim.kill()
            load.gone.add(victim.url)
        if "database" in killed:
            self._place.kill()
        if self._servers:
            _wait(load, _SURVIVE_SECONDS)

    def finish(self) -> tuple[int, str]:
        """Read back every point of every run, stop, and let the database check itself."""
        if not self._servers:
            self._start()
        line = Line(self._answering())
        settle(line, self._senders, self._dice)
        points = check_runs(line, self.runs)
        check_charts(line, self.runs, self._dice, 10 * self._charts)
        check_table(line, self.runs)
        line.close()
        deadline = time.monotonic() + _ERASE_SECONDS
        while self._place.count_waiting():
            expect(time.monotonic() < deadline, "deleted runs are not erased")
            time.sleep(0.2)
        while self._servers:
            self._servers.pop().stop()
        return points, self._place.verify()

    def close(self) -> None:
        """Leave nothing behind."""
        while self._servers:
            self._servers.pop().kill()
        self._home.cleanup()

    def log(self) -> str:
        """What the servers said on stderr."""
        path = Path(self._home.name) / "server.log"
        return path.read_text() if path.exists() else ""

    def _start(self) -> Server:
        self._servers.append(Server(self._place.options, Path(self._home.name)))
        return self._servers[-1]

    def _answering(self) -> str:
        """The address of a server that reaches its database again."""
        url, deadline = self._servers[0].url, time.monotonic() + _ANSWER_SECONDS
        line = Line(url)
        while line.ask("GET", "/workspaces")[0] != 200:
            expect(time.monotonic() < deadline, "the server does not find its database again")
            time.sleep(0.05)
        line.close()
        return url

    def _top_up(self, number: int) -> None:
        """New runs in the place of those that ended or were deleted."""
        live = {id(sender.run) for sender in self._senders}
        for place in range(len(live), LIVE_RUNS):
            run = self._begin(KINDS[(number + place) % len(KINDS)])
            self.runs.append(run)
            of = 1 if run.kind == "stepless" else self._dice.choice([1, 1, 2, 3])
            self._senders += [Sender(run, i, of, self._dice.randrange(THREADS)) for i in range(of)]

    def _begin(self, kind: str) -> ModelRun:
        """A new run, or a fork of one that is there."""
        parents = [run for run in self.runs if run.series and not run.is_deleting]
        if not parents or self._dice.random() < 0.3:
            return ModelRun(kind)
        parent = self._dice.choice(parents)
        steps = self._dice.choice(list(parent.series.values())).columns()[0]
        parent.forks_waiting += 1
        return ModelRun(kind, parent=parent, step=int(self._dice.choice(steps)) + self._dice.randint(-1, 1))

    def _check_live(self, line: Line) -> int:
        """Bring live charts up to date, from before the crash on, and compare them; begin new ones."""
        dice = self._dice
        self._followers[:] = [one for one in self._followers if not one.is_over]
        known = [run for run in self.runs if ("loss", "train") in run.series and not run.is_deleting]
        while known and len(self._followers) < FOLLOWERS:
            some = dice.sample(known, min(len(known), dice.randint(1, 3)))
            self._followers.append(Follower(some, dice.choice(["step", "step", "wall"]), dice.choice([20, 300, 2_000])))
        for one in self._followers:
            one.follow(line)
            one.check()
        if dice.random() < 0.2:
            self._followers.pop(0)
        return len(self._followers)

    def _retire(self) -> None:
        for sender in self._senders:
            if sender.run.is_deleting:
                sender.turns_left = 0
        speaking = {id(sender.run) for sender in self._senders if sender.turns_left > 0}
        self._senders = [sender for sender in self._senders if id(sender.run) in speaking]
        for run in self.runs:
            if run.is_deleted and not run.is_touched:
                run.series.clear()


def _wait(load: Load, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not load.errors:
        time.sleep(min(0.02, max(0.0, end - time.monotonic())))

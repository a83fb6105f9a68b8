"""The senders: writers of runs, who say something new of every kind, and remember what was acknowledged."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass, field

import numpy as np
from benchmarks.crash.model import Columns, MetricName, ModelRun, expect

from halley.core.metric import NO_STEP
from halley.core.output import STDOUT, OutputLine
from halley.wire.batch import Batch, Points, encode_batch
from halley.wire.records import AnyRecord, End, Output, Parameter, Start

PROJECT = "crash"
KINDS = ("trickle", "trickle", "middle", "bulk", "wide", "shuffled", "stepless")
BEGAN = 1_790_000_000_000


@dataclass
class Pending:
    """A batch on its way: its bytes, and what the model gets once it is acknowledged."""

    body: bytes
    count: int
    points: Columns | None
    parameter: int | None
    line_count: int
    is_end: bool


@dataclass
class Sender:
    """One writer of one run, who says one batch after the other."""

    run: ModelRun
    place: int
    of: int
    thread: int
    writer: str = field(default_factory=lambda: secrets.token_hex(16))
    said: int = 0
    head: int = 0
    lines: int = 0
    turns: int = 0
    turns_left: int = 10**9
    pending: Pending | None = None
    before: bytes | None = None

    def make(self, dice: random.Random) -> Pending:
        """Say something new."""
        run = self.run
        records: list[AnyRecord] = []
        if not self.turns:
            records.append(Start(time=BEGAN, workspace="default", project=PROJECT))
        self.turns += 1
        points = self._log(dice)
        parameter = None
        if dice.random() < 0.1:
            parameter = self.said
            records.append(Parameter(time=BEGAN, name=f"said by {self.place}", value=parameter))
        lines = dice.randint(1, 4) if dice.random() < 0.1 else 0
        if lines:
            numbers = range(self.lines, self.lines + lines)
            spoken = tuple(OutputLine(number, STDOUT, BEGAN, f"line {number}") for number in numbers)
            records.append(Output(time=BEGAN, lines=spoken))
        is_end = self.place == 0 and dice.random() < 0.006
        if is_end:
            records.append(End(time=BEGAN + 1, state="finished"))
        count = len(records) + len(points.step)
        columns = Points(
            metrics=tuple(points.metrics),
            metric=points.metric.astype("<u4").tobytes(),
            step=points.step.astype("<i8").tobytes(),
            time=points.time.astype("<i8").tobytes(),
            epoch=points.epoch.astype("<f8").tobytes(),
            value=points.value.astype("<f8").tobytes(),
        )
        batch = self._batch(count, tuple(records), columns)
        self.pending = Pending(encode_batch(batch), count, points, parameter, lines, is_end)
        run.is_touched = True
        return self.pending

    def _batch(self, count: int, records: tuple[AnyRecord, ...] = (), points: Points = Points()) -> Batch:  # noqa: B008
        return Batch(
            experiment_key=self.run.key, workspace="default", project=PROJECT, writer=self.writer,
            first=self.said, count=count, records=records, points=points,
        )  # fmt: skip

    def heartbeat(self) -> bytes:
        """A batch of nothing, whose answer says what the server has."""
        return encode_batch(self._batch(0))

    def _log(self, dice: random.Random) -> Columns:
        kind = self.run.kind if dice.random() < 0.7 else dice.choice(KINDS)
        shared: list[MetricName] = [("loss", "train"), ("loss", "validate")]
        if kind == "trickle":
            return self._columns(dice, shared, self._next(5))
        if kind == "middle":
            return self._columns(dice, shared, self._next(dice.randint(100, 250)))
        if kind == "bulk":
            return self._columns(dice, shared[: dice.randint(1, 2)], self._next(dice.randint(520, 2_000)))
        if kind == "wide":
            return self._columns(dice, [(f"wide/{i}", "") for i in range(40)], self._next(dice.randint(1, 3)))
        if kind == "shuffled":
            middle = dice.randint(0, self.head)
            steps = np.array([self._own(max(0, middle + dice.randint(-800, 800))) for _ in range(dice.randint(5, 300))])
            return self._columns(dice, shared[: dice.randint(1, 2)], steps)
        steps = np.full(dice.randint(1, 30), NO_STEP)  # the order of other writers is not known: a metric of one's own
        return self._columns(dice, [(f"free/{self.place}", "")], steps)

    def _own(self, step: int) -> int:
        return step - step % self.of + self.place

    def _next(self, n: int) -> np.ndarray:
        steps = self._own(self.head) + self.of * np.arange(n, dtype=np.int64)
        self.head = int(steps[-1]) + self.of
        return steps

    def _columns(self, dice: random.Random, metrics: list[MetricName], steps: np.ndarray) -> Columns:
        """Log every step for every metric, step by step."""
        width, n = len(metrics), len(steps)
        noise = np.random.default_rng(dice.getrandbits(32))
        step = np.repeat(steps, width)
        values = np.sin(step / 700.0) + noise.normal(size=n * width) / 10
        if dice.random() < 0.1:
            values[noise.integers(0, n * width, 1 + n // 50)] = dice.choice([np.nan, np.inf, -np.inf, 9.0, -9.0])
        clock = BEGAN + np.where(step == NO_STEP, self.said, step) * 100 + noise.integers(0, 50)
        if dice.random() < 0.05:
            clock = clock - 3_600_000  # this machine's clock was set back
        epochs = np.where(step == NO_STEP, np.nan, step / 50.0) if dice.random() < 0.9 else np.full(n * width, np.nan)
        return Columns(metrics, np.tile(np.arange(width, dtype=np.uint32), n), step, clock, epochs, values)

    def take(self, acknowledged: int) -> None:
        """What is pending was acknowledged: it is in the model from now on."""
        pending = self.pending
        assert pending is not None
        expect(
            acknowledged == self.said + pending.count, "acknowledged", acknowledged, "after", self.said + pending.count
        )
        run = self.run
        with run.lock:
            if pending.points is not None:
                run.put(pending.points)
            if pending.parameter is not None:
                run.parameters[f"said by {self.place}"] = pending.parameter
            run.line_count += pending.line_count
            self.lines += pending.line_count
            run.is_ended |= pending.is_end
            run.is_started = True
        self.said, self.before, self.pending = acknowledged, pending.body, None

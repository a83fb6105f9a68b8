"""What a batch does to the store: every record of the closed union, and columns of points."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, assert_never

import numpy as np
import numpy.typing as npt

from halley.core.experiment import State
from halley.core.ids import is_experiment_key, is_writer_id
from halley.core.metric import NO_STEP, STEP_LIMIT, MetricId
from halley.core.names import check_name, check_place_name
from halley.core.output import LINE_LIMIT, STDERR, STDOUT, OutputLine
from halley.core.parameter import Value
from halley.errors import ArgumentError, InvalidRequest
from halley.server.assets.api import read_asset
from halley.server.http.check import checked
from halley.storage.ports.assets import NewAsset
from halley.storage.ports.catalog import Experiment
from halley.storage.ports.metrics import PointColumns
from halley.storage.ports.storage import Session
from halley.wire.batch import COUNT_LIMIT, Batch, Points
from halley.wire.records import AddTags, AnyRecord, Asset, DefineMetric, End, Name, Other, Output, Parameter, Start

_TIME_LIMIT = 253_402_300_800_000
"""The year 10,000 in milliseconds since 1970 UTC."""

_FEW_POINTS = 64


class Said:
    """What the records of one batch say, gathered so that each kind is written once.

    Args:
        batch: The batch; every name, place and number in it is checked here, before the store is touched.

    Raises:
        InvalidRequest: something in it cannot be; `field` says where.
    """

    def __init__(self, batch: Batch) -> None:
        _check_place(batch.workspace, batch.project, batch.experiment_key, batch.writer)
        self.starts: list[Start] = []
        self.end: End | None = None
        self.name = ""
        self.tags: list[str] = []
        self.parameters: dict[str, tuple[Value, str]] = {}
        self.others: dict[str, Value] = {}
        self.lines: list[OutputLine] = []
        self.assets: list[NewAsset] = []
        self.points = read_points(batch.points) if len(batch.points) else None
        for i, record in enumerate(batch.records):
            self._gather(record, batch.contents, f"records[{i}]")

    def _gather(self, record: AnyRecord, contents: Sequence[bytes], field: str) -> None:
        match record:
            case Start():
                _check_time(record.time, f"{field}.time")
                if not 0 <= record.process <= COUNT_LIMIT:
                    raise InvalidRequest(f"{field}.process={record.process} is no process.", field=f"{field}.process")
                self.starts.append(record)
                if record.name:
                    self.name = checked(check_name, record.name, f"{field}.name")
            case DefineMetric():
                pass  # journals only: a batch carries the names with the points
            case Parameter():
                name = checked(check_name, record.name, f"{field}.name")
                self.parameters[name] = (record.value, record.source)
            case Other():
                self.others[checked(check_name, record.name, f"{field}.name")] = record.value
            case Name():
                self.name = checked(check_name, record.name, f"{field}.name")
            case AddTags():
                self.tags += [checked(check_name, tag, f"{field}.tags") for tag in record.tags]
            case Output():
                _check_lines(record.lines, f"{field}.lines")
                self.lines += record.lines
            case Asset():
                _check_time(record.time, f"{field}.time")
                self.assets.append(read_asset(record, contents, field))
            case End():
                _check_time(record.time, f"{field}.time")
                self.end = record
            case _:
                assert_never(record)

    @property
    def is_about_facts(self) -> bool:
        """Whether anything but points, output and the state changes."""
        return bool(self.name or self.tags or self.parameters or self.others or self.starts)


def apply(session: Session, run: int, writer: str, said: Said) -> None:
    """Write what a batch says, but for the state."""
    catalog = session.catalog
    for start in said.starts:
        catalog.describe_start(
            run,
            started_at=start.time,
            host=start.host,
            process=start.process,
            command=start.command,
            source=start.source,
        )
    if said.name:
        catalog.set_name(run, said.name)
    if said.tags:
        catalog.add_tags(run, said.tags)
    if said.parameters:
        catalog.put_parameters(run, said.parameters)
    if said.others:
        catalog.put_others(run, said.others)
    if said.points is not None:
        session.metrics.append(run, said.points)
    if said.lines:
        session.output.append(run, writer, said.lines)
    if said.assets:
        session.assets.put(run, said.assets)


def follow_state(session: Session, before: Experiment, said: Said | None) -> bool:
    """Let the state follow from what was said; `said` is None if the batch only shows that somebody is there.

    A run that was lost runs again as soon as it speaks. A Start that is later than the end takes an ended run up
    again; an earlier one does not, because journals of one run (the training's and its output's) may arrive in any
    order. An End in the same batch has the last word.

    Returns:
        Whether the state changed.
    """
    catalog, run, state = session.catalog, before.run, before.state
    if said is not None and said.end is not None:
        end = said.end
        catalog.set_state(run, State(end.state), ended_at=end.time, reason=end.reason, traceback=end.traceback)
        return True
    if state is State.RUNNING:
        return False
    resumes = said is not None and any(start.time > (before.ended_at or 0) for start in said.starts)
    if state is State.LOST or (state.is_ended and resumes):
        catalog.set_state(run, State.RUNNING)
        return True
    return False


def read_points(points: Points) -> PointColumns:
    """Look at the columns of a batch as numbers, without copying them, and check them all at once.

    Raises:
        InvalidRequest: a name cannot be one, or a number is out of its range; `field` says which column.
    """
    columns = PointColumns(
        _read_metrics(points.metrics),
        metric=np.frombuffer(points.metric, "<u4"),
        step=np.frombuffer(points.step, "<i8"),
        time=np.frombuffer(points.time, "<i8"),
        epoch=np.frombuffer(points.epoch, "<f8"),
        value=np.frombuffer(points.value, "<f8"),
    )
    if not _fit(columns):
        raise _misfit(columns)
    return columns


def _read_metrics(metrics: Sequence[tuple[str, str]]) -> list[MetricId]:
    try:
        return [_read_metric(name, context) for name, context in metrics]
    except ArgumentError:
        for i, (name, context) in enumerate(metrics):
            checked(check_name, name, f"points.metrics[{i}]")
            if context:
                checked(check_name, context, f"points.metrics[{i}]")
        raise


@lru_cache(maxsize=4_096)
def _read_metric(name: str, context: str) -> MetricId:
    """Check a metric; the same few come with every batch of a run."""
    check_name(name, "name")
    if context:
        check_name(context, "context")
    return MetricId(name, context)


def _fit(columns: PointColumns) -> bool:
    """Whether all numbers are in their range."""
    _, largest_metric = _range_of(columns.metric)
    first_time, last_time = _range_of(columns.time)
    first_step, last_step = _range_of(columns.step)
    if first_step == NO_STEP:
        given = columns.step[columns.step != NO_STEP]
        first_step = int(given.min()) if len(given) else 0
    return (
        largest_metric < len(columns.metrics)
        and first_step >= -STEP_LIMIT
        and last_step <= STEP_LIMIT
        and first_time >= 0
        and last_time < _TIME_LIMIT
        and not _has_infinity(columns.epoch)
    )


def _has_infinity(column: npt.NDArray[np.float64]) -> bool:
    if len(column) <= _FEW_POINTS:
        listed = column.tolist()
        return math.inf in listed or -math.inf in listed
    return bool(np.isinf(column).any())


def _range_of(column: npt.NDArray[Any]) -> tuple[int, int]:
    if len(column) <= _FEW_POINTS:  # numpy's calls cost more than a few points do
        listed = column.tolist()
        return min(listed), max(listed)
    return int(column.min()), int(column.max())


def _misfit(columns: PointColumns) -> InvalidRequest:
    """Name the first number that is out of its range."""
    step, time = columns.step, columns.time
    fits = {
        "metric": columns.metric < len(columns.metrics),
        "step": ((step >= -STEP_LIMIT) & (step <= STEP_LIMIT)) | (step == NO_STEP),
        "time": (time >= 0) & (time < _TIME_LIMIT),
        "epoch": ~np.isinf(columns.epoch),
    }
    column, fit = next((column, fit) for column, fit in fits.items() if not fit.all())
    place = int(np.argmin(fit))
    return InvalidRequest(
        f"Point {place} has {column} {getattr(columns, column)[place]}, which is out of range.",
        hint="Metrics count into points.metrics, steps are within +-2**62, times are ms since 1970 UTC.",
        field=f"points.{column}[{place}]",
    )


@lru_cache(maxsize=4_096)
def _check_place(workspace: str, project: str, experiment_key: str, writer: str) -> None:
    """Check where a batch belongs; the same comes with every batch of a writer."""
    checked(check_place_name, workspace, "workspace")
    checked(check_place_name, project, "project")
    if not is_experiment_key(experiment_key):
        raise InvalidRequest(
            f"experiment_key={experiment_key[:60]!r} is not an experiment key.",
            hint="A key is 32 to 50 ASCII letters and digits.",
            field="experiment_key",
        )
    if not is_writer_id(writer):
        raise InvalidRequest(
            f"writer={writer[:60]!r} is not a writer id.", hint="It is 32 hexadecimal digits.", field="writer"
        )


def _check_time(time: int, field: str) -> None:
    if not 0 <= time < _TIME_LIMIT:
        raise InvalidRequest(f"{field}={time} is no time in ms since 1970 UTC.", field=field)


def _check_lines(lines: tuple[OutputLine, ...], field: str) -> None:
    for i, line in enumerate(lines):
        _check_time(line.time, f"{field}[{i}].time")
        if line.stream not in {STDOUT, STDERR} or not 0 <= line.number <= COUNT_LIMIT or len(line.text) > LINE_LIMIT:
            raise InvalidRequest(
                f"{field}[{i}] is no line: number {line.number}, stream {line.stream}, {len(line.text):,} characters.",
                hint=f"Streams are 1 and 2, numbers count from 0, a line has at most {LINE_LIMIT:,} characters.",
                field=f"{field}[{i}]",
            )

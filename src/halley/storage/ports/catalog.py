"""The catalogue: workspaces, projects, experiments, and what is known of an experiment besides points and output.

**Identity.** An experiment is known to users by its key and to the store by `run`, a positive integer that never is
given twice. Projects are known by (workspace name, project name).

**Deletion** is for good: the key of a deleted experiment is kept, and never becomes an experiment again, so that a
sender that goes on does not bring it back. Its run is kept too, until nothing is left of it: its points and lines may
be many, and are deleted in slices afterwards (`Metrics.delete`, `Output.delete`). Nothing leads to them meanwhile.

**Writers.** `claim` is the gate of exactly-once: see there.

**States.** `set_state` writes what it is told; which state may follow which is decided by the caller.

**Last word wins.** Parameters, others and the name have one value each; the later write wins.

**Sorting.** Numbers sort before text, and after it when descending; text sorts by its first 100 characters. Ties are
broken by number, in the direction of the first sort. Missing values come last in either direction, and so does a
metric that is NaN. NaN is not stored as a parameter (it becomes the text "NaN").

**Times** are milliseconds since 1970 UTC.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

import msgspec

from halley.core.experiment import State
from halley.core.metric import MetricId
from halley.core.parameter import Value


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A project as listed."""

    workspace: str
    name: str
    created_at: int
    updated_at: int
    """When an experiment in it last changed."""
    experiment_count: int
    running_count: int


class Experiment(msgspec.Struct, frozen=True, kw_only=True):
    """An experiment without its parameters, others and metrics."""

    run: int
    key: str
    workspace: str
    project: str
    number: int
    """Its place in its project, from 1."""
    name: str
    state: State
    reason: str
    """Why it failed or was killed; one line."""
    traceback: str
    started_at: int
    ended_at: int | None
    heard_at: int
    """When its sender last spoke."""
    host: str
    process: int
    command: str
    source: str
    is_archived: bool
    tags: tuple[str, ...]


class Column(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column of the experiments table.

    Attributes:
        kind: `field` for what every experiment has (name, state, started_at, ended_at, duration, tags, number, host,
            command, key), `parameter`, `other`, or `metric`.
        name: The field's, parameter's, other's or metric's name.
        context: The metric's context.
        value: Which value of the metric: its last, smallest, largest, how many points, or its last step.
    """

    kind: Literal["field", "parameter", "other", "metric"]
    name: str
    context: str = ""
    value: Literal["last", "min", "max", "count", "step"] = "last"


class Sort(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By what to sort."""

    column: Column
    is_descending: bool = False


class ExperimentPage(NamedTuple):
    """Rows `offset` to `offset + limit` of a search."""

    total: int
    experiments: Sequence[Experiment]
    values: Sequence[Sequence[Value]]
    """Per experiment, per column asked for; None where there is none. A metric's NaN and infinities are floats."""


class MetricUse(NamedTuple):
    """A metric, and how many runs of a project have it."""

    metric: MetricId
    run_count: int


class MetricPage(NamedTuple):
    """Metrics `offset` to `offset + limit` of a search, and whether there are more."""

    metrics: Sequence[MetricUse]
    has_more: bool


class Claim(NamedTuple):
    """What `claim` decided."""

    is_taken: bool
    """Take the batch now; False means it is here already."""
    acknowledged: int


class Catalog(Protocol):
    """See the module's contract."""

    # places

    def ensure_project(self, workspace: str, project: str, *, now: int) -> int:
        """Make the project (and its workspace) unless it exists; return its id."""
        ...

    def list_workspaces(self) -> Sequence[str]:
        """All workspaces, by name."""
        ...

    def list_projects(self, workspace: str | None = None) -> Sequence[Project]:
        """All projects (of a workspace), the last changed first."""
        ...

    def get_project(self, workspace: str, project: str) -> Project | None:
        """One project, or None."""
        ...

    # experiments

    def ensure_experiment(self, project_id: int, key: str, *, now: int) -> tuple[int, bool]:
        """Find the run of a key, or make it in the project, running, with a made-up name.

        Returns:
            Its run, and whether it is new. A key that exists keeps its project.

        Raises:
            Gone: the experiment with this key was deleted.
        """
        ...

    def find_run(self, key: str) -> int | None:
        """The run of a key, or None."""
        ...

    def find_runs(self, keys: Sequence[str]) -> Mapping[str, int]:
        """The runs of many keys, in the order given; keys that are not known are left out. For snapshots."""
        ...

    def is_deleted(self, key: str) -> bool:
        """Whether there was an experiment with this key that was deleted."""
        ...

    def get_experiment(self, run: int) -> Experiment | None:
        """One experiment, or None."""
        ...

    def describe_start(self, run: int, *, started_at: int, host: str, process: int, command: str, source: str) -> None:
        """Keep what a Start record says; the earliest `started_at` wins, the latest of the others."""
        ...

    def set_name(self, run: int, name: str) -> None:
        """Rename."""
        ...

    def set_state(
        self, run: int, state: State, *, ended_at: int | None = None, reason: str = "", traceback: str = ""
    ) -> None:
        """Set the state and how it came to be."""
        ...

    def hear(self, run: int, *, now: int) -> None:
        """Note that the experiment's sender spoke.

        If it did so less than a second before, what others see of it may follow a few seconds later; `lose_silent`
        knows it at once.
        """
        ...

    def lose_silent(self, *, heard_before: int, latest: int) -> Sequence[int]:
        """Make every running experiment lost that last spoke before then; return their runs.

        Where one spoke later than `latest`, the clock was set back since: it counts as having spoken at `latest`.
        """
        ...

    def set_archived(self, run: int, is_archived: bool) -> None:
        """Archive or restore."""
        ...

    def delete_experiment(self, run: int, *, now: int) -> None:
        """Delete the experiment and everything the catalogue knows of it but its key, which can never be had again.

        Its run is among `list_deleted_runs` from now on.
        """
        ...

    def list_deleted_runs(self) -> Sequence[int]:
        """The runs of deleted experiments that may have points or lines left, by number."""
        ...

    def forget_deleted_run(self, run: int) -> None:
        """Note that nothing is left of a deleted run."""
        ...

    # what an experiment said

    def claim(self, run: int, writer: str, first: int, count: int, *, is_forced: bool = False) -> Claim:
        """Claim records `first` to `first + count` of a writer for this transaction.

        Taken if the store has exactly `first` records of the writer (none of an unknown one), or fewer and
        `is_forced`; here already if it has `first + count` or more.

        Raises:
            SequenceGap: anything else; carries how many the store has.
        """
        ...

    def put_parameters(self, run: int, parameters: Mapping[str, tuple[Value, str]]) -> None:
        """Set parameters: name to (value, source)."""
        ...

    def put_others(self, run: int, others: Mapping[str, Value]) -> None:
        """Set others."""
        ...

    def add_tags(self, run: int, tags: Sequence[str]) -> None:
        """Add tags; one that is there stays once."""
        ...

    def set_tags(self, run: int, tags: Sequence[str]) -> None:
        """Replace all tags."""
        ...

    def get_parameters(self, run: int) -> Mapping[str, tuple[Value, str]]:
        """All parameters by name, in name order."""
        ...

    def get_others(self, run: int) -> Mapping[str, Value]:
        """All others by name, in name order."""
        ...

    # the table

    def search_experiments(
        self,
        workspace: str,
        project: str,
        *,
        text: str = "",
        states: Sequence[State] = (),
        is_archived: bool = False,
        sort: Sequence[Sort] = (),
        columns: Sequence[Column] = (),
        offset: int = 0,
        limit: int = 100,
    ) -> ExperimentPage:
        """One page of a project's experiments; newest first unless `sort` says otherwise.

        `text` matches, without case, anywhere in name, key, tags, or a parameter's value; all its words must match.

        Raises:
            InvalidRequest: a column names a field that experiments do not have.
        """
        ...

    def list_columns(self, workspace: str, project: str) -> Sequence[Column]:
        """What experiments of the project have: metrics, others, parameters, each by name, at most 5,000 of a kind."""
        ...

    def search_metrics(
        self,
        workspace: str,
        project: str,
        *,
        text: str = "",
        context: str | None = None,
        offset: int = 0,
        limit: int = 100,
    ) -> MetricPage:
        """One page of the metrics that runs of a project have, archived ones included.

        All words of `text` must stand somewhere in name and context, whatever their case. Names that begin with the
        first word come first, then those that more runs have, then by name and context. A run that is being deleted
        counts until its points are.
        """
        ...

"""Shapes of the HTTP API, `/api/v1`. The OpenAPI document and the browser's typed client are generated from these.

Outputs have no defaults, so that every field is always there; inputs forbid unknown fields. Collections are objects,
never bare arrays. Times are milliseconds since 1970 UTC. Every error leaves in one shape, `wire.errors.ErrorReply`.
"""

from typing import Annotated, Any, Literal

import msgspec

from halley.core.experiment import State
from halley.core.parameter import Value

Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
ContextualName = Annotated[str, msgspec.Meta(max_length=1_000)]


class Status(msgspec.Struct, frozen=True):
    """The server's own state."""

    version: str
    started_at: int
    database: str
    """`sqlite` or `postgresql`."""


class Workspace(msgspec.Struct, frozen=True):
    """Who owns projects."""

    name: str


class WorkspaceList(msgspec.Struct, frozen=True):
    """All workspaces."""

    workspaces: list[Workspace]


class Project(msgspec.Struct, frozen=True):
    """A set of experiments."""

    workspace: str
    name: str
    created_at: int
    updated_at: int
    experiment_count: int
    running_count: int


class ProjectList(msgspec.Struct, frozen=True):
    """Projects, the last changed first."""

    projects: list[Project]


class CreateProject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A project to make."""

    workspace: str
    name: str


class Experiment(msgspec.Struct, frozen=True):
    """What is known of an experiment without its parameters, others and metrics."""

    key: str
    workspace: str
    project: str
    number: int
    name: str
    state: State
    reason: str
    started_at: int
    ended_at: int | None
    heard_at: int
    host: str
    process: int
    command: str
    source: str
    is_archived: bool
    tags: list[str]


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column of the experiments table: a field of every experiment, a parameter, an other, or a metric.

    Fields are `name state started_at ended_at duration tags number host command key`.
    """

    kind: Literal["field", "parameter", "other", "metric"]
    name: ContextualName
    context: ContextualName = ""
    value: Literal["last", "min", "max", "count", "step"] = "last"


class ColumnList(msgspec.Struct, frozen=True):
    """Every column that a project's experiments can show."""

    columns: list[Column]


class MetricUse(msgspec.Struct, frozen=True):
    """A metric, and how many experiments of a project have it."""

    name: str
    context: str
    experiment_count: int


class MetricUsePage(msgspec.Struct, frozen=True):
    """One page of a search among the metrics of a project, and whether there are more."""

    metrics: list[MetricUse]
    has_more: bool


class Sort(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By what to sort."""

    column: Column
    is_descending: bool = False


class SearchExperiments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which experiments of a project, in which order, with which columns."""

    workspace: str
    project: str
    text: Annotated[str, msgspec.Meta(max_length=1_000)] = ""
    states: list[State] = []
    is_archived: bool = False
    sort: Annotated[list[Sort], msgspec.Meta(max_length=8)] = []
    columns: Annotated[list[Column], msgspec.Meta(max_length=200)] = []
    sketches: Annotated[list[Column], msgspec.Meta(max_length=8)] = []
    """Metrics to send a sparkline of."""
    offset: Count = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 100


class ExperimentRow(msgspec.Struct, frozen=True):
    """A row: `values` follow the columns asked for, `sketches` the sketches asked for.

    A metric that is NaN or infinite comes as the text "NaN", "Infinity" or "-Infinity".
    """

    experiment: Experiment
    values: list[Value]
    sketches: list[list[float | None]]


class ExperimentPage(msgspec.Struct, frozen=True):
    """One page of a search, and how many there are in all."""

    total: int
    rows: list[ExperimentRow]


class Parameter(msgspec.Struct, frozen=True):
    """A value chosen before."""

    name: str
    value: Value
    source: str


class Other(msgspec.Struct, frozen=True):
    """A loose fact."""

    name: str
    value: Value


class MetricSummary(msgspec.Struct, frozen=True):
    """A metric of an experiment: its count, last, extremes, and a sketch of at most 40 numbers.

    Numbers that are NaN or infinite come as text, see `ExperimentRow`; extremes are null if no value is finite.
    """

    name: str
    context: str
    count: int
    last_step: int
    last: float | str
    min: float | None
    min_step: int | None
    max: float | None
    max_step: int | None
    sketch: list[float | None]


class ExperimentDetail(msgspec.Struct, frozen=True):
    """Everything about an experiment but its points, its output and its assets."""

    experiment: Experiment
    traceback: str
    parameters: list[Parameter]
    others: list[Other]
    metrics: list[MetricSummary]
    output_line_count: int
    asset_count: int


class UpdateExperiment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; leave out what stays."""

    name: str | None = None
    tags: list[str] | None = None
    is_archived: bool | None = None


class ForkExperiment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fork to make: up to which step, that step inside, it has what its parent has now.

    `experiment_key` is the new experiment's key; if it is empty, one is made. `name` is its name; if it is empty, one
    is made.
    """

    step: int
    experiment_key: str = ""
    name: ContextualName = ""


class MetricRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A metric by name and context."""

    name: ContextualName
    context: ContextualName = ""


class AskChart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is asked of every chart."""

    metrics: Annotated[list[MetricRef], msgspec.Meta(max_length=100)]
    x: Literal["step", "epoch", "relative", "wall"] = "step"
    low: float | None = None
    high: float | None = None
    buckets: Annotated[int, msgspec.Meta(ge=1, le=5_000)] = 500
    x_metric: MetricRef | None = None


class DrawChart(AskChart, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What to draw: metrics of experiments on one x axis, from `low` to `high`, in at most `buckets` buckets.

    `x_metric` is a metric to draw by, in place of `x`. `since` is the `cursor` of a chart of the same question, to get
    only what is new.
    """

    experiments: Annotated[list[str], msgspec.Meta(max_length=1_000)]
    since: Annotated[str, msgspec.Meta(max_length=16_000_000)] = ""


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Experiments that are drawn as one line."""

    name: ContextualName
    experiments: Annotated[list[str], msgspec.Meta(max_length=1_000)]


class DrawGroups(AskChart, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What to draw of groups of experiments; see `DrawChart`. All groups together have at most 1,000 experiments."""

    groups: Annotated[list[Group], msgspec.Meta(max_length=100)]


class GroupLine(msgspec.Struct, frozen=True):
    """One metric of a group. Arrays follow the chart's `x`; null where no experiment counts.

    An experiment counts once in a bucket, with its mean there; one without a finite point in a bucket does not count
    in it. `count` is how many count, of the `experiment_count` that have the metric. `mean`, `min` and `max` are over
    their means; the standard deviation is that of a sample (n - 1), the standard error is it divided by the root of n,
    and both are null for fewer than two. `envelope_min` and `envelope_max` hold every finite point of them all.
    """

    group: str
    metric: MetricRef
    experiment_count: int
    count: list[int]
    mean: list[float | None]
    standard_deviation: list[float | None]
    standard_error: list[float | None]
    min: list[float | None]
    max: list[float | None]
    envelope_min: list[float | None]
    envelope_max: list[float | None]


class GroupChart(msgspec.Struct, frozen=True):
    """Groups of experiments on one shared grid; see `Chart`. Groups without any of the metrics have no line."""

    x: list[float]
    width: float
    lines: list[GroupLine]


class ExportMetrics(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to export at full resolution: metrics of experiments; all metrics if they are left out."""

    experiments: Annotated[list[str], msgspec.Meta(max_length=1_000)]
    metrics: Annotated[list[MetricRef], msgspec.Meta(max_length=1_000)] | None = None
    compression: Literal["none", "zstd"] = "none"


class ChartLine(msgspec.Struct, frozen=True):
    """One series. Arrays follow the chart's `x`; null where nothing fell.

    `min` and `max` are null altogether where they equal `mean` everywhere; `odd` (how many points of the bucket are
    NaN or infinite) is null where there are none.
    """

    experiment: str
    metric: MetricRef
    count: list[int]
    mean: list[float | None]
    min: list[float | None] | None
    max: list[float | None] | None
    odd: list[int] | None


class Chart(msgspec.Struct, frozen=True):
    """Series on one shared grid. `width` is the width of a bucket, 0 where the grid is the very x values.

    `cursor` says how far the chart is, for `since`. `begin` is null where the chart is whole. Else what came before
    stays up to bucket `begin`; `x` and the lines that are here take the place of what was there from it on; lines that
    are not here are as they were.
    """

    x: list[float]
    width: float
    lines: list[ChartLine]
    cursor: str
    begin: int | None


class OutputLine(msgspec.Struct, frozen=True):
    """One line of output; `stream` is 1 for stdout and 2 for stderr."""

    stream: int
    time: int
    text: str


class OutputPage(msgspec.Struct, frozen=True):
    """Lines from place `first` on, of `total` that match the stream asked for."""

    total: int
    first: int
    lines: list[OutputLine]


class OutputMatches(msgspec.Struct, frozen=True):
    """Places of lines that hold a text; at most 10,000 of `total`."""

    total: int
    places: list[int]


class Asset(msgspec.Struct, frozen=True):
    """A file of an experiment, or a piece of data that is shown like one.

    `kind` is what it is shown as. `digest` is the SHA-256 of its content, empty as long as that is on its way; a remote
    asset has a `link` instead.
    """

    id: str
    name: str
    kind: str
    media_type: str
    step: int | None
    epoch: float | None
    context: str
    metadata: dict[str, Any]
    size_bytes: int
    digest: str
    link: str
    logged_at: int


class AssetKind(msgspec.Struct, frozen=True):
    """A kind of asset, how many an experiment has of it, and how large they are together."""

    kind: str
    count: int
    size_bytes: int


class AssetPage(msgspec.Struct, frozen=True):
    """One page of an experiment's assets, how many there are of those asked for, and all kinds there are."""

    total: int
    assets: list[Asset]
    kinds: list[AssetKind]


class BlobRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of content: its SHA-256, and how large it is."""

    digest: str
    size_bytes: Annotated[int, msgspec.Meta(ge=0, le=8 * 2**20)]


class AttachContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of an asset: its SHA-256, and the blobs that it is, in order."""

    digest: str
    blobs: Annotated[list[BlobRef], msgspec.Meta(max_length=131_072)]


class FindBlobs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which pieces of content are asked for."""

    digests: Annotated[list[str], msgspec.Meta(max_length=1_000)]


class BlobList(msgspec.Struct, frozen=True):
    """Pieces of content that have to be put."""

    missing: list[str]


class Change(msgspec.Struct, frozen=True):
    """A live change, sent as a server-sent event named `change` by `GET /api/v1/events`.

    `parts` says what of the experiment changed. An event named `hello` opens the stream; after a reconnection
    everything shown must be fetched again.
    """

    workspace: str
    project: str
    experiment: str
    parts: list[Literal["created", "state", "metrics", "output", "assets", "facts", "deleted"]]

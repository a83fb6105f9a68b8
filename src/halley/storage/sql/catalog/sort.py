"""Sorting experiments: the runs of one page, in order.

Where few match, all of them are sorted. Else an index that holds them in order is walked until the page is full, and
what lies behind is never read. A walk has **stretches**, one after the other: numbers, text, then what has no value.
A stretch may lie in two places, which are walked side by side: summaries of ended runs are in order, those of the
other runs are looked at one by one. What a walk finds is what sorting finds; only the cost differs.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from halley.core.metric import MetricId
from halley.storage.ports.catalog import Column, Sort
from halley.storage.sql.catalog.fill import SUMMARIES
from halley.storage.sql.link import Link
from halley.storage.sql.metrics.rank import RANKED
from halley.storage.sql.names import number_metrics

_FEW = 32
"""Sorting so many times what is wanted costs less than walking past what does not match."""

_HEARD = "coalesce(experiment.ended_at, experiment.heard_at)"


def _text(column: str) -> str:
    """What text sorts by: an index takes no more of it."""
    return f"substr({column}, 1, 100)"


_FIELDS = {
    "name": _text("experiment.name"),
    "host": _text("experiment.host"),
    "command": _text("experiment.command"),
    "key": "experiment.key",
    "number": "experiment.run",
    "state": "experiment.state",
    "started_at": "experiment.started_at",
    "ended_at": "experiment.ended_at",
    # the clocks of two machines differ, or one was set back
    "duration": f"case when {_HEARD} < experiment.started_at then 0 else {_HEARD} - experiment.started_at end",
    "tags": "(select min(tag.name) from tag where tag.run = experiment.run)",
}
FIELDS = frozenset(_FIELDS)
"""What experiments can be sorted by besides parameters, others and metrics."""

_INDEXED = {"name", "number", "state", "started_at", "ended_at", "duration"}

_NEWEST_FIRST = Sort(column=Column(kind="field", name="number"), is_descending=True)


class Filter(NamedTuple):
    """Which experiments of a project match: what table `experiment` is joined with, the condition, its values."""

    project_id: int
    join: str
    where: str
    values: Sequence[object]


class _Key(NamedTuple):
    """What one entry of a sort sorts by.

    Attributes:
        columns: Numbers, then text.
        way: How they are ordered.
        join: The table that they are in.
        values: The values in `join`.
    """

    columns: Sequence[str]
    way: str
    join: str = ""
    values: Sequence[object] = ()

    def terms(self) -> list[tuple[str, str]]:
        """Ascending: numbers, text, nothing. Descending: text, numbers, nothing."""
        columns = reversed(self.columns) if self.way == "desc" else self.columns
        return [(column, f"{self.way} nulls last") for column in columns]


class _Place(NamedTuple):
    """Where a stretch lies.

    Attributes:
        tables: The table whose index is walked, and the experiments of its rows.
        where: What is in the stretch.
        values: The values in `where`.
        run: The run as the index holds it.
        column: What comes before the run in the index; None if nothing that differs.
    """

    tables: str
    where: str
    values: Sequence[object] = ()
    run: str = "experiment.run"
    column: str | None = None


def sort_runs(link: Link, found: Filter, sort: Sequence[Sort], *, total: int, offset: int, limit: int) -> list[int]:
    """The runs `offset` to `offset + limit` of those that match.

    Args:
        link: The connection.
        found: Which match.
        sort: By what to sort. Ties are broken by number, in the direction of the first entry.
        total: How many match.
        offset: How many are left out.
        limit: The most that are wanted.
    """
    entries = [*sort] or [_NEWEST_FIRST]
    wanted = min(offset + limit, total)
    first = entries[0].column
    is_in_order = first.name in _INDEXED if first.kind == "field" else first.kind != "metric" or first.value in RANKED
    if total <= _FEW * wanted or not is_in_order:
        return _sort_all(link, found, _to_keys(link, entries), offset=offset, limit=limit)
    way, others = _way(entries[0]), _to_keys(link, entries[1:])
    runs: list[int] = []
    for places in _to_stretches(link, found.project_id, entries[0]):
        if len(runs) < wanted:
            runs += _walk(link, places, found, way, others, wanted - len(runs))
    return runs[offset:]


def _way(entry: Sort) -> str:
    return "desc" if entry.is_descending else "asc"


def _to_keys(link: Link, entries: Sequence[Sort]) -> list[_Key]:
    return [_to_key(link, f"sort_{place}", entry) for place, entry in enumerate(entries)]


def _to_key(link: Link, alias: str, entry: Sort) -> _Key:
    column, way = entry.column, _way(entry)
    if column.kind == "field":
        return _Key([_FIELDS[column.name]], way)
    if column.kind == "metric":
        join = f" left join series as {alias} on {alias}.run = experiment.run and {alias}.metric = ?"
        return _Key([f"{alias}.{SUMMARIES[column.value]}"], way, join, [_find_metric(link, column)])
    join = f" left join fact as {alias} on {alias}.run = experiment.run and {alias}.kind = ? and {alias}.name = ?"
    return _Key([f"{alias}.number", _text(f"{alias}.content")], way, join, [column.kind, column.name])


def _find_metric(link: Link, column: Column) -> int:
    metric = MetricId(column.name, column.context)
    return number_metrics(link, [metric]).get(metric, 0)


# few that match


def _sort_all(link: Link, found: Filter, keys: Sequence[_Key], *, offset: int, limit: int) -> list[int]:
    joins = "".join(key.join for key in keys)
    order = ", ".join(f"{column} {way}" for key in keys for column, way in key.terms())
    rows = link.rows(
        f"select experiment.run from experiment{joins}{found.join} where {found.where}"
        f" order by {order}, experiment.run {keys[0].way} limit ? offset ?",
        [*(value for key in keys for value in key.values), *found.values, limit, offset],
    )
    return [run for (run,) in rows]


# many that match


def _to_stretches(link: Link, project_id: int, entry: Sort) -> Iterator[Sequence[_Place]]:
    """The stretches of a walk, in order."""
    column = entry.column
    if column.kind == "field":
        yield from _field_stretches(column.name)
    elif column.kind == "metric":
        yield from _metric_stretches(project_id, _find_metric(link, column), column.value)
    else:
        numbers, text, nothing = _fact_stretches(project_id, column)
        yield from (text, numbers, nothing) if entry.is_descending else (numbers, text, nothing)


def _field_stretches(name: str) -> list[list[_Place]]:
    column = _FIELDS[name]
    if name == "ended_at":
        is_there = _Place("experiment", f"{column} is not null", column=column)
        return [[is_there], [_Place("experiment", f"{column} is null")]]
    if name == "duration":
        return [[_Place("experiment", f"experiment.state {which} 'running'", column=column) for which in ("<>", "=")]]
    return [[_Place("experiment", "true", column=column)]]


_WALKED = "walked.project_id = ? and experiment.run = walked.run"


def _metric_stretches(project_id: int, number: int, value: str) -> list[list[_Place]]:
    ranked, told = f"walked.{RANKED[value]}", f"walked.{SUMMARIES[value]}"
    ended = _Place(
        "series as walked cross join experiment",  # so SQLite begins with the first; elsewhere it is any join
        f"{_WALKED} and walked.metric = ? and {ranked} is not null",
        [project_id, number],
        run="walked.run",
        column=ranked,
    )
    others = _Place(
        "experiment cross join series as walked",
        f"experiment.is_ranked = false and walked.run = experiment.run and walked.metric = ? and {told} is not null",
        [number],
        column=told,
    )
    nothing = _without("series", f"metric = ? and {SUMMARIES[value]} is not null", [number])
    return [[ended, others], [nothing]]


def _fact_stretches(project_id: int, column: Column) -> list[list[_Place]]:
    numbers, text = (
        _Place(
            "fact as walked cross join experiment",
            f"{_WALKED} and walked.kind = ? and walked.name = ? and walked.{value} is not null",
            [project_id, column.kind, column.name],
            run="walked.run",
            column=by,
        )
        for value, by in (("number", "walked.number"), ("content", _text("walked.content")))
    )
    nothing = _without(
        "fact", "kind = ? and name = ? and (number is not null or content is not null)", [column.kind, column.name]
    )
    return [[numbers], [text], [nothing]]


def _without(table: str, where: str, values: Sequence[object]) -> _Place:
    """The experiments that have no such row."""
    return _Place(
        "experiment", f"not exists (select 1 from {table} where {table}.run = experiment.run and {where})", values
    )


def _walk(
    link: Link, places: Sequence[_Place], found: Filter, way: str, others: Sequence[_Key], wanted: int
) -> list[int]:
    """The first runs of a stretch that match."""
    joins = "".join(key.join for key in others)
    among_ties = [term for key in others for term in key.terms()]
    walks, values = [], []
    for number, place in enumerate(places):
        terms = [*([] if place.column is None else [(place.column, way)]), *among_ties, (place.run, way)]
        walks.append(
            f"select * from (select {', '.join(f'{column} as by_{i}' for i, (column, _) in enumerate(terms))}"
            f" from {place.tables}{joins}{found.join} where {place.where} and {found.where}"
            f" order by {', '.join(f'{column} {way}' for column, way in terms)} limit ?) as walk_{number}"
        )
        values += [*(value for key in others for value in key.values), *place.values, *found.values, wanted]
    order = ", ".join(f"by_{i} {way}" for i, (_, way) in enumerate(terms))
    rows = link.rows(
        f"select by_{len(terms) - 1} from ({' union all '.join(walks)}) as walks order by {order} limit ?",
        [*values, wanted],
    )
    return [run for (run,) in rows]

"""The experiments table: which experiments, in which order, and the values of one page of them.

Two steps. The first finds the page's runs and reads nothing but what filters and sorts, through indexes; the second
reads the experiments and values of these runs only. So the cost of many columns follows the page, not the project.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, and_, case, func, select

from halley.core.experiment import State
from halley.errors import InvalidRequest
from halley.storage.ports.catalog import Column, ExperimentPage, Sort
from halley.storage.sql.catalog.fill import SUMMARIES, number_metrics, read_values
from halley.storage.sql.catalog.read import read_experiments
from halley.storage.sql.catalog.tables import experiment, fact, search_text, series, tag
from halley.storage.sql.link import Link

FIELDS = frozenset("name state started_at ended_at duration tags number host command key".split())


class Search(NamedTuple):
    """What `search_experiments` was asked."""

    project_id: int
    text: str
    states: Sequence[State]
    is_archived: bool
    sort: Sequence[Sort]
    columns: Sequence[Column]
    offset: int
    limit: int


def search_experiments(link: Link, search: Search) -> ExperimentPage:
    """Find one page; see `Catalog.search_experiments`."""
    _check_fields([*(entry.column for entry in search.sort), *search.columns])
    conditions = _to_conditions(link, search)
    matching: FromClause = experiment
    if search.text.split():
        matching = experiment.join(search_text, search_text.c.run == experiment.c.run)
    total = link.ask(select(func.count()).select_from(matching).where(*conditions))[0][0]
    sortable, order = _to_order(link, matching, search.sort)
    page = select(experiment.c.run).select_from(sortable).where(*conditions).order_by(*order)
    runs = [run for (run,) in link.ask(page.offset(search.offset).limit(search.limit))]
    found = read_experiments(link, runs)
    experiments = [found[run] for run in runs]
    return ExperimentPage(total, experiments, read_values(link, experiments, search.columns))


def _check_fields(columns: Sequence[Column]) -> None:
    for column in columns:
        if column.kind == "field" and column.name not in FIELDS:
            raise InvalidRequest(
                f"Experiments have no field {column.name!r}.", hint=f"There are: {', '.join(sorted(FIELDS))}."
            )


def _to_conditions(link: Link, search: Search) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        experiment.c.project_id == search.project_id,
        experiment.c.is_archived == search.is_archived,
    ]
    if search.states:
        conditions.append(experiment.c.state.in_([state.value for state in search.states]))
    words = search.text.lower().split()
    conditions += [link.dialect.contains(search_text.c.content, word) for word in words]
    return conditions


# order


def _to_order(link: Link, source: FromClause, sort: Sequence[Sort]) -> tuple[FromClause, list[ColumnElement[Any]]]:
    """What to select from, and what to order by."""
    if not sort:
        return source, [experiment.c.number.desc()]
    order: list[ColumnElement[Any]] = []
    for place, entry in enumerate(sort):
        column = entry.column
        if column.kind == "field":
            keys = [_field(column.name)]
        elif column.kind == "metric":
            summary = series.alias(f"sort_{place}")
            number = number_metrics(link, [(column.name, column.context)]).get((column.name, column.context), 0)
            source = source.outerjoin(summary, and_(summary.c.run == experiment.c.run, summary.c.metric == number))
            keys = [summary.c[SUMMARIES[column.value]]]
        else:
            stated = fact.alias(f"sort_{place}")
            source = source.outerjoin(
                stated,
                and_(stated.c.run == experiment.c.run, stated.c.kind == column.kind, stated.c.name == column.name),
            )
            keys = [stated.c.number, stated.c.content]
        order += _order(keys, is_descending=entry.is_descending)
    return source, [*order, experiment.c.key]


def _order(keys: list[ColumnElement[Any]], *, is_descending: bool) -> list[ColumnElement[Any]]:
    """Ascending: numbers, text, nothing. Descending: text, numbers, nothing."""
    if not is_descending:
        return [key.asc().nulls_last() for key in keys]
    return [key.desc().nulls_last() for key in reversed(keys)]


def _field(name: str) -> ColumnElement[Any]:
    match name:
        case "duration":
            lasted = func.coalesce(experiment.c.ended_at, experiment.c.heard_at) - experiment.c.started_at
            return case((lasted < 0, 0), else_=lasted)  # the clocks of two machines differ, or one was set back
        case "tags":
            return (
                select(func.min(tag.c.name))
                .where(tag.c.run == experiment.c.run)
                .correlate(experiment)
                .scalar_subquery()
            )
        case _:
            return experiment.c[name]

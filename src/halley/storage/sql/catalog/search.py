"""The experiments table: which experiments, in which order, and the values of one page of them.

Two steps. The first finds the page's runs and reads nothing but what filters and sorts, through indexes; the second
reads the experiments and values of these runs only. So the cost of many columns follows the page, not the project.
"""

from collections.abc import Sequence
from typing import NamedTuple

from halley.core.experiment import State
from halley.errors import InvalidRequest
from halley.storage.ports.catalog import Column, ExperimentPage, Sort
from halley.storage.sql.catalog.fill import read_values
from halley.storage.sql.catalog.read import read_experiments
from halley.storage.sql.catalog.sort import FIELDS, Filter, sort_runs
from halley.storage.sql.link import Link

_COUNT_ALL = """
select experiment_total - deleted_total
    - (select count(*) from experiment where experiment.project_id = project.id and experiment.is_archived = true)
from project where id = ?
"""


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
    found = _to_filter(link, search)
    total = _count(link, search, found)
    runs = sort_runs(link, found, search.sort, total=total, offset=search.offset, limit=search.limit)
    experiments = read_experiments(link, runs)
    page = [experiments[run] for run in runs]
    return ExperimentPage(total, page, read_values(link, page, search.columns))


def _count(link: Link, search: Search, found: Filter) -> int:
    is_everything = not (search.is_archived or search.states or found.join)
    return int(
        link.value(_COUNT_ALL, (search.project_id,))
        if is_everything
        else link.value(f"select count(*) from experiment{found.join} where {found.where}", found.values)
    )


def _check_fields(columns: Sequence[Column]) -> None:
    for column in columns:
        if column.kind == "field" and column.name not in FIELDS:
            raise InvalidRequest(
                f"Experiments have no field {column.name!r}.", hint=f"There are: {', '.join(sorted(FIELDS))}."
            )


def _to_filter(link: Link, search: Search) -> Filter:
    where = ["experiment.project_id = ?", "experiment.is_archived = ?"]
    values: list[object] = [search.project_id, search.is_archived]
    if search.states:
        where.append(f"experiment.state in ({', '.join('?' * len(search.states))})")
        values += [state.value for state in search.states]
    words = search.text.lower().split()
    where += [link.dialect.contains("search_text.content")] * len(words)
    join = " join search_text on search_text.run = experiment.run" if words else ""
    return Filter(search.project_id, join, " and ".join(where), [*values, *words])

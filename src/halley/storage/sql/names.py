"""Which metrics the runs of a project have, and how many runs have each.

A narrow table, so that one of 100,000 names is found by reading all of them. Whoever adds or deletes rows of `series`
counts them here, in the same transaction.
"""

from collections.abc import Iterable, Sequence

from halley.core.metric import MetricId
from halley.storage.ports.catalog import MetricPage, MetricUse
from halley.storage.sql.link import PROJECTS, Link, in_list
from halley.storage.sql.put import Put, arrays

_AT_A_TIME = 1_000
"""So many names are in a question: far fewer than any database takes."""

_COLUMNS = ("integer", "text", "text", "text", "integer")
_INTO = "insert into project_metric (project_id, name, context, content, metric, runs)"
_THEN = "on conflict (project_id, name, context) do update set runs = project_metric.runs + excluded.runs"
_ONE_MORE = Put(
    each=f"{_INTO} values (?, ?, ?, ?, ?, 1) {_THEN}",
    row="(?, ?, ?, ?, ?, 1)",
    together=f"{_INTO} select a, b, c, d, e, count(*) from {arrays(_COLUMNS)} as given (a, b, c, d, e)"
    f" group by a, b, c, d, e {_THEN}",
    kinds=_COLUMNS,
    key=0,
)

_ONE_LESS = """
update project_metric set runs = runs - 1
where project_id = ? and (name, context) in (select name, context from metric where id in {numbers})
"""
_UNUSED = """
delete from project_metric
where project_id = ? and runs <= 0 and (name, context) in (select name, context from metric where id in {numbers})
"""


def number_metrics(link: Link, metrics: Sequence[tuple[str, str]]) -> dict[MetricId, int]:
    """The numbers of metrics by name and context, of those that there are."""
    found: dict[MetricId, int] = {}
    for begin in range(0, len(metrics), _AT_A_TIME):
        some = metrics[begin : begin + _AT_A_TIME]
        pairs = ", ".join(["(?, ?)"] * len(some))
        rows = link.rows(
            f"select name, context, id from metric where (name, context) in (values {pairs})",
            [text for metric in some for text in metric],
        )
        found.update({MetricId(name, context): number for name, context, number in rows})
    return found


def count_in(link: Link, project_id: int, numbers: Sequence[int]) -> None:
    """A run has metrics, by their numbers, that it had not before."""
    if not numbers:
        return
    _lock(link, project_id)
    for number, name, context in link.rows(f"select id, name, context from metric where id in {in_list(numbers)}"):
        link.put(_ONE_MORE, (project_id, name, context, _to_content(MetricId(name, context)), number))


def count_out(link: Link, project_id: int, numbers: Iterable[int]) -> None:
    """A run has not these metrics any more; those that no run of the project has are not listed any more."""
    numbers = list(numbers)
    if not numbers:
        return
    _lock(link, project_id)
    for statement in (_ONE_LESS, _UNUSED):
        link.run(statement.format(numbers=in_list(numbers)), (project_id,))


def list_names(link: Link, project_id: int, limit: int) -> list[MetricId]:
    """The metrics of a project by name and context."""
    rows = link.rows(
        "select name, context from project_metric where project_id = ? order by name, context limit ?",
        (project_id, limit),
    )
    return [MetricId(*row) for row in rows]


def search_names(link: Link, project_id: int, text: str, context: str | None, offset: int, limit: int) -> MetricPage:
    """One page of the metrics of a project; see `Catalog.search_metrics`."""
    words = [_escape(word) for word in text.lower().split()]
    where = ["project_id = ?"]
    values: list[object] = [project_id]
    if context is not None:
        where.append("context = ?")
        values.append(context)
    for word in words:
        where.append("content like ? escape '!'")
        values.append(f"%{word}%")
    order = ["runs desc", "name", "context"]
    if words:
        order.insert(0, "content not like ? escape '!'")
        values.append(f"{words[0]}%")
    rows = link.rows(
        f"select name, context, runs from project_metric where {' and '.join(where)}"
        f" order by {', '.join(order)} limit ? offset ?",
        (*values, limit + 1, offset),
    )
    found = [MetricUse(MetricId(name, context), runs) for name, context, runs in rows[:limit]]
    return MetricPage(found, has_more=len(rows) > limit)


def _to_content(metric: MetricId) -> str:
    return f"{metric.name} {metric.context}".lower()


def _escape(word: str) -> str:
    return word.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _lock(link: Link, project_id: int) -> None:
    """Two processes that count the same metrics in another order would wait for each other."""
    link.lock(PROJECTS - project_id)

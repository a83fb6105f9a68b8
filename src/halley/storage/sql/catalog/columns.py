"""Which columns a project's experiments can show. Found by hopping through indexes: the cost follows the columns."""

from halley.storage.ports.catalog import Column
from halley.storage.sql.catalog.facts import OTHER, PARAMETER
from halley.storage.sql.link import Link
from halley.storage.sql.names import list_names

COLUMN_LIMIT = 5_000

_FACT_NAMES = """
with recursive hop (name) as (
    select min(name) from fact where project_id = ? and kind = ?
    union all
    select (select min(name) from fact where project_id = ? and kind = ? and name > hop.name)
    from hop where hop.name is not null
)
select name from hop where name is not null limit ?
"""


def list_columns(link: Link, project_id: int) -> list[Column]:
    """Every parameter, other and metric of a project, by kind and name; at most `COLUMN_LIMIT` of a kind."""
    metrics = list_names(link, project_id, COLUMN_LIMIT)
    columns = [Column(kind="metric", name=name, context=context) for name, context in metrics]
    columns += [Column(kind="other", name=name) for name in _list_facts(link, project_id, OTHER)]
    columns += [Column(kind="parameter", name=name) for name in _list_facts(link, project_id, PARAMETER)]
    return columns


def _list_facts(link: Link, project_id: int, kind: str) -> list[str]:
    return [name for (name,) in link.rows(_FACT_NAMES, (project_id, kind, project_id, kind, COLUMN_LIMIT))]

"""`deploy/citus.sql` fits the schema: every table has its place, and every key of a distributed one begins with run."""

import re
from pathlib import Path

import psycopg
import pytest

from halley.storage.open import open_storage
from halley.storage.sql.migrate import split_statements
from halley.storage.testing.make import log_values, make_run
from halley.storage.testing.storage import LOSS

FILE = Path(__file__).resolve().parents[2] / "deploy" / "citus.sql"
_PLACED = re.compile(
    r"select create_(distributed|reference)_table\('(\w+)'(?:, '(\w+)'(?:, colocate_with => '(\w+)')?)?\)"
)


@pytest.fixture
def statements():
    return split_statements(FILE.read_text())


def test_the_statements_fit_the_schema(databases, statements):
    url = databases.make()
    open_storage(url).close()
    placed = {}
    with psycopg.connect(url, autocommit=True) as link:
        for statement in statements:
            found = _PLACED.fullmatch(statement)
            if found is None:
                link.execute(statement)
            else:
                kind, table, column, beside = found.groups()
                assert table not in placed
                placed[table] = (kind, column)
                assert beside in {None, "writer"}
        tables = {name for (name,) in link.execute("select tablename from pg_tables where schemaname = 'public'")}
        assert set(placed) == tables
        keys = link.execute(
            "select relname, indisunique, array(select attname::text from unnest(indkey) with ordinality key (n, place)"
            " join pg_attribute on attrelid = indrelid and attnum = n order by place)"
            " from pg_index join pg_class on pg_class.oid = indrelid where relname = any(%s)",
            ([table for table, (kind, _) in placed.items() if kind == "distributed"],),
        ).fetchall()
    unique = {table: columns for table, is_unique, columns in keys if is_unique}
    assert set(unique) == {table for table, (kind, _) in placed.items() if kind == "distributed"}
    for table, columns in unique.items():
        assert placed[table] == ("distributed", "run")
        assert columns[0] == "run", table
    # and the store works with the keys as they are then
    storage = open_storage(url)
    try:
        run = make_run(storage)
        for first in range(0, 30_000, 5_000):
            log_values(storage, run, LOSS, [float(first)] * 5_000, first=first)
        storage.write(lambda session: session.metrics.tidy(run)).result(60)
        with storage.read() as session:
            assert int(session.metrics.draw([run], [LOSS]).series[0].count.sum()) == 30_000
    finally:
        storage.close()

"""The schema: migrations, the typed tables over it, and a golden copy."""

import sqlite3
from pathlib import Path

from halley.storage.open import DATABASE_FILE
from halley.storage.sql.link import Link
from halley.storage.sql.migrate import list_migrations, migrate, split_statements
from halley.storage.sql.sqlite import Sqlite

GOLDEN = Path(__file__).parent / "golden" / "schema.sql"


def read_schema(path):
    connection = sqlite3.connect(path)
    rows = connection.execute("select sql from sqlite_master where sql is not null order by type, name").fetchall()
    connection.close()
    return "\n\n".join(sql for (sql,) in rows) + "\n"


def test_the_schema_is_the_golden_one(storage, folder):
    """A change to a migration that was released breaks databases out there: add a new one instead."""
    assert read_schema(folder / DATABASE_FILE) == GOLDEN.read_text()


def test_migrations_are_numbered_without_gaps():
    assert [number for number, _, _ in list_migrations("sqlite")] == list(range(1, len(list_migrations("sqlite")) + 1))


def test_migrating_again_changes_nothing(tmp_path):
    dialect = Sqlite(tmp_path / "x.db")
    link = Link(dialect, is_reader=False)
    versions = [migrate(link) for _ in range(2)]
    assert versions == [len(list_migrations("sqlite"))] * 2
    assert link.rows("select version from halley_schema") == [(number,) for number, _, _ in list_migrations("sqlite")]
    link.close()


def test_statements_are_split_without_comments():
    assert split_statements("-- a; b\ncreate x;\n\n  -- c\ncreate\n y;\n") == ["create x", "create\n y"]

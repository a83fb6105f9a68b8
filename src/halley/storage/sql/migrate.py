"""Brings a database to the schema this version knows: numbered SQL files, forward only.

`NNNN_what.sql` is for every database; `NNNN_what.postgresql.sql` adds to the same number what only that one has.
"""

from importlib import resources
from string import Template

from halley.errors import StorageVersionError
from halley.storage.sql.link import SCHEMA, Link


def list_migrations(database: str) -> list[tuple[int, str, str]]:
    """All migrations of a kind of database in order: number, what it is for, SQL with `$words`."""
    folder = resources.files("halley.storage.sql") / "migrations"
    found: dict[str, str] = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name.removesuffix(".sql")):
        what, *only, suffix = entry.name.split(".")
        if suffix == "sql" and only in ([], [database]):
            found[what] = found.get(what, "") + entry.read_text(encoding="utf-8")
    return [(int(what[:4]), what, text) for what, text in found.items()]


def migrate(link: Link) -> int:
    """Apply the migrations a database lacks, all in one transaction; servers that start at once take turns.

    Args:
        link: A connection that may write.

    Returns:
        The schema's version.

    Raises:
        StorageVersionError: the database has a newer schema than this version knows.
    """
    migrations = list_migrations(link.dialect.name)
    known = migrations[-1][0]
    link.begin_write([SCHEMA])
    try:
        link.run("create table if not exists halley_schema (version integer primary key)")
        version = link.value("select max(version) from halley_schema") or 0
        if version > known:
            raise StorageVersionError(
                f"{link.dialect.place} has schema version {version}, this Halley knows version {known}.",
                hint="It was written by a newer Halley: upgrade this one, or choose another database.",
            )
        for number, _, text in migrations:
            if number > version:
                for statement in split_statements(text):
                    link.run(Template(statement).substitute(link.dialect.schema_words))
                link.run("insert into halley_schema (version) values (?)", (number,))
        link.run("COMMIT")
    except BaseException:
        link.roll_back()
        raise
    return known


def split_statements(text: str) -> list[str]:
    """Cut SQL at semicolons, without comment lines; a migration holds no semicolon inside text or a comment."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("--")]
    return [statement.strip() for statement in "\n".join(lines).split(";") if statement.strip()]

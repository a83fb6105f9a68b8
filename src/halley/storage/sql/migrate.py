"""Brings a database to the schema this version knows: numbered SQL files, forward only."""

from importlib import resources
from string import Template

from halley.errors import StorageVersionError
from halley.storage.sql.link import Link


def list_migrations() -> list[tuple[int, str, str]]:
    """All migrations in order: number, file name, SQL with `$words`."""
    folder = resources.files("halley.storage.sql") / "migrations"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [(int(name[:4]), name, (folder / name).read_text(encoding="utf-8")) for name in names]


def migrate(link: Link, place: str) -> int:
    """Apply the migrations a database lacks, all in one transaction.

    Args:
        link: A connection that may write.
        place: What errors call the database.

    Returns:
        The schema's version.

    Raises:
        StorageVersionError: the database has a newer schema than this version knows.
    """
    migrations = list_migrations()
    known = migrations[-1][0]
    link.run(link.dialect.begin_write)
    try:
        link.run("create table if not exists halley_schema (version integer primary key)")
        version = link.value("select max(version) from halley_schema") or 0
        if version > known:
            raise StorageVersionError(
                f"{place} has schema version {version}, this Halley knows version {known}.",
                hint="It was written by a newer Halley: upgrade this one, or choose another data folder.",
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

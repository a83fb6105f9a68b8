"""The tables that searches are built from, typed. The migrations make them; a test compares the two."""

from sqlalchemy import BigInteger, Boolean, Column, Double, MetaData, Table, Text

metadata = MetaData()

workspace = Table("workspace", metadata, Column("id", BigInteger, primary_key=True), Column("name", Text))

project = Table(
    "project",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("workspace_id", BigInteger),
    Column("name", Text),
    Column("created_at", BigInteger),
    Column("experiment_total", BigInteger),
)

experiment = Table(
    "experiment",
    metadata,
    Column("run", BigInteger, primary_key=True),
    Column("key", Text),
    Column("project_id", BigInteger),
    Column("number", BigInteger),
    Column("name", Text),
    Column("state", Text),
    Column("reason", Text),
    Column("traceback", Text),
    Column("started_at", BigInteger),
    Column("is_start_told", Boolean),
    Column("ended_at", BigInteger),
    Column("heard_at", BigInteger),
    Column("host", Text),
    Column("process", BigInteger),
    Column("command", Text),
    Column("source", Text),
    Column("is_archived", Boolean),
)

search_text = Table("search_text", metadata, Column("run", BigInteger, primary_key=True), Column("content", Text))

tag = Table(
    "tag",
    metadata,
    Column("run", BigInteger, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("position", BigInteger),
)

fact = Table(
    "fact",
    metadata,
    Column("run", BigInteger, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("project_id", BigInteger),
    Column("type", BigInteger),
    Column("number", Double),
    Column("content", Text),
    Column("digits", Text),
    Column("source", Text),
)

metric = Table(
    "metric",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("name", Text),
    Column("context", Text),
)

series = Table(
    "series",
    metadata,
    Column("run", BigInteger, primary_key=True),
    Column("metric", BigInteger, primary_key=True),
    Column("project_id", BigInteger),
    Column("n", BigInteger),
    Column("last_step", BigInteger),
    Column("last", Double),
    Column("min", Double),
    Column("min_step", BigInteger),
    Column("max", Double),
    Column("max_step", BigInteger),
    Column("late", BigInteger),
)

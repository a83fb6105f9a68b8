"""Tables: lists, dictionaries, arrays and data frames to CSV, TSV, JSON, Markdown or HTML."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from halley.errors import ArgumentError, ArgumentTypeError
from halley.sdk.encode.asset import Source, make_source, read_source, write_json

_SEPARATORS = {".csv": ",", ".tsv": "\t"}
_PANDAS = {".json": "to_json", ".md": "to_markdown", ".html": "to_html"}


def encode_table(filename: Any, data: Any, headers: Any, options: Mapping[str, Any]) -> Source:
    """Turn a table into a file.

    Args:
        filename: What it is called; its ending says what it becomes. Without data, the path of a file that is one.
        data: Rows (lists, tuples or dictionaries), columns (a dictionary of lists), a numpy array, or a data frame of
            pandas or polars.
        headers: Names of the columns; True takes the first row for them.
        options: Passed on to the data frame's own method.

    Raises:
        ArgumentError: the ending is none of a table's, or the file does not exist.
        ArgumentTypeError: it is no table.
    """
    if data is None:
        return read_source(filename, None, "log_table(filename)")
    name = str(filename)
    ending = Path(name).suffix.lower()
    if hasattr(data, "to_csv") or hasattr(data, "write_csv"):
        return make_source(name, _write_frame(data, ending, options).encode(), "log_table(filename)")
    if options:
        raise ArgumentTypeError(
            f"log_table() has no argument {next(iter(options))!r}.", hint="Options are passed on for data frames only."
        )
    names, rows = _read_rows(data, headers)
    if ending == ".json":
        table = [dict(zip(names, row, strict=False)) for row in rows] if names else [list(row) for row in rows]
        return make_source(name, write_json(table, "log_table(tabular_data)").encode(), "log_table(filename)")
    if ending not in _SEPARATORS:
        raise ArgumentError(
            f"log_table(filename)={name!r} does not say what it becomes.", hint="End it with .csv, .tsv or .json."
        )
    held = io.StringIO()
    writer = csv.writer(held, delimiter=_SEPARATORS[ending], lineterminator="\n")
    writer.writerows([names] if names else [])
    writer.writerows(rows)
    return make_source(name, held.getvalue().encode("utf-8", "replace"), "log_table(filename)")


def _write_frame(frame: Any, ending: str, options: Mapping[str, Any]) -> str:
    if ending in _SEPARATORS:
        if hasattr(frame, "write_csv"):  # polars
            return str(frame.write_csv(**{"separator": _SEPARATORS[ending], **options}))
        return str(frame.to_csv(**{"sep": _SEPARATORS[ending], "index": False, **options}))
    write: Callable[..., Any] | None = None
    if ending in _PANDAS and hasattr(frame, _PANDAS[ending]):
        write = getattr(frame, _PANDAS[ending])
    elif ending == ".json" and hasattr(frame, "write_json"):
        write = frame.write_json
    if write is None:
        raise ArgumentError(
            f"A data frame of {type(frame).__module__.split('.')[0]} cannot become {ending!r}.",
            hint="End the file name with .csv, .tsv or .json.",
        )
    return str(write(**options))


def _read_rows(data: Any, headers: Any) -> tuple[list[str], list[Sequence[Any]]]:
    """Names of the columns, which may be none, and rows."""
    if hasattr(data, "tolist"):
        data = data.tolist()
    given = [str(name) for name in headers] if isinstance(headers, (list, tuple)) else []
    if isinstance(data, Mapping):
        columns = [list(column) if _is_many(column) else [column] for column in data.values()]
        if len({len(column) for column in columns}) > 1:
            raise ArgumentError(
                "log_table(tabular_data) has columns of different lengths.", hint="Fill the shorter ones."
            )
        return given or [str(name) for name in data], list(zip(*columns, strict=True))
    if not _is_many(data):
        raise ArgumentTypeError(
            f"log_table(tabular_data) is of type {type(data).__name__}, which is no table.",
            hint="Pass rows, a dictionary of columns, an array or a data frame.",
        )
    rows = list(data)
    if rows and all(isinstance(row, Mapping) for row in rows):
        names = list(dict.fromkeys(str(name) for row in rows for name in row))
        return given or names, [[row.get(name) for name in names] for row in rows]
    rows = [list(row) if _is_many(row) else [row] for row in rows]
    if headers is True and rows:
        return [str(name) for name in rows[0]], rows[1:]
    return given, rows


def _is_many(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, (str, bytes, bytearray, Mapping))

"""Values as PostgreSQL's driver sends them: exactly as they were, or as SQLite keeps them; and columns as arrays."""

import math
import re
import struct
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import psycopg
from psycopg import pq
from psycopg.abc import AdaptContext
from psycopg.adapt import Buffer, Dumper
from psycopg.types.numeric import FloatBinaryDumper, Int8BinaryDumper
from psycopg.types.string import StrBinaryDumper, TextBinaryLoader

from halley.storage.sql.put import Values

_ESCAPE = "\U0010ffff"
_ESCAPED = re.compile(f"{_ESCAPE}[01]")


class BinaryCursor(psycopg.Cursor[Any]):
    """Asks for answers in binary: points need not be written in hexadecimal."""

    def __init__(self, connection: psycopg.Connection[Any], **options: Any) -> None:
        super().__init__(connection, **options)
        self.format = pq.Format.BINARY


class _Float(FloatBinaryDumper):
    """NaN is kept as nothing, as in SQLite, so that it sorts with what is missing."""

    def dump(self, obj: float) -> Buffer | None:
        return None if math.isnan(obj) else super().dump(obj)


class _Text(StrBinaryDumper):
    """PostgreSQL's text cannot hold the character 0, which programs do print: it is escaped."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(_escape(obj))


def _escape(text: str) -> str:
    if "\0" in text or _ESCAPE in text:
        return text.replace(_ESCAPE, f"{_ESCAPE}1").replace("\0", f"{_ESCAPE}0")
    return text


class _TextLoader(TextBinaryLoader):
    """Takes back what `_Text` escaped."""

    def load(self, data: Buffer) -> str:
        text = str(super().load(data))
        if _ESCAPE in text:
            text = _ESCAPED.sub(lambda found: "\0" if found[0][-1] == "0" else _ESCAPE, text)
        return text


# columns: the driver would look at every value by itself, which costs more than writing it


class _Array(bytes):
    """A column, written as PostgreSQL's binary array."""


class _Integers(_Array):
    pass


class _Reals(_Array):
    pass


class _Texts(_Array):
    pass


class _Blobs(_Array):
    pass


_TYPES: dict[str, tuple[type[_Array], int, int]] = {
    "integer": (_Integers, 20, 1016),
    "real": (_Reals, 701, 1022),
    "text": (_Texts, 25, 1009),
    "blob": (_Blobs, 17, 1001),
}
"""How a kind of column is written: its class, the number of its values' type and that of their array's."""

_NUMBERS = {
    kind: np.dtype([("size", ">i4"), ("value", value)]) for kind, value in (("integer", ">i8"), ("real", ">f8"))
}

_HEAD = struct.Struct("!5i")
_NULL = b"\xff\xff\xff\xff"


def to_arrays(kinds: Sequence[str], rows: Iterable[Values]) -> list[_Array]:
    """Write rows as an array for each of their columns.

    Args:
        kinds: What each column holds, see `Put`.
        rows: At least one.
    """
    return [_to_array(kind, column) for kind, column in zip(kinds, zip(*rows, strict=True), strict=True)]


def _to_array(kind: str, column: Sequence[Any]) -> _Array:
    made, value_type, _ = _TYPES[kind]
    has_null = None in column or (kind == "real" and any(map(math.isnan, column)))
    if kind in _NUMBERS and not has_null:
        written = np.empty(len(column), _NUMBERS[kind])
        written["size"], written["value"] = 8, column
        values = written.tobytes()
    else:
        pieces = [_to_bytes(kind, value) for value in column]
        values = b"".join(_NULL if piece is None else len(piece).to_bytes(4, "big") + piece for piece in pieces)
    return made(_HEAD.pack(1, has_null, value_type, len(column), 1) + values)


def _to_bytes(kind: str, value: Any) -> bytes | None:
    match kind:
        case _ if value is None:
            return None
        case "integer":
            return int(value).to_bytes(8, "big", signed=True)
        case "real":
            return None if math.isnan(value) else struct.pack("!d", value)
        case "text":
            return _escape(value).encode()
        case _:
            return bytes(value)


def _make_array_dumper(array_type: int) -> type[Dumper]:
    class ArrayDumper(Dumper):
        format = pq.Format.BINARY
        oid = array_type

        def dump(self, obj: bytes) -> Buffer | None:
            return bytes(obj)

    return ArrayDumper


def _make_adapters() -> AdaptContext:
    made = psycopg.adapt.AdaptersMap(psycopg.adapters)
    made.register_dumper(int, Int8BinaryDumper)  # one type whatever the size: one prepared statement
    made.register_dumper(float, _Float)
    made.register_dumper(str, _Text)
    made.register_loader("text", _TextLoader)
    for kind, _, array_type in _TYPES.values():
        made.register_dumper(kind, _make_array_dumper(array_type))
    return made


adapters = _make_adapters()
"""How values cross to PostgreSQL and back."""

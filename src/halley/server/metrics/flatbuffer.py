"""Flatbuffers, as far as Arrow's messages need them: tables of scalars, strings, tables, and vectors, written forward.

A table is written before what it refers to, so every offset points forward, as the format asks. Positions count from
the beginning of the buffer, which has to lie on a multiple of 8.
"""

import struct
from collections.abc import Sequence


class Table:
    """A table.

    Args:
        fields: By slot: None is left out; `("h", 5)` is a scalar by its letter in `struct`; anything else is referred
            to: a table, a vector, or a text.
    """

    def __init__(self, *fields: "tuple[str, int] | Table | Vector | str | None") -> None:
        self.fields = fields


class Vector:
    """A vector of tables, or of structs of 64-bit integers.

    Args:
        tables: The tables.
        structs: The structs, all of one size.
    """

    def __init__(self, tables: Sequence[Table] = (), structs: Sequence[tuple[int, ...]] = ()) -> None:
        self.tables = tables
        self.structs = structs


def write(root: Table) -> bytes:
    """Write a buffer.

    Example:
        >>> write(Table(("h", 5))).hex(" ", 4)
        '1000 00000600 06000400 00000000 00000c00 00000500'
    """
    buffer = bytearray(4)
    _point(buffer, 0, _write_table(buffer, root))
    return bytes(buffer)


def _write_table(buffer: bytearray, table: Table) -> int:
    sizes = {slot: _size(field) for slot, field in enumerate(table.fields) if field is not None}
    places, end = {}, 4  # the table begins with where its list of places is
    for slot in sorted(sizes, key=lambda slot: -sizes[slot]):
        end = -(-end // sizes[slot]) * sizes[slot]
        places[slot] = end
        end += sizes[slot]
    _pad(buffer, 2)
    listed = [places.get(slot, 0) for slot in range(len(table.fields))]
    begin = len(buffer)
    buffer += struct.pack(f"<HH{len(listed)}H", 4 + 2 * len(listed), end, *listed)
    _pad(buffer, 8)
    at = len(buffer)
    buffer += struct.pack("<i", at - begin) + bytes(end - 4)
    for slot, place in places.items():
        field = table.fields[slot]
        if isinstance(field, tuple):
            struct.pack_into(f"<{field[0]}", buffer, at + place, field[1])
    for slot, place in places.items():
        field = table.fields[slot]
        if field is not None and not isinstance(field, tuple):
            _point(buffer, at + place, _write_reference(buffer, field))
    return at


def _write_reference(buffer: bytearray, field: Table | Vector | str) -> int:
    if isinstance(field, Table):
        return _write_table(buffer, field)
    if isinstance(field, str):
        text = field.encode()
        _pad(buffer, 4)
        at = len(buffer)
        buffer += struct.pack("<I", len(text)) + text + b"\0"
        return at
    if field.structs:
        _pad(buffer, 8, 4)  # so that what follows the count is in its place
        at = len(buffer)
        buffer += struct.pack("<I", len(field.structs))
        buffer += b"".join(struct.pack(f"<{len(one)}q", *one) for one in field.structs)
        return at
    _pad(buffer, 4)
    at = len(buffer)
    buffer += struct.pack("<I", len(field.tables)) + bytes(4 * len(field.tables))
    for place, table in enumerate(field.tables):
        _point(buffer, at + 4 + 4 * place, _write_table(buffer, table))
    return at


def _size(field: object) -> int:
    return struct.calcsize(f"<{field[0]}") if isinstance(field, tuple) else 4


def _pad(buffer: bytearray, size: int, ahead: int = 0) -> None:
    buffer += bytes(-(len(buffer) + ahead) % size)


def _point(buffer: bytearray, place: int, to: int) -> None:
    struct.pack_into("<I", buffer, place, to - place)

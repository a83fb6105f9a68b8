"""The hash of a dataset: the same for the same data, wherever it lies; the data itself goes nowhere."""

import hashlib
import os
import struct
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from halley.errors import ArgumentError

DIGITS = 16
"""Of a SHA-256, in hexadecimal."""

_PIECE_BYTES = 2**20


def hash_dataset(data: Any) -> str:
    """Hash data by what it holds.

    Files are hashed by their bytes, folders by the names and bytes of all files inside them, arrays and tensors by
    type, shape and numbers, data frames by columns and values, lists and dictionaries by what is in them (dictionaries
    and sets in any order), datasets with `__len__` and `__getitem__` item by item, anything else by its text.

    Args:
        data: A path, or a text that is one; or data.

    Returns:
        16 hexadecimal digits.

    Raises:
        ArgumentError: a file cannot be read, or the data holds itself.

    Example:
        >>> hash_dataset([1, 2.5, "cat"]) == hash_dataset((1, 2.5, "cat"))
        True
        >>> hash_dataset({"a": 1, "b": 2}) == hash_dataset({"b": 2, "a": 1})
        True
    """
    try:
        return _hash(data).hex()[:DIGITS]
    except RecursionError as error:
        raise ArgumentError("log_dataset_hash(data) holds itself.", hint="Pass the data without cycles.") from error
    except OSError as error:
        raise ArgumentError(f"log_dataset_hash(data) cannot be read: {error}.", hint="Check the path.") from error


def _hash(data: Any) -> bytes:
    if _is_scalar(data):
        data = data.item()
    if isinstance(data, (str, os.PathLike)):
        return _hash_place(data)
    if isinstance(data, (bytes, bytearray, memoryview)):
        return _digest("bytes", bytes(data))
    if data is None or isinstance(data, (bool, int, float, complex)):
        return _digest("number", repr(data).encode())
    for is_kind, hash_kind in _KINDS:
        if is_kind(data):
            return hash_kind(data)
    return _digest("text", f"{type(data).__name__} {data}".encode("utf-8", "surrogatepass"))


def _digest(kind: str, *parts: bytes) -> bytes:
    """SHA-256 over parts, each with its length, so that no two lists of parts are alike."""
    made = hashlib.sha256()
    for part in (kind.encode(), *parts):
        made.update(struct.pack("<Q", len(part)))
        made.update(part)
    return made.digest()


def _hash_place(place: str | os.PathLike[str]) -> bytes:
    text = os.fspath(place)
    try:
        path = Path(text)
        is_file, is_folder = path.is_file(), text != "" and path.is_dir()
    except (OSError, ValueError):  # too long for a path, or with a character that none has
        is_file = is_folder = False
    if is_file:
        return _digest("file", _hash_file(path))
    if is_folder:
        files = sorted(one for one in path.rglob("*") if one.is_file())
        parts = [_digest(one.relative_to(path).as_posix(), _hash_file(one)) for one in files]
        return _digest("folder", *parts)
    if isinstance(place, os.PathLike):
        raise FileNotFoundError(f"{text!r} does not exist")
    return _digest("string", text.encode("utf-8", "surrogatepass"))


def _hash_file(path: Path) -> bytes:
    made = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            made.update(piece)
    return made.digest()


def _hash_array(array: Any) -> bytes:
    if array.dtype.kind == "O":
        return _digest("objects", repr(array.shape).encode(), *map(_hash, array.ravel().tolist()))
    whole = array if array.flags.c_contiguous else array.copy(order="C")
    return _digest("array", str(array.dtype).encode(), repr(tuple(array.shape)).encode(), whole.tobytes())


def _hash_tensor(tensor: Any) -> bytes:
    kind = str(tensor.dtype)
    tensor = tensor.detach().cpu()
    if kind == "torch.bfloat16":  # which numpy does not know
        tensor = tensor.float()
    array = tensor.numpy()
    return _digest("tensor", kind.encode(), _hash_array(array))


def _hash_pandas(frame: Any) -> bytes:
    columns = frame.items() if hasattr(frame, "columns") else [(frame.name, frame)]
    parts = [_hash_array(frame.index.to_numpy())]
    for name, column in columns:
        parts += [_hash(str(name)), str(column.dtype).encode(), _hash_array(column.to_numpy())]
    return _digest("frame", *parts)


def _hash_polars(frame: Any) -> bytes:
    columns = frame.get_columns() if hasattr(frame, "get_columns") else [frame]
    parts: list[bytes] = []
    for column in columns:
        parts += [_hash(column.name), str(column.dtype).encode(), *map(_hash, column.to_list())]
    return _digest("frame", *parts)


def _hash_mapping(mapping: Mapping[Any, Any]) -> bytes:
    return _digest("mapping", *sorted(_hash(key) + _hash(value) for key, value in mapping.items()))


def _hash_items(items: Iterable[Any]) -> bytes:
    return _digest("items", *map(_hash, items))


def _is_of(package: str, *names: str) -> Callable[[Any], bool]:
    """Whether something is of a class of a package, or of one made from it; without loading the package."""

    def is_of(data: Any) -> bool:
        return any(
            kind.__name__ in names and kind.__module__.partition(".")[0] == package for kind in type(data).__mro__
        )

    return is_of


_is_scalar = _is_of("numpy", "generic")

_KINDS: tuple[tuple[Callable[[Any], bool], Callable[[Any], bytes]], ...] = (
    (_is_of("numpy", "ndarray"), _hash_array),
    (_is_of("torch", "Tensor"), _hash_tensor),
    (_is_of("pandas", "DataFrame", "Series"), _hash_pandas),
    (_is_of("polars", "DataFrame", "Series"), _hash_polars),
    (lambda data: isinstance(data, Mapping), _hash_mapping),
    (lambda data: isinstance(data, (set, frozenset)), lambda data: _digest("set", *sorted(map(_hash, data)))),
    (lambda data: isinstance(data, (list, tuple, range)), _hash_items),
    (
        lambda data: hasattr(data, "__len__") and hasattr(data, "__getitem__"),
        lambda data: _hash_items(data[place] for place in range(len(data))),
    ),
)

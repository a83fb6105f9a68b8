"""Parameters and others: how any value becomes one that can be stored, sorted and shown."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from halley.core.names import check_name
from halley.errors import ArgumentError, ArgumentTypeError

Value = str | int | float | bool | None
"""What a parameter or other holds: text, a number, a truth value, or nothing. Lists become JSON text."""

TEXT_LIMIT = 100_000
"""Longest text value in characters."""

SEPARATOR = "|"
"""Joins the keys of a nested dictionary, as Comet does: `{"model": {"depth": 3}}` is `model|depth`."""

_DEPTH_LIMIT = 10
_INTEGER_LIMIT = 2**63


def to_value(value: Any, argument: str) -> Value:
    """Turn any value into one that can be stored.

    Numbers, truth values, text and None stay; numpy/torch scalars become numbers; lists, tuples, sets and
    dictionaries become JSON text; anything else its `str()`. Integers beyond 64 bits become text, so that no
    digit is lost.

    Raises:
        ArgumentError: the text is longer than 100,000 characters, or a collection holds itself.

    Example:
        >>> to_value(0.1, "value"), to_value([1, 2], "value")
        (0.1, '[1, 2]')
    """
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, int):
        return int(value) if -_INTEGER_LIMIT <= value < _INTEGER_LIMIT else str(value)
    if isinstance(value, str):
        text = str(value)
    elif isinstance(value, (list, tuple, set, frozenset, Mapping)):
        text = _to_json(value, argument)
    else:
        plain = _to_plain(value)
        if not isinstance(plain, str):
            return to_value(plain, argument)
        text = plain
    if len(text) > TEXT_LIMIT:
        raise ArgumentError(
            f"{argument} has {len(text):,} characters, the limit is {TEXT_LIMIT:,}.",
            hint="Shorten it, or log its parts under names of their own.",
        )
    return text.encode("utf-8", "replace").decode()


def _to_plain(value: Any) -> int | float | str:
    """What numpy, torch, ... hold in an array of one element, as Python's own number; anything else as text."""
    item = getattr(value, "item", None)
    if callable(item) and hasattr(value, "dtype"):
        try:
            held = item()
        except (TypeError, ValueError, RuntimeError):  # several elements
            return str(value)
        if isinstance(held, (int, float)):
            return held
    return str(value)


def _to_json(value: Any, argument: str) -> str:
    if isinstance(value, (set, frozenset)):
        value = sorted(value, key=str)
    try:
        return json.dumps(value, default=_to_plain, ensure_ascii=False)
    except TypeError:  # a key that JSON has no form for, such as a tuple
        return str(value)
    except (ValueError, RecursionError) as error:
        raise ArgumentError(f"{argument} holds itself.", hint="Log the parts that matter.") from error


def flatten(parameters: Any, *, prefix: str | None = None, nested: bool = True) -> Iterator[tuple[str, Value]]:
    """Walk a dictionary (or any object with `__dict__`, such as argparse's Namespace) into flat pairs.

    Args:
        parameters: Dictionary with string keys, nested to any depth up to 10.
        prefix: Put in front of every name, joined with `_` (as Comet does).
        nested: Join inner dictionaries with `|`; False stores them as JSON text.

    Raises:
        ArgumentTypeError: `parameters` is neither a mapping nor an object with attributes.

    Example:
        >>> dict(flatten({"lr": 0.1, "model": {"depth": 3}}))
        {'lr': 0.1, 'model|depth': 3}
    """
    mapping = parameters if isinstance(parameters, Mapping) else getattr(parameters, "__dict__", None)
    if mapping is None or isinstance(parameters, type):
        raise ArgumentTypeError(
            f"parameters is of type {type(parameters).__name__}, not a dictionary.",
            hint="Pass a dict, or an object with attributes such as argparse's Namespace.",
        )
    front = "" if prefix is None else check_name(prefix, "prefix") + "_"
    yield from _walk(mapping, front, 1 if nested else _DEPTH_LIMIT)


def _walk(mapping: Mapping[Any, Any], front: str, depth: int) -> Iterator[tuple[str, Value]]:
    for key, value in mapping.items():
        name = front + str(key)
        if isinstance(value, Mapping) and value and depth < _DEPTH_LIMIT:
            yield from _walk(value, name + SEPARATOR, depth + 1)
        else:
            check_name(name, "parameter name")
            yield name, to_value(value, name)


def is_same(a: Value, b: Value) -> bool:
    """Say whether two values are the same, with 1 and 1.0 and True apart and NaN equal to itself."""
    if isinstance(a, float) and isinstance(b, float) and math.isnan(a) and math.isnan(b):
        return True
    return type(a) is type(b) and a == b

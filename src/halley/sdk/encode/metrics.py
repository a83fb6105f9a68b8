"""Dictionaries of metrics to flat pairs."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from halley.core.metric import check_value
from halley.core.names import check_name
from halley.errors import ArgumentTypeError

SEPARATOR = "/"
"""Joins the keys of nested metrics, as Comet does."""
DEPTH_LIMIT = 10


def flatten_metrics(dic: Any, prefix: str | None = None) -> list[tuple[str, float]]:
    """Walk a dictionary of metrics into (name, value) pairs; nested keys join with `/`, the prefix with `_`.

    Raises:
        ArgumentTypeError: it is no dictionary, or holds something that is no number.
        ArgumentError: a name cannot be used.

    Example:
        >>> flatten_metrics({"loss": 1, "val": {"loss": 2.0}}, prefix="a")
        [('a_loss', 1.0), ('a_val/loss', 2.0)]
    """
    if not isinstance(dic, Mapping):
        raise ArgumentTypeError(
            f"log_metrics(dic) is of type {type(dic).__name__}, not a dictionary.",
            hint="Pass {name: value}, or log one number with log_metric(name, value).",
        )
    if prefix is None and type(dic) is dict and all(type(value) is float for value in dic.values()):
        for name in dic:  # the usual case: numbers under names that were used before
            if type(name) is not str:
                break
            _check_once(name)
        else:
            return list(dic.items())
    front = "" if prefix is None else check_name(prefix, "log_metrics(prefix)") + "_"
    return list(_walk(dic, front, 1))


@lru_cache(maxsize=65_536)
def _check_once(name: str) -> None:
    check_name(name, "log_metrics(name)")


def _walk(mapping: Mapping[Any, Any], front: str, depth: int) -> Iterator[tuple[str, float]]:
    for key, value in mapping.items():
        name = front + str(key)
        if isinstance(value, Mapping) and depth < DEPTH_LIMIT:
            yield from _walk(value, name + SEPARATOR, depth + 1)
        else:
            yield check_name(name, "log_metrics(name)"), check_value(value, f"log_metrics({name!r})")

"""Typed ids and how they are made and checked."""

import os
import re
from collections.abc import Callable
from typing import NewType

from halley.errors import ArgumentError, ArgumentTypeError

ExperimentKey = NewType("ExperimentKey", str)
"""What a user calls an experiment by: 32 to 50 ASCII letters and digits (the rule of Comet's keys)."""

WriterId = NewType("WriterId", str)
"""Who wrote a journal: 32 hexadecimal digits, new for every journal."""


def _random_hex() -> str:
    return os.urandom(16).hex()


_KEY = re.compile(r"[A-Za-z0-9]{32,50}")
_WRITER = re.compile(r"[0-9a-f]{32}")


def new_experiment_key(random_hex: Callable[[], str] = _random_hex) -> ExperimentKey:
    """Make a fresh experiment key of 32 hexadecimal digits."""
    return ExperimentKey(random_hex())


def new_writer_id(random_hex: Callable[[], str] = _random_hex) -> WriterId:
    """Make a fresh writer id of 32 hexadecimal digits."""
    return WriterId(random_hex())


def new_asset_id(random_hex: Callable[[], str] = _random_hex) -> str:
    """Make a fresh id of an asset, 32 hexadecimal digits."""
    return random_hex()


def is_experiment_key(value: object) -> bool:
    """Say whether `value` is a well-formed experiment key."""
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


def is_writer_id(value: object) -> bool:
    """Say whether `value` is a well-formed writer id."""
    return isinstance(value, str) and _WRITER.fullmatch(value) is not None


def check_experiment_key(value: object, argument: str = "experiment_key") -> ExperimentKey:
    """Return `value` as a key, or raise an error that names `argument`.

    Raises:
        ArgumentTypeError: `value` is not a string.
        ArgumentError: it is not 32 to 50 letters and digits.

    Example:
        >>> check_experiment_key("0" * 32)
        '00000000000000000000000000000000'
    """
    if not isinstance(value, str):
        raise ArgumentTypeError(
            f"{argument}={value!r} is of type {type(value).__name__}, not a string.",
            hint="Leave it out to get a new key, or pass the key of an experiment.",
        )
    if not is_experiment_key(value):
        raise ArgumentError(
            f"{argument}={value!r} is not an experiment key.",
            hint="A key is 32 to 50 ASCII letters and digits; leave it out to get a new one.",
        )
    return ExperimentKey(value)

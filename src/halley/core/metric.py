"""A metric: its identity and what may be one of its points."""

import math
import operator
from typing import Any, NamedTuple

from halley.errors import ArgumentError, ArgumentTypeError

NO_STEP = -(2**63)
"""Stands for "no step" where steps are 64-bit integers; such a point gets the next step of its series."""

NO_EPOCH = math.nan
"""Stands for "no epoch" where epochs are 64-bit floats."""

STEP_LIMIT = 2**62
"""Steps are from minus this to this."""


class MetricId(NamedTuple):
    """What a series of points is known by inside an experiment.

    `context` is `train`, `validate`, `test`, another word, or empty.
    """

    name: str
    context: str = ""


def check_value(value: Any, argument: str) -> float:
    """Return a metric value as a float: a number, or a numpy/torch/... scalar or array of one element.

    NaN and both infinities are values and pass.

    Raises:
        ArgumentTypeError: it is not a number.
        ArgumentError: it is an array of several elements, or an integer beyond the range of a float.

    Example:
        >>> check_value(3, "value"), check_value(float("inf"), "value")
        (3.0, inf)
    """
    if isinstance(value, (str, bytes, bytearray)) or value is None or isinstance(value, complex):
        raise ArgumentTypeError(
            f"{argument}={value!r} is of type {type(value).__name__}, not a number.",
            hint="Pass a number; text belongs in log_other or log_parameter.",
        )
    item = getattr(value, "item", None)
    try:
        if callable(item):
            value = item()
        return float(value)
    except OverflowError as error:
        raise ArgumentError(
            f"{argument} is an integer beyond the range of a 64-bit float.", hint="Log its logarithm instead."
        ) from error
    except (TypeError, ValueError, RuntimeError) as error:
        shape = getattr(value, "shape", None)
        what = f"{type(value).__name__} of shape {tuple(shape)}" if shape is not None else type(value).__name__
        raise ArgumentTypeError(
            f"{argument} is of type {what}, not one number.",
            hint="Pass a single number, such as value.mean(); log several with log_metrics.",
        ) from error


def check_step(value: Any, argument: str = "step") -> int:
    """Return a step as an int: any integer type, or a float that is a whole number.

    Raises:
        ArgumentTypeError: it is not an integer.
        ArgumentError: it is beyond +-2**62.

    Example:
        >>> check_step(7), check_step(7.0)
        (7, 7)
    """
    item = getattr(value, "item", None)
    try:
        if callable(item):
            value = item()
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool):
            raise TypeError
        step = operator.index(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ArgumentTypeError(
            f"{argument}={value!r} is not an integer.",
            hint="Pass a whole number; use epoch= for fractions of an epoch.",
        ) from error
    if not -STEP_LIMIT <= step <= STEP_LIMIT:
        raise ArgumentError(f"{argument}={step} is beyond +-2**62.", hint="Count steps from 0.")
    return step


def check_epoch(value: Any, argument: str = "epoch") -> float:
    """Return an epoch as a finite float; fractions are welcome.

    Raises:
        ArgumentTypeError: it is not a number.
        ArgumentError: it is NaN or infinite.
    """
    epoch = check_value(value, argument)
    if not math.isfinite(epoch):
        raise ArgumentError(f"{argument}={epoch} is not finite.", hint="Count epochs from 0.")
    return epoch

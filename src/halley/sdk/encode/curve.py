"""Curves: y over x, such as precision over recall."""

import math
from typing import Any

from halley.errors import ArgumentError, ArgumentTypeError
from halley.sdk.encode.asset import Source, make_json


def encode_curve(name: Any, x: Any, y: Any) -> Source:
    """Turn a curve into a file: a JSON object with `name`, `x` and `y`; what is not finite becomes null.

    Raises:
        ArgumentError: the two have different lengths.
        ArgumentTypeError: one is no list of numbers.

    Example:
        >>> encode_curve("roc", [0, 1], [0.0, 1.0]).data
        b'{"name": "roc", "x": [0.0, 1.0], "y": [0.0, 1.0]}'
    """
    across, up = (_read_numbers(values, f"log_curve({axis})") for values, axis in ((x, "x"), (y, "y")))
    if len(across) != len(up):
        raise ArgumentError(
            f"log_curve(x) has {len(across):,} values and log_curve(y) {len(up):,}.", hint="Pass as many of each."
        )
    return make_json(str(name), {"name": str(name), "x": across, "y": up}, "log_curve(name)")


def _read_numbers(values: Any, argument: str) -> list[float | None]:
    listed = values.tolist() if hasattr(values, "tolist") else values
    try:
        numbers = [float(value) for value in listed]
    except (TypeError, ValueError) as error:
        raise ArgumentTypeError(
            f"{argument} is no list of numbers: {error}.", hint="Pass a list or an array."
        ) from error
    return [number if math.isfinite(number) else None for number in numbers]

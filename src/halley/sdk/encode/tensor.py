"""Tensors, wherever they are."""

from typing import Any


def to_host(value: Any) -> Any:
    """Bring a tensor of PyTorch or its like to this machine's memory, as an array; anything else stays as it is.

    Example:
        >>> to_host([1, 2])
        [1, 2]
    """
    for method in ("detach", "cpu", "numpy"):
        convert = getattr(value, method, None)
        value = convert() if callable(convert) else value
    return value

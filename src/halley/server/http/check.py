"""Checks of what a request names: the rules of core, raised as a request's error that names the field."""

from collections.abc import Callable
from typing import TypeVar

from halley.core.ids import ExperimentKey, is_experiment_key
from halley.errors import ArgumentError, InvalidRequest

T = TypeVar("T")


def checked(rule: Callable[[object, str], T], value: object, field: str) -> T:
    """Apply a rule of core to a field of the request.

    Args:
        rule: Such as `core.names.check_name`; takes the value and the name it is known by.
        value: What the request says.
        field: The path of the field, such as `columns[2].name`.

    Raises:
        InvalidRequest: the rule refuses the value.

    Example:
        >>> from halley.core.names import check_place_name
        >>> checked(check_place_name, "general", "project")
        'general'
    """
    try:
        return rule(value, field)
    except ArgumentError as error:
        raise InvalidRequest(error.message, hint=error.hint, field=field) from error


def checked_key(value: str) -> ExperimentKey:
    """Check the experiment key of a path.

    Raises:
        InvalidRequest: it cannot be one.
    """
    if not is_experiment_key(value):
        raise InvalidRequest(
            f"key={value[:60]!r} is not an experiment key.",
            hint="A key is 32 to 50 ASCII letters and digits.",
            field="key",
        )
    return ExperimentKey(value)

"""Tags as users pass them to tags as they are logged."""

from collections.abc import Iterable
from typing import Any

from halley.core.names import check_name
from halley.errors import ArgumentTypeError


def check_tags(tags: Any) -> tuple[str, ...]:
    """Return tags in their order, each once.

    Raises:
        ArgumentTypeError: it is one string, or no collection of strings.
        ArgumentError: a tag is empty or too long.

    Example:
        >>> check_tags(["a", "b", "a"])
        ('a', 'b')
    """
    if isinstance(tags, (str, bytes)) or not isinstance(tags, Iterable):
        raise ArgumentTypeError(
            f"add_tags(tags)={tags!r} is of type {type(tags).__name__}, not a list of strings.",
            hint="Pass a list, or use add_tag for one tag.",
        )
    return tuple(dict.fromkeys(check_name(tag, "add_tags(tags)") for tag in tags))

"""What may be a name, and the names Halley makes up itself."""

import re

from halley.errors import ArgumentError, ArgumentTypeError

NAME_LIMIT = 1_000
"""Longest name of a metric, parameter, other, tag or experiment, in characters."""

PLACE_LIMIT = 100
"""Longest name of a workspace or project, in characters (it is part of every URL)."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")

_ADJECTIVES = """
    amber brisk calm clear coral crisp dusky early fair frosty gentle golden keen lively lucid mellow
    misty noble pale quick quiet rapid ruby sharp silent silver solar steady still swift tidal vivid
    warm wild
""".split()
_NOUNS = """
    aurora birch brook cedar comet condor coyote crane delta ember falcon fjord forest glacier harbor
    heron island jasper lagoon lynx maple meadow meteor orbit otter pebble pine prairie quartz raven
    reef ridge river sparrow summit thicket tundra valley willow wren
""".split()


def check_name(value: object, argument: str, *, limit: int = NAME_LIMIT) -> str:
    """Return `value` as a name, or raise an error that names `argument`, the value and the fix.

    Args:
        value: What the caller passed.
        argument: What the caller knows it by, such as `log_metric(name)`.
        limit: Longest length in characters.

    Raises:
        ArgumentTypeError: `value` is not a string.
        ArgumentError: it is empty, too long, or holds control characters or lone surrogates.

    Example:
        >>> check_name("train/loss", "name")
        'train/loss'
    """
    if not isinstance(value, str):
        raise ArgumentTypeError(
            f"{argument}={value!r} is of type {type(value).__name__}, not a string.", hint="Pass a str."
        )
    if not value or value.isspace():
        raise ArgumentError(f"{argument}={value!r} is empty.", hint="Pass at least one visible character.")
    if len(value) > limit:
        raise ArgumentError(
            f"{argument} has {len(value):,} characters, the limit is {limit:,}: {value[:60]!r}...",
            hint="Shorten it; long text belongs in a value.",
        )
    if _CONTROL.search(value):
        raise ArgumentError(
            f"{argument}={value!r} holds a control character or a lone surrogate.",
            hint="Use printable characters only.",
        )
    return str(value)


def check_place_name(value: object, argument: str) -> str:
    """Return `value` as the name of a workspace or project: a name of at most 100 characters without slashes.

    Raises:
        ArgumentTypeError: `value` is not a string.
        ArgumentError: it is empty, too long, has a slash or outer spaces, or is `.` or `..`.
    """
    name = check_name(value, argument, limit=PLACE_LIMIT)
    if "/" in name or "\\" in name or name != name.strip() or name in {".", ".."}:
        raise ArgumentError(
            f"{argument}={name!r} cannot be part of a URL.",
            hint="Leave out slashes, spaces at either end, and the names '.' and '..'.",
        )
    return name


def make_experiment_name(number: int) -> str:
    """Make the name of the `number`-th experiment of a project: two words and the number.

    The words follow from the number, neighbours differ in both, and the number makes it unique in its project.

    Example:
        >>> make_experiment_name(1), make_experiment_name(2)
        ('lively-orbit-1', 'solar-coyote-2')
    """
    adjective = _ADJECTIVES[number * 13 % len(_ADJECTIVES)]
    noun = _NOUNS[number * 23 % len(_NOUNS)]
    return f"{adjective}-{noun}-{number}"

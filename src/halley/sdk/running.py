"""What can be done without an experiment at hand: with the one that runs, and with keys."""

import hashlib
from collections.abc import Mapping

from halley.core.ids import is_experiment_key, new_experiment_key
from halley.errors import ArgumentTypeError
from halley.sdk.encode.asset import write_json
from halley.sdk.experiment import Experiment, running_experiment


def get_running_experiment() -> Experiment | None:
    """Get the experiment that runs in this process; None if there is none.

    Example:
        >>> running = halley.get_running_experiment()
    """
    return running_experiment()


def get_global_experiment() -> Experiment | None:
    """Get the experiment that runs in this process: Comet's other name of `get_running_experiment`.

    Example:
        >>> running = halley.get_global_experiment()
    """
    return running_experiment()


def end() -> None:
    """End the experiment that runs in this process, if there is one.

    Example:
        >>> halley.end()
    """
    running = running_experiment()
    if running is not None:
        running.end()


def flush() -> bool:
    """Wait until everything that the running experiment logged is on the server; True if there is none.

    Example:
        >>> halley.flush()
        True
    """
    running = running_experiment()
    return running is None or running.flush()


def get_experiment_key(user_input: str | bytes | Mapping[str, object] | None = None) -> str:
    """Make an experiment key: a new one, or always the same for the same input.

    Args:
        user_input: What the key is made of, such as the parameters of a run that may be started again; None for a new
            one.

    Returns:
        32 digits, or 40 (a SHA-1) for an input.

    Raises:
        ArgumentTypeError: it is none of these.

    Example:
        >>> halley.get_experiment_key({"seed": 1, "lr": 0.1}) == halley.get_experiment_key({"lr": 0.1, "seed": 1})
        True
    """
    if user_input is None:
        return new_experiment_key()
    if isinstance(user_input, Mapping):
        text = write_json({key: user_input[key] for key in sorted(user_input)}, "get_experiment_key(user_input)")
        data = text.encode()
    elif isinstance(user_input, str):
        data = user_input.encode("utf-8", "surrogatepass")
    elif isinstance(user_input, bytes):
        data = user_input
    else:
        raise ArgumentTypeError(
            f"get_experiment_key(user_input) is of type {type(user_input).__name__}.",
            hint="Pass a string, bytes, a dictionary or None.",
        )
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def is_valid_experiment_key(experiment_key: object) -> bool:
    """Say whether a value can be an experiment key: 32 to 50 letters and digits.

    Example:
        >>> halley.is_valid_experiment_key("a" * 32), halley.is_valid_experiment_key("short")
        (True, False)
    """
    return is_experiment_key(experiment_key)

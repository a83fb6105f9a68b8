"""What a caller passes to make an experiment: checked, completed from the settings, and placed."""

import math
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from halley import settings
from halley.core.ids import check_experiment_key, new_experiment_key
from halley.core.names import check_name, check_place_name
from halley.errors import ArgumentError, ArgumentTypeError, SettingError
from halley.sdk.place import Place

_ACCEPTED = frozenset(
    """
    auto_histogram_activation_logging auto_histogram_epoch_rate auto_histogram_gradient_logging
    auto_histogram_tensorboard_logging auto_histogram_weight_logging auto_log_co2 auto_metric_logging
    auto_metric_step_rate auto_param_logging display_summary distributed_node_identifier log_code log_env_cpu
    log_env_details log_env_disk log_env_gpu log_env_host log_env_network log_git_metadata log_git_patch log_graph
    optimizer_data parse_args
    """.split()
)
"""Options of Comet's whose features Halley does not have yet: taken, and without effect."""


def check_options(options: Iterable[str], own: Iterable[str]) -> None:
    """Check that there are such options.

    Args:
        options: Names of options that the signature does not name.
        own: The names that it does, for advice.

    Raises:
        ArgumentTypeError: there is no such option; the hint names the nearest one.
    """
    for name in options:
        if name not in _ACCEPTED:
            from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it, and it takes 2 ms

            near = get_close_matches(name, [*_ACCEPTED, *own], n=1)
            hint = f"Did you mean {near[0]}?" if near else "Leave it out."
            raise ArgumentTypeError(f"Experiment() has no argument {name!r}.", hint=hint)


def check_seconds(value: Any, argument: str) -> float:
    """Return a length of time as seconds; infinity is one.

    Raises:
        ArgumentTypeError: it is no number, or NaN.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value):
        raise ArgumentTypeError(f"{argument}={value!r} is no number of seconds.", hint="Pass a number, or None.")
    return float(value)


def load_settings(
    *,
    api_key: Any,
    project_name: Any,
    workspace: Any,
    experiment_name: Any,
    experiment_key: Any,
    auto_output_logging: Any,
    mode: Any,
    offline_directory: Any,
) -> dict[str, Any]:
    """Check arguments, and find the value of every setting; None means not given.

    Raises:
        ArgumentTypeError: an argument has the wrong type.
        ArgumentError: a name or key cannot be used.
        SettingError: a setting from elsewhere is wrong.
    """
    if api_key is not None and not isinstance(api_key, str):
        raise ArgumentTypeError(f"api_key is of type {type(api_key).__name__}, not a string.", hint="Pass a str.")
    return settings.load(
        {
            "api_key": api_key,
            "project_name": None if project_name is None else check_place_name(project_name, "project_name"),
            "workspace": None if workspace is None else check_place_name(workspace, "workspace"),
            "experiment_name": None if experiment_name is None else check_name(experiment_name, "experiment_name"),
            "experiment_key": None if experiment_key is None else check_experiment_key(experiment_key),
            "auto_output_logging": auto_output_logging,
            "mode": mode,
            "offline_directory": offline_directory,
        }
    )


def find_place(values: dict[str, Any]) -> Place:
    """Find where an experiment belongs and where its records go, from the settings.

    Raises:
        SettingError: a name or the key cannot be used.
    """
    key = values["experiment_key"]
    journals = Path(values["home"]) / "journals"
    if values["mode"] == "offline" and values["offline_directory"]:
        journals = Path(values["offline_directory"])
    try:
        return Place(
            key=new_experiment_key() if key is None else check_experiment_key(key),
            workspace=check_place_name(values["workspace"], "workspace"),
            project=check_place_name(values["project_name"], "project_name"),
            url=values["url"],
            journals=journals.absolute(),
        )
    except ArgumentError as error:
        raise SettingError(error.message, hint=error.hint) from error


def find_command() -> str:
    """Find the command line of this process."""
    arguments = list(getattr(sys, "orig_argv", None) or getattr(sys, "argv", None) or [""])
    return shlex.join([Path(arguments[0]).name, *arguments[1:]])[:10_000].encode("utf-8", "replace").decode()

"""`halley.start`: the one way to begin, continue or reuse an experiment."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from halley import settings
from halley.core.ids import check_experiment_key
from halley.errors import ArgumentError, ArgumentTypeError
from halley.sdk.experiment import Experiment, running_experiment

if TYPE_CHECKING:
    from halley.sdk.sender.ask import Home

_START_MODES = ("get_or_create", "create", "get")
_DELIVERY_MODES = ("online", "offline", "disabled")


def start(
    api_key: str | None = None,
    workspace: str | None = None,
    project: str | None = None,
    project_name: str | None = None,
    experiment_key: str | None = None,
    mode: str | None = None,
    online: bool | None = None,
    source: str | None = None,
    experiment_config: Any = None,
    **options: Any,
) -> Experiment:
    """Begin an experiment, continue one, or get the one that is running.

    Args:
        api_key: The key that says who you are; a local server needs none.
        workspace: The workspace it goes to.
        project: The same as `project_name`.
        project_name: The project it goes to.
        experiment_key: The key to have or to continue.
        mode: `get_or_create` (default) continues the experiment with this key or makes it, and returns the running
            experiment if it matches; `create` always makes a new one; `get` only continues, and needs a key. Also
            `online`, `offline` or `disabled`, which mean `get_or_create` with that setting of `mode`.
        online: False is offline, True online; None leaves it to the setting `mode`. What exists cannot be known
            offline: the server decides when the journal is uploaded.
        source: Where the experiment comes from, shown as its `Created from`.
        experiment_config: A dictionary of `Experiment`'s options, or an object with such attributes; also `name` and
            `tags`.
        **options: Options of `Experiment`.

    Returns:
        The experiment, running.

    Raises:
        ArgumentError: `get` without a key, a key the server does not know, or `create` with one that it knows.
        SettingError: an environment variable or the configuration file is wrong.

    Example:
        >>> experiment = halley.start(project_name="digits", mode="disabled")
    """
    start_mode, delivery_mode = _read_mode(mode, online)
    config = _read_config(experiment_config)
    name, tags = config.pop("name", None), config.pop("tags", None)
    if experiment_key is not None:
        check_experiment_key(experiment_key)
    if project is not None and project_name is not None and project != project_name:
        raise ArgumentError(f"project={project!r} and project_name={project_name!r} differ.", hint="Pass one of them.")
    project_name = project_name if project_name is not None else project
    running = running_experiment()
    if start_mode != "create" and running is not None:
        wanted = {"key": experiment_key, "workspace": workspace, "project": project_name, "mode": delivery_mode}
        if _matches(running, wanted):
            return running
    if start_mode == "get" and experiment_key is None:
        raise ArgumentError("start(mode='get') needs an experiment_key.", hint="Pass the key, or use get_or_create.")
    if experiment_key is not None and start_mode != "get_or_create":
        home = _find_home(api_key, experiment_key, start_mode, delivery_mode)
        if home:  # so that its address is right from the beginning
            workspace, project_name = workspace or home.workspace, project_name or home.project
    experiment = Experiment(
        api_key,
        project_name,
        workspace,
        experiment_key=experiment_key,
        mode=delivery_mode,
        start_mode=start_mode,
        source=source,
        **({"experiment_name": name} if name else {}),
        **config,
        **options,
    )
    if tags:
        experiment.add_tags(tags)
    return experiment


def _read_mode(mode: str | None, online: bool | None) -> tuple[Any, str | None]:
    if mode is not None and mode not in _START_MODES + _DELIVERY_MODES:
        raise ArgumentError(
            f"start(mode)={mode!r} is not a mode.", hint=f"Use one of {', '.join(_START_MODES + _DELIVERY_MODES)}."
        )
    if online is not None and not isinstance(online, bool):
        raise ArgumentTypeError(f"start(online)={online!r} is not True, False or None.", hint="Pass a bool.")
    by_flag = None if online is None else "online" if online else "offline"
    if mode in _DELIVERY_MODES:
        if by_flag is not None and by_flag != mode:
            raise ArgumentError(f"start(mode={mode!r}, online={online}) contradict each other.", hint="Pass one.")
        return "get_or_create", mode
    return mode or "get_or_create", by_flag


def _read_config(config: Any) -> dict[str, Any]:
    if config is None:
        return {}
    values = config if isinstance(config, Mapping) else getattr(config, "__dict__", None)
    if values is None:
        raise ArgumentTypeError(
            f"start(experiment_config) is of type {type(config).__name__}, not a dictionary.",
            hint="Pass Experiment's options.",
        )
    return {str(name): value for name, value in values.items() if value is not None}


def _matches(running: Experiment, wanted: dict[str, str | None]) -> bool:
    has = {
        "key": running.get_key(),
        "workspace": running.workspace,
        "project": running.project_name,
        "mode": running.mode,
    }
    return all(value is None or value == has[name] for name, value in wanted.items())


def _find_home(api_key: str | None, key: str, start_mode: str, delivery_mode: str | None) -> "Home | None":
    """Where the server has an experiment; None if it does not matter, or nobody knows.

    Raises:
        ArgumentError: it has none to continue, or has one in the place of a new one.
    """
    values = settings.load({"api_key": api_key, "mode": delivery_mode})
    if values["mode"] != "online":
        return None
    from halley.sdk.sender.ask import find_home  # noqa: PLC0415 - only this question needs HTTP, which takes 25 ms

    home = find_home(values["url"], values["api_key"], key)
    if home is not None and not home and start_mode == "get":
        raise ArgumentError(
            f"The server at {values['url']} has no experiment {key}.",
            hint="Check the key, or use mode='get_or_create'.",
        )
    if home and start_mode == "create":
        raise ArgumentError(
            f"The server at {values['url']} already has experiment {key}.",
            hint="Leave the key out, or use mode='get_or_create'.",
        )
    return home

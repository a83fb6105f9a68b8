"""The other classes of experiments, under the names that scripts written for Comet use."""

from pathlib import Path
from typing import Any

from halley import settings
from halley.core.ids import check_experiment_key, new_experiment_key
from halley.core.metric import check_step
from halley.errors import ArgumentError
from halley.sdk.experiment import Experiment
from halley.sdk.sender.ask import Home, find_home, fork


class ExistingExperiment(Experiment):
    """An experiment that the server has already, continued; or a new one that begins with what another had.

    Args:
        api_key: The key that says who you are; a local server needs none.
        previous_experiment: The experiment's key; None for the setting `experiment_key`.
        experiment_key: The same as `previous_experiment`.
        step_copy: Makes a new experiment instead, a fork: it has the other's metrics up to this step, that step inside,
            and its parameters and others. The server has to answer.
        **options: Options of `Experiment`.

    Raises:
        ArgumentError: there is no key, or the server has no such experiment.
        ServerUnreachable: a fork was asked for, and the server does not answer.

    Example:
        >>> continued = halley.ExistingExperiment(previous_experiment="a" * 32, disabled=True)
        >>> continued.end()
    """

    def __init__(
        self,
        api_key: str | None = None,
        previous_experiment: str | None = None,
        *,
        experiment_key: str | None = None,
        step_copy: int | None = None,
        **options: Any,
    ) -> None:
        key = _find_key(previous_experiment, experiment_key, "ExistingExperiment")
        values = settings.load(
            {"api_key": api_key, "mode": "disabled" if options.get("disabled") else options.get("mode")}
        )
        home: Home | None = Home()
        if values["mode"] == "online":
            if step_copy is not None:
                new = new_experiment_key()
                home = fork(values["url"], values["api_key"], key, check_step(step_copy, "step_copy"), new)
                key = new
            else:
                home = find_home(values["url"], values["api_key"], key)
                if home is not None and not home:
                    raise ArgumentError(
                        f"The server at {values['url']} has no experiment {key}.",
                        hint="Check the key, or use halley.start(experiment_key=...).",
                    )
        elif step_copy is not None and values["mode"] == "offline":
            raise ArgumentError("step_copy needs the server, and this is offline.", hint="Set mode to online.")
        if home:
            options = {"workspace": home.workspace, "project_name": home.project} | options
        super().__init__(api_key, experiment_key=key, start_mode="get", **options)


class OfflineExperiment(Experiment):
    """An experiment that is recorded on this machine only, until `halley upload` sends it.

    Args:
        project_name: The project it goes to.
        workspace: The workspace it goes to.
        offline_directory: Where the journal goes; None for `HOME/journals`.
        api_key: Not needed; taken for Comet's sake.
        **options: Options of `Experiment`.

    Example:
        >>> experiment = halley.OfflineExperiment(project_name="digits", offline_directory="runs")
        >>> experiment.end()
    """

    def __init__(
        self,
        project_name: str | None = None,
        workspace: str | None = None,
        *,
        offline_directory: str | Path | None = None,
        api_key: str | None = None,
        **options: Any,
    ) -> None:
        options.setdefault("mode", "offline")
        super().__init__(api_key, project_name, workspace, offline_directory=offline_directory, **options)


class ExistingOfflineExperiment(OfflineExperiment):
    """An experiment that the server has already, continued on this machine only, until `halley upload` sends it.

    Args:
        api_key: Not needed; taken for Comet's sake.
        previous_experiment: The experiment's key; None for the setting `experiment_key`.
        experiment_key: The same as `previous_experiment`.
        **options: Options of `OfflineExperiment`.

    Raises:
        ArgumentError: there is no key.

    Example:
        >>> continued = halley.ExistingOfflineExperiment(previous_experiment="b" * 32, offline_directory="runs")
        >>> continued.end()
    """

    def __init__(
        self,
        api_key: str | None = None,
        previous_experiment: str | None = None,
        *,
        experiment_key: str | None = None,
        **options: Any,
    ) -> None:
        key = _find_key(previous_experiment, experiment_key, "ExistingOfflineExperiment")
        super().__init__(api_key=api_key, experiment_key=key, start_mode="get", **options)


def _find_key(previous: str | None, key: str | None, caller: str) -> str:
    if previous is not None and key is not None and previous != key:
        raise ArgumentError(
            f"{caller}(previous_experiment={previous!r}, experiment_key={key!r}) differ.", hint="Pass one of them."
        )
    found = previous or key or settings.load({})["experiment_key"]
    if found is None:
        raise ArgumentError(
            f"{caller}() needs the key of an experiment.",
            hint="Pass previous_experiment, or set HALLEY_EXPERIMENT_KEY.",
        )
    return check_experiment_key(found)

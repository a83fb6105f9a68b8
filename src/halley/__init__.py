"""Halley: experiment management for machine learning.

Importing starts nothing, opens nothing and patches nothing; names are loaded when they are first used.

Example:
    ```python
    import halley

    experiment = halley.start(project_name="digits")
    experiment.log_parameter("learning_rate", 0.01)
    for step in range(100):
        experiment.log_metric("loss", 1 / (step + 1), step=step)
    experiment.end()
    ```
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from halley.errors import HalleyError
    from halley.sdk.classes import ExistingExperiment, ExistingOfflineExperiment, OfflineExperiment
    from halley.sdk.config import ExperimentConfig
    from halley.sdk.encode.confusion import ConfusionMatrix
    from halley.sdk.encode.histogram import Histogram
    from halley.sdk.experiment import Experiment
    from halley.sdk.running import (
        end,
        flush,
        get_experiment_key,
        get_global_experiment,
        get_running_experiment,
        is_valid_experiment_key,
    )
    from halley.sdk.start import start

__version__ = "0.1.0"

__all__ = [
    "ConfusionMatrix",
    "ExistingExperiment",
    "ExistingOfflineExperiment",
    "Experiment",
    "ExperimentConfig",
    "HalleyError",
    "Histogram",
    "OfflineExperiment",
    "__version__",
    "end",
    "flush",
    "get_experiment_key",
    "get_global_experiment",
    "get_running_experiment",
    "is_valid_experiment_key",
    "start",
]

_HOMES = {
    "ConfusionMatrix": "halley.sdk.encode.confusion",
    "ExistingExperiment": "halley.sdk.classes",
    "ExistingOfflineExperiment": "halley.sdk.classes",
    "Experiment": "halley.sdk.experiment",
    "ExperimentConfig": "halley.sdk.config",
    "HalleyError": "halley.errors",
    "Histogram": "halley.sdk.encode.histogram",
    "OfflineExperiment": "halley.sdk.classes",
    "end": "halley.sdk.running",
    "flush": "halley.sdk.running",
    "get_experiment_key": "halley.sdk.running",
    "get_global_experiment": "halley.sdk.running",
    "get_running_experiment": "halley.sdk.running",
    "is_valid_experiment_key": "halley.sdk.running",
    "start": "halley.sdk.start",
}


if not TYPE_CHECKING:  # a type checker must not take every name for one of ours

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module 'halley' has no attribute {name!r}")
        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)

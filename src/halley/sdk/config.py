"""Options of an experiment as an object, for `halley.start`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass
class ExperimentConfig:
    """Options of an experiment; None leaves the default.

    Attributes:
        name: The experiment's name.
        tags: Its tags.
        disabled: True makes every method check its arguments and do nothing more.
        auto_output_logging: Whether to capture stdout and stderr.
        display_summary_level: 0 says nothing on standard error.
        offline_directory: Where the journal goes when offline.
        log_code: Of Comet; see `Experiment`. So are all below.

    Example:
        >>> config = halley.ExperimentConfig(name="first", tags=["baseline"])
        >>> experiment = halley.start(experiment_config=config)
    """

    disabled: bool | None = None
    log_code: bool | None = None
    log_graph: bool | None = None
    parse_args: bool | None = None
    display_summary_level: int | None = None
    log_git_metadata: bool | None = None
    log_git_patch: bool | None = None
    log_env_details: bool | None = None
    log_env_gpu: bool | None = None
    log_env_host: bool | None = None
    log_env_cpu: bool | None = None
    log_env_network: bool | None = None
    log_env_disk: bool | None = None
    auto_output_logging: str | bool | None = None
    auto_param_logging: bool | None = None
    auto_metric_logging: bool | None = None
    auto_log_co2: bool | None = None
    auto_metric_step_rate: int | None = None
    auto_histogram_epoch_rate: int | None = None
    auto_histogram_gradient_logging: bool | None = None
    auto_histogram_activation_logging: bool | None = None
    auto_histogram_tensorboard_logging: bool | None = None
    auto_histogram_weight_logging: bool | None = None
    offline_directory: str | Path | None = None
    distributed_node_identifier: str | None = None
    name: str | None = None
    tags: Sequence[str] | None = None

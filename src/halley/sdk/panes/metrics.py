"""Metrics: named series of numbers."""

from collections.abc import Mapping
from typing import Any

from halley.core.metric import STEP_LIMIT, check_epoch, check_step, check_value
from halley.sdk.encode.metrics import flatten_metrics
from halley.sdk.panes.voice import Voice


class Metrics(Voice):
    """Logging of metrics."""

    __slots__ = ()

    def log_metric(
        self, name: str, value: Any, step: int | None = None, epoch: float | None = None, include_context: bool = True
    ) -> None:
        """Log one point of a metric.

        Costs the training thread a few microseconds and never waits for network or disk.

        Args:
            name: The metric's name, up to 1,000 characters; a slash groups charts, as in `train/loss`.
            value: A number, or a numpy, torch, ... scalar or array of one element. NaN and both infinities are kept.
            step: The step, any integer. It sticks: metrics logged later without a step have it too.
            epoch: The epoch, may be a fraction. It sticks too.
            include_context: False logs outside the current context (`train()`, `validate()`, ...).

        Raises:
            ArgumentTypeError: the value is no number, or the step no integer.
            ArgumentError: the name is empty or too long.

        Example:
            >>> experiment.log_metric("loss", 0.25, step=10)
        """
        if type(value) is not float:
            value = check_value(value, "log_metric(value)")
        if step is not None and (type(step) is not int or not -STEP_LIMIT <= step <= STEP_LIMIT):
            step = check_step(step, "log_metric(step)")
        if epoch is not None:
            epoch = check_epoch(epoch, "log_metric(epoch)")
        self._emit_point(name, value, step, epoch, include_context)

    def log_metrics(
        self,
        dic: Mapping[str, Any],
        prefix: str | None = None,
        step: int | None = None,
        epoch: float | None = None,
        include_context: bool = True,
    ) -> None:
        """Log one point of each of several metrics. Nothing is logged if one of them is wrong.

        Args:
            dic: Names and values; the keys of nested dictionaries are joined with `/`.
            prefix: Put in front of every name, joined with `_`.
            step: As in `log_metric`.
            epoch: As in `log_metric`.
            include_context: As in `log_metric`.

        Raises:
            ArgumentTypeError: it is no dictionary, or a value is no number.
            ArgumentError: a name is empty or too long.

        Example:
            >>> experiment.log_metrics({"loss": 0.25, "accuracy": {"top1": 0.5, "top5": 0.9}}, step=10)
        """
        pairs = flatten_metrics(dic, prefix)
        step = None if step is None else check_step(step, "log_metrics(step)")
        epoch = None if epoch is None else check_epoch(epoch, "log_metrics(epoch)")
        self._emit_points(pairs, step, epoch, include_context)

    def get_metric(self, name: str) -> float:
        """Get the value logged last by this process, of the current context if it has the metric.

        Raises:
            KeyError: this process logged no such metric; the message names those it did.

        Example:
            >>> experiment.log_metric("loss", 0.25, step=11)
            >>> experiment.get_metric("loss")
            0.25
        """
        for context in (self._context, ""):
            series = self._series.get((name, context))
            if series is not None:
                return series.last
        found = [series for (other, _), series in self._series.items() if other == name]
        if found:
            return found[-1].last
        known = ", ".join(sorted({other for other, _ in self._series})[:50]) or "none"
        raise KeyError(f"No metric {name!r} was logged by this process. There are: {known}.")

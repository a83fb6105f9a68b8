"""Position: the step, epoch and context that what is logged next belongs to."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Self

from halley.core.metric import check_epoch, check_step
from halley.core.names import check_name
from halley.sdk.panes.voice import Voice


class Position(Voice):
    """Moving an experiment's position. Only these methods and metrics with a step or epoch of their own move it."""

    __slots__ = ()

    @property
    def curr_step(self) -> int | None:
        """The current step; None before there is one."""
        return self._step

    @property
    def curr_epoch(self) -> float | None:
        """The current epoch; None before there is one."""
        return self._epoch

    @property
    def context(self) -> str | None:
        """The current context, such as `train`; None outside of any."""
        return self._context or None

    def set_step(self, step: int) -> None:
        """Set the step of metrics that are logged without one.

        Raises:
            ArgumentTypeError: it is no integer.
            ArgumentError: it is beyond +-2**62.

        Example:
            >>> experiment.set_step(100)
        """
        self._move(step=check_step(step, "set_step(step)"))

    def set_epoch(self, epoch: float) -> None:
        """Set the epoch of metrics that are logged without one.

        Raises:
            ArgumentTypeError: it is no number.
            ArgumentError: it is not finite.

        Example:
            >>> experiment.set_epoch(3)
        """
        self._move(epoch=check_epoch(epoch, "set_epoch(epoch)"))

    def log_current_epoch(self, value: float) -> None:
        """Set the epoch: Comet's older name of `set_epoch`.

        Example:
            >>> experiment.log_current_epoch(3)
        """
        self.set_epoch(value)

    def stop_early(self, epoch: float) -> bool:
        """Say whether training should stop: never. Taken for Comet's sake.

        Example:
            >>> experiment.stop_early(3)
            False
        """
        del epoch
        return False

    def log_epoch_end(self, epoch_cnt: float, step: int | None = None) -> None:
        """Set the epoch, and the step if one is given; both are checked before either is set.

        Raises:
            ArgumentTypeError: the epoch is no number, or the step no integer.

        Example:
            >>> experiment.log_epoch_end(1, step=500)
        """
        epoch = check_epoch(epoch_cnt, "log_epoch_end(epoch_cnt)")
        self._move(step=None if step is None else check_step(step, "log_epoch_end(step)"), epoch=epoch)

    def train(self) -> AbstractContextManager[Self]:
        """Log metrics of the context `train` inside a `with` block.

        Example:
            >>> with experiment.train():
            ...     experiment.log_metric("loss", 0.5)
        """
        return self._within("train")

    def validate(self) -> AbstractContextManager[Self]:
        """Log metrics of the context `validate` inside a `with` block.

        Example:
            >>> with experiment.validate():
            ...     experiment.log_metric("loss", 0.6)
        """
        return self._within("validate")

    def test(self) -> AbstractContextManager[Self]:
        """Log metrics of the context `test` inside a `with` block.

        Example:
            >>> with experiment.test():
            ...     experiment.log_metric("loss", 0.7)
        """
        return self._within("test")

    def context_manager(self, context: str) -> AbstractContextManager[Self]:
        """Log metrics of any context inside a `with` block; behind it the context is what it was before.

        Args:
            context: A name; metrics of one name in different contexts are different series.

        Raises:
            ArgumentTypeError: it is no string.
            ArgumentError: it is empty or over 1,000 characters.

        Example:
            >>> with experiment.context_manager("ema"):
            ...     experiment.log_metric("loss", 0.4)
        """
        return self._within(check_name(context, "context_manager(context)"))

    @contextmanager
    def _within(self, context: str) -> Iterator[Self]:
        before = self._enter(context)
        try:
            yield self
        finally:
            self._enter(before)

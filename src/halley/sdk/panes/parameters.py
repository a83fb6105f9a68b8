"""Parameters: values chosen before."""

from typing import Any

from halley.core.names import check_name
from halley.core.parameter import Value, flatten, is_same, to_value
from halley.sdk.encode.dataset import hash_dataset
from halley.sdk.panes.voice import Voice
from halley.wire.records import Parameter


class Parameters(Voice):
    """Logging of parameters."""

    __slots__ = ()

    def log_parameter(self, name: str, value: Any, step: int | None = None) -> None:
        """Log a parameter. A value equal to the one logged last is not sent again; another one replaces it.

        Args:
            name: The parameter's name, up to 1,000 characters.
            value: Number, text, truth value or None; lists and dictionaries become JSON text, anything else `str()`.
            step: Taken for Comet's sake; a parameter has no step, and this does not move the experiment's.

        Raises:
            ArgumentTypeError: the name is no string.
            ArgumentError: the name is empty or too long, or the text is over 100,000 characters.

        Example:
            >>> experiment.log_parameter("learning_rate", 0.01)
        """
        del step
        self._log_parameter(check_name(name, "log_parameter(name)"), to_value(value, "log_parameter(value)"))

    def log_parameters(
        self, parameters: Any, prefix: str | None = None, step: int | None = None, nested_support: bool = True
    ) -> None:
        """Log every entry of a dictionary as a parameter. Nothing is logged if one of them is wrong.

        Args:
            parameters: A dictionary, or an object with attributes such as argparse's Namespace.
            prefix: Put in front of every name, joined with `_`.
            step: Taken for Comet's sake, see `log_parameter`.
            nested_support: Join the keys of nested dictionaries with `|`; False logs them as JSON text.

        Raises:
            ArgumentTypeError: it is neither.
            ArgumentError: a name or text cannot be used.

        Example:
            >>> experiment.log_parameters({"batch_size": 64, "model": {"depth": 3}})
        """
        del step
        for name, value in list(flatten(parameters, prefix=prefix, nested=nested_support)):
            self._log_parameter(name, value)

    def log_dataset_hash(self, data: Any) -> None:
        """Log a hash of the data, as the parameter `dataset_hash`. The data itself goes nowhere.

        Args:
            data: A path of a file or folder; or data: arrays, tensors, data frames, lists, dictionaries, datasets. It
                is read whole: what it holds counts, not where it lies or what it is called.

        Raises:
            ArgumentError: it cannot be read.

        Example:
            >>> experiment.log_dataset_hash([[0.1, 0.2], [0.3, 0.4]])
            >>> len(experiment.get_parameter("dataset_hash"))
            16
        """
        self._log_parameter("dataset_hash", hash_dataset(data))

    def get_parameter(self, name: str) -> Value:
        """Get the value this process logged last.

        Raises:
            KeyError: there is none; the message names those there are.

        Example:
            >>> experiment.log_parameter("learning_rate", 0.01)
            >>> experiment.get_parameter("learning_rate")
            0.01
        """
        if name in self._parameters:
            return self._parameters[name]
        known = ", ".join(sorted(self._parameters)[:50]) or "none"
        raise KeyError(f"No parameter {name!r} was logged by this process. There are: {known}.")

    def _log_parameter(self, name: str, value: Value) -> None:
        if name in self._parameters and is_same(self._parameters[name], value):
            return
        self._parameters[name] = value
        self._emit(Parameter(time=self._now(), name=name, value=value))

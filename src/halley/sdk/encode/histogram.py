"""Histograms in geometric bins: the same bins at every step, whatever the values are."""

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

from halley.errors import ArgumentError, ArgumentTypeError
from halley.sdk.encode.asset import Source, make_json
from halley.sdk.encode.tensor import to_host


class Histogram:
    """Counts values in bins that grow by a factor, mirrored around an offset.

    The bins below `offset` mirror those above; in the middle is one for what is nearer to it than `start`. The format
    is Comet's, so that values of different steps and runs fall into the same bins.

    Args:
        start: Where the first bin away from the offset begins.
        stop: Where the last one that is not open ends.
        step: By what factor a bin is larger than the one before.
        offset: The middle.

    Raises:
        ArgumentError: these make no bins.

    Example:
        >>> histogram = Histogram()
        >>> histogram.add([0.0, 1.02, 1.05, -1.02])
        >>> [count for _, count in histogram.counts]
        [1, 1, 2]
    """

    def __init__(self, start: float = 1e-12, stop: float = 1e20, step: float = 1.1, offset: float = 0) -> None:
        if not (0 < start < stop and step > 1 and math.isfinite(stop) and math.isfinite(offset)):
            raise ArgumentError(
                f"Histogram(start={start}, stop={stop}, step={step}, offset={offset}) makes no bins.",
                hint="0 < start < stop, and step above 1.",
            )
        self.start, self.stop, self.step, self.offset = start, stop, step, offset
        self._log_start, self._log_step = math.log(start), math.log(step)
        self._side = math.ceil(math.log(stop / start) / self._log_step) + 1
        self._counts: Counter[int] = Counter()

    @property
    def counts(self) -> list[tuple[int, int]]:
        """Bins that hold something, from the left, each with how many values."""
        return sorted(self._counts.items())

    def add(self, values: Any) -> None:
        """Count values: a number, or lists and arrays of them, however nested. NaN is left out.

        Raises:
            ArgumentTypeError: something is no number.
        """
        values = to_host(values)
        if hasattr(values, "__array_interface__"):
            self._add_array(values)
        else:
            for value in _walk(values):
                if not math.isnan(value):
                    self._counts[self._find_bin(value)] += 1

    def _add_array(self, values: Any) -> None:
        """Count an array without an object per value."""
        import numpy as np  # noqa: PLC0415 - optional: there is an array

        flat = np.asarray(values).reshape(-1)
        if flat.dtype.kind not in "buif":
            raise ArgumentTypeError(f"An array of {flat.dtype} has no histogram.", hint="Pass numbers.")
        away = flat.astype(np.float64) - self.offset
        away = away[~np.isnan(away)]
        with np.errstate(divide="ignore"):
            place = np.floor((np.log(np.abs(away)) - self._log_start) / self._log_step) + 1
        place = np.clip(place, 0, self._side).astype(np.int64)
        bins, counts = np.unique(np.where(away < 0, -place, place) + self._side, return_counts=True)
        self._counts.update(dict(zip(bins.tolist(), counts.tolist(), strict=True)))

    def _find_bin(self, value: float) -> int:
        away = value - self.offset
        if abs(away) < self.start:
            return self._side
        place = (math.log(abs(away)) - self._log_start) / self._log_step
        place = self._side if place >= self._side else math.floor(place) + 1
        place = max(0, min(self._side, place))
        return self._side + (place if away > 0 else -place)

    def to_json(self) -> dict[str, Any]:
        """Write it as a dictionary that JSON can hold."""
        return {
            "version": 2,
            "index_values": [list(pair) for pair in self.counts],
            "values": None,
            "offset": self.offset,
            "start": self.start,
            "stop": self.stop,
            "step": self.step,
        }


def encode_histogram(values: Any, name: str | None, options: dict[str, Any]) -> Source:
    """Turn values, or a histogram of them, into a file.

    Raises:
        ArgumentTypeError: something is no number.
        ArgumentError: the options make no bins.
    """
    if isinstance(values, Histogram):
        histogram = values
    else:
        try:
            histogram = Histogram(**options)
        except TypeError as error:
            raise ArgumentTypeError(
                f"log_histogram_3d(): {error}.", hint="Options are start, stop, step and offset."
            ) from error
        histogram.add(values)
    return make_json(name or "histogram", histogram.to_json(), "log_histogram_3d(name)")


def _walk(values: Any) -> Iterable[float]:
    if isinstance(values, (str, bytes)) or values is None:
        raise ArgumentTypeError(f"{values!r} is no number.", hint="Pass numbers, or lists of them.")
    if hasattr(values, "tolist"):
        values = values.tolist()
    if isinstance(values, Iterable):
        for value in values:
            yield from _walk(value)
    else:
        try:
            yield float(values)
        except (TypeError, ValueError) as error:
            raise ArgumentTypeError(f"{values!r} is no number.", hint="Pass numbers, or lists of them.") from error

"""Values, steps and epochs of a metric."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from halley.core.metric import check_epoch, check_step, check_value
from halley.errors import ArgumentError, ArgumentTypeError


class Tensor:
    """What torch, jax and others offer: `item()` of one element, an error for several."""

    def __init__(self, *values: float) -> None:
        self.values, self.shape, self.dtype = values, (len(values),), "float32"

    def item(self) -> float:
        if len(self.values) != 1:
            raise RuntimeError("a Tensor with several elements cannot be converted to Scalar")
        return self.values[0]


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1, 1.0),
        (True, 1.0),
        (0.1, 0.1),
        (np.float32(0.5), 0.5),
        (np.float16(2), 2.0),
        (np.int64(7), 7.0),
        (np.bool_(True), 1.0),
        (np.array(3.0), 3.0),
        (np.array([[4.0]]), 4.0),
        (Decimal("0.25"), 0.25),
        (Fraction(1, 4), 0.25),
        (Tensor(0.5), 0.5),
        (float("inf"), math.inf),
        (float("-inf"), -math.inf),
    ],
)
def test_any_number_is_a_value(value: object, number: float) -> None:
    assert check_value(value, "value") == number
    assert type(check_value(value, "value")) is float


def test_nan_stays_nan() -> None:
    assert math.isnan(check_value(float("nan"), "value"))
    assert math.isnan(check_value(np.float32("nan"), "value"))


@pytest.mark.parametrize(
    "value", ["0.5", b"1", None, [1.0], {"a": 1}, 1j, object(), np.array([1.0, 2.0]), Tensor(1, 2)]
)
def test_what_is_no_number_is_refused_by_name(value: object) -> None:
    with pytest.raises(ArgumentTypeError, match=r"log_metric\(value\)") as caught:
        check_value(value, "log_metric(value)")
    assert isinstance(caught.value, TypeError)
    assert caught.value.hint


def test_an_integer_beyond_floats_is_refused() -> None:
    with pytest.raises(ArgumentError, match="beyond the range"):
        check_value(10**400, "value")


@pytest.mark.parametrize(
    ("step", "number"), [(0, 0), (-3, -3), (7.0, 7), (np.int32(5), 5), (np.float64(5), 5), (Tensor(3.0), 3)]
)
def test_whole_numbers_are_steps(step: object, number: int) -> None:
    assert check_step(step) == number
    assert type(check_step(step)) is int


@pytest.mark.parametrize("step", [0.5, "3", None, True, float("nan"), float("inf"), [1], np.array([1, 2])])
def test_other_steps_are_refused(step: object) -> None:
    with pytest.raises(ArgumentTypeError, match="is not an integer") as caught:
        check_step(step)
    assert "epoch=" in caught.value.hint


def test_a_step_beyond_the_store_is_refused() -> None:
    with pytest.raises(ArgumentError, match="beyond"):
        check_step(2**63)


def test_an_epoch_is_a_finite_number() -> None:
    assert check_epoch(1.5) == 1.5
    for epoch in (float("nan"), float("inf"), "2"):
        with pytest.raises(ArgumentError, match="epoch"):
            check_epoch(epoch)

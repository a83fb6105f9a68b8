"""Parameters: any value becomes one that can be stored; nested dictionaries become flat names."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halley.core.parameter import TEXT_LIMIT, flatten, is_same, to_value
from halley.errors import ArgumentError, ArgumentTypeError


class Tensor:
    """As torch's: `size` is a method, and `item` refuses several elements with a RuntimeError."""

    dtype = "float64"

    def __init__(self, *numbers: float) -> None:
        self.numbers = numbers

    def size(self) -> tuple[int]:
        return (len(self.numbers),)

    def item(self) -> float:
        if len(self.numbers) > 1:
            raise RuntimeError("a Tensor with 2 elements cannot be converted to Scalar")
        return self.numbers[0]

    def __repr__(self) -> str:
        return f"tensor{self.numbers}"


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (0.1, 0.1),
        ("adam", "adam"),
        ([1, "a"], '[1, "a"]'),
        ((1, 2), "[1, 2]"),
        ({3, 1}, "[1, 3]"),
        ({}, "{}"),
        (np.float32(0.5), 0.5),
        (np.int64(4), 4),
        (np.array([0.5]), 0.5),
        (np.array([1, 2]), "[1 2]"),
        (np.longdouble(0.5), "0.5"),
        (np.bool_(True), True),
        (Tensor(0.1), 0.1),
        (Tensor(0.1, 0.2), "tensor(0.1, 0.2)"),
        ([np.float32(0.5), Tensor(2.0)], "[0.5, 2.0]"),
        (2**70, str(2**70)),
        (Path("a/b"), "a/b"),
        ("\ud800", "?"),
    ],
)
def test_values(value: object, stored: object) -> None:
    assert to_value(value, "value") == stored
    assert type(to_value(value, "value")) is type(stored)


def test_long_text_is_refused() -> None:
    with pytest.raises(ArgumentError, match="100,001 characters"):
        to_value("a" * (TEXT_LIMIT + 1), "prompt")


def test_nested_names_join_as_in_comet() -> None:
    nested = {"lr": 0.1, "model": {"depth": 3, "act": {"kind": "gelu"}}, "empty": {}}
    assert dict(flatten(nested)) == {"lr": 0.1, "model|depth": 3, "model|act|kind": "gelu", "empty": "{}"}
    assert dict(flatten(nested, prefix="run"))["run_model|depth"] == 3
    assert dict(flatten(nested, nested=False))["model"] == '{"depth": 3, "act": {"kind": "gelu"}}'


def test_objects_with_attributes_are_dictionaries() -> None:
    assert dict(flatten(argparse.Namespace(lr=0.1, layers=[1, 2]))) == {"lr": 0.1, "layers": "[1, 2]"}


@pytest.mark.parametrize("wrong", [None, 3, "lr=0.1", ["lr"], dict])
def test_what_is_no_dictionary_is_refused(wrong: object) -> None:
    with pytest.raises(ArgumentTypeError, match="not a dictionary"):
        list(flatten(wrong))


def test_a_dictionary_that_holds_itself_ends() -> None:
    loop: dict[str, object] = {"lr": 0.1}
    loop["self"] = loop
    with pytest.raises(ArgumentError, match="holds itself"):
        dict(flatten(loop))


@given(
    st.recursive(
        st.integers() | st.floats(allow_nan=False) | st.text() | st.booleans() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_any_plain_value_can_be_stored(value: object) -> None:
    assert isinstance(to_value(value, "value"), str | int | float | bool | None)


def test_sameness_tells_types_apart() -> None:
    assert is_same(math.nan, math.nan)
    assert not is_same(1, 1.0)
    assert not is_same(True, 1)
    assert is_same("a", "a")

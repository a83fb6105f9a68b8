"""Names: what passes, what is refused, and that a refusal names argument, value and fix."""

from __future__ import annotations

from itertools import pairwise

import pytest

from halley.core.ids import check_experiment_key, is_writer_id, new_experiment_key, new_writer_id
from halley.core.names import NAME_LIMIT, check_name, check_place_name, make_experiment_name
from halley.errors import ArgumentError, ArgumentTypeError


@pytest.mark.parametrize("name", ["loss", "train/loss", "µ", "损失", "a" * NAME_LIMIT, "with space", "🚀"])
def test_any_printable_name_passes(name: str) -> None:
    assert check_name(name, "name") == name


@pytest.mark.parametrize(
    ("value", "kind", "says"),
    [
        ("", ArgumentError, "is empty"),
        ("   ", ArgumentError, "is empty"),
        ("a" * (NAME_LIMIT + 1), ArgumentError, "1,001 characters, the limit is 1,000"),
        ("line\nbreak", ArgumentError, "control character"),
        ("\ud800", ArgumentError, "lone surrogate"),
        (3, ArgumentTypeError, "is of type int, not a string"),
        (None, ArgumentTypeError, "is of type NoneType, not a string"),
        (b"loss", ArgumentTypeError, "is of type bytes, not a string"),
    ],
)
def test_a_refusal_names_argument_and_fix(value: object, kind: type[Exception], says: str) -> None:
    with pytest.raises(kind) as caught:
        check_name(value, "log_metric(name)")
    assert "log_metric(name)" in str(caught.value)
    assert says in str(caught.value)
    assert isinstance(caught.value, ArgumentError)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["a/b", "a\\b", "..", ".", " a", "a ", "a" * 101, ""])
def test_a_place_must_fit_into_a_url(name: str) -> None:
    with pytest.raises(ArgumentError, match="project_name"):
        check_place_name(name, "project_name")


@pytest.mark.parametrize("key", ["a" * 31, "a" * 51, "g-" * 16, "é" * 32, ""])
def test_keys_of_the_wrong_form_are_refused(key: str) -> None:
    with pytest.raises(ArgumentError, match="32 to 50 ASCII letters and digits"):
        check_experiment_key(key)


def test_made_up_ids_are_well_formed_and_different() -> None:
    keys = {new_experiment_key() for _ in range(100)}
    assert len(keys) == 100
    assert {check_experiment_key(key) for key in keys} == keys
    assert is_writer_id(new_writer_id())
    assert new_experiment_key(lambda: "0" * 32) == "0" * 32


def test_made_up_names_differ_and_neighbours_share_no_word() -> None:
    names = [make_experiment_name(number) for number in range(1, 5_001)]
    assert len(set(names)) == 5_000
    words = [name.split("-") for name in names]
    assert all(a[0] != b[0] and a[1] != b[1] for a, b in pairwise(words))
    assert len({(one, two) for one, two, _ in words}) > 600

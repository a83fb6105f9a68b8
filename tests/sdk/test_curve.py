"""Curves and histograms: numbers in, a file that others read out."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halley.errors import ArgumentError, ArgumentTypeError
from halley.sdk.encode.curve import encode_curve
from halley.sdk.encode.histogram import Histogram, encode_histogram


def test_a_curve_is_its_numbers():
    source = encode_curve("roc", np.array([0, 0.5]), (1, math.nan))
    assert json.loads(source.data) == {"name": "roc", "x": [0, 0.5], "y": [1, None]}
    assert source.media_type == "application/json"
    with pytest.raises(ArgumentError, match="has 1 values and log_curve"):
        encode_curve("roc", [1], [1, 2])
    with pytest.raises(ArgumentTypeError, match="no list of numbers"):
        encode_curve("roc", 5, [1])


def edges_of(histogram, place):
    """The bin's ends, from how bins are described."""
    side = histogram._side
    away = abs(place - side)
    if away == 0:
        return -histogram.start, histogram.start
    low = histogram.start * histogram.step ** (away - 1)
    high = math.inf if away == side else histogram.start * histogram.step**away
    return (low, high) if place > side else (-high, -low)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=30))
def test_every_value_is_in_its_bin_however_it_comes(values):
    for given_as in (list, np.array):
        histogram = Histogram()
        histogram.add(given_as(values))
        assert sum(count for _, count in histogram.counts) == sum(not math.isnan(value) for value in values)
    for value in values:
        for given_as in (float, np.float64):
            single = Histogram()
            single.add(given_as(value))
            for place, _ in single.counts:
                low, high = edges_of(single, place)
                assert value >= low or math.isclose(value, low, rel_tol=1e-9)
                assert value <= high or math.isclose(value, high, rel_tol=1e-9)


def test_nested_lists_and_options():
    histogram = Histogram(start=1, stop=8, step=2)
    histogram.add([[0.5, 1, 2], [[3, 4], -1], True])
    side = histogram._side
    assert histogram.counts == [(side - 1, 1), (side, 1), (side + 1, 2), (side + 2, 2), (side + 3, 1)]
    source = encode_histogram([1.0, 1.0], "weights", {"offset": 1})
    told = json.loads(source.data)
    assert (told["version"], told["offset"], [count for _, count in told["index_values"]]) == (2, 1, [2])


@pytest.mark.parametrize("wrong", ["text", [None], [["a"]], np.array(["a"])])
def test_what_has_no_histogram_is_said(wrong):
    with pytest.raises(ArgumentTypeError):
        encode_histogram(wrong, None, {})


def test_bins_that_are_none_are_refused():
    with pytest.raises(ArgumentError, match="makes no bins"):
        Histogram(start=0)
    with pytest.raises(ArgumentTypeError, match="Options are"):
        encode_histogram([1], None, {"bins": 5})

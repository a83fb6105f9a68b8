"""Confusion matrices: counts, the classes that are kept, and examples of each cell."""

import json

import numpy as np
import pytest

from halley.errors import ArgumentError, ArgumentTypeError
from halley.sdk.encode.confusion import ConfusionMatrix, encode_confusion_matrix


@pytest.mark.parametrize(
    ("actual", "predicted"),
    [
        ([0, 1, 1, 2], [0, 1, 0, 2]),
        (np.array([0, 1, 1, 2]), np.eye(3)[[0, 1, 0, 2]]),
        ([[0.9, 0.1, 0], [0, 1, 0], [0, 1, 0], [0.1, 0.2, 0.7]], [[0], [1], [0], [2]]),
        ([0.0, 1.0, 1.0, 2.0], (0, 1, 0, 2)),
    ],
)
def test_classes_are_counted_however_they_come(actual, predicted):
    told = ConfusionMatrix(actual, predicted).to_json()
    assert told["matrix"] == [[1, 0, 0], [1, 1, 0], [0, 0, 1]]
    assert told["labels"] == ["0", "1", "2"]
    assert told["sampleMatrix"] == [[[0], None, None], [[2], [1], None], [None, None, [3]]]
    assert told["type"] == "integer"


def test_examples_are_limited_and_made_once():
    calls = []

    def describe(index):
        calls.append(index)
        return f"https://example.org/{index}"

    matrix = ConfusionMatrix([0] * 9, [0] * 9, max_examples_per_cell=3, index_to_example_function=describe)
    for _ in range(2):
        told = matrix.to_json()
    assert told["sampleMatrix"] == [[[f"https://example.org/{index}" for index in range(3)]]]
    assert told["type"] == "link"
    assert calls == [0, 1, 2]
    assert matrix.list_examples() == [0, 1, 2]
    assert matrix.to_json({1: {"index": 1, "assetId": "a"}})["sampleMatrix"][0][0][1] == {"index": 1, "assetId": "a"}


def test_of_many_classes_the_worst_are_kept():
    actual = [number for number in range(30) for _ in range(number + 1)]
    told = ConfusionMatrix(actual, actual, max_categories=5).to_json()
    assert told["labels"] == ["0", "1", "2", "3", "4"]
    assert ConfusionMatrix(actual, actual, selected=[29, 3]).to_json()["matrix"] == [[30, 0], [0, 4]]


def test_a_matrix_and_labels_may_be_given():
    told = ConfusionMatrix(matrix=np.array([[1, 2], [3, 4]]), labels=["cat", 5], title="t").to_json()
    assert (told["matrix"], told["labels"], told["title"], told["type"]) == ([[1, 2], [3, 4]], ["cat", "5"], "t", None)
    source = encode_confusion_matrix(ConfusionMatrix(matrix=[[1]]), "m.json", None)
    assert json.loads(source.data)["matrix"] == [[1]]
    assert ConfusionMatrix([], []).to_json()["matrix"] == []


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: ConfusionMatrix([0], [0, 1]), ArgumentError, "y_true has 1 classes and y_predicted 2"),
        (lambda: ConfusionMatrix([-1], [0]), ArgumentError, "is no class"),
        (lambda: ConfusionMatrix([0.5], [0]), ArgumentError, "is no class"),
        (lambda: ConfusionMatrix(["a"], [0]), ArgumentTypeError, "is no class"),
        (lambda: ConfusionMatrix(5, [0]), ArgumentTypeError, "not a list of classes"),
        (lambda: ConfusionMatrix([0, 1], [0, 1], labels=["a"]).to_json(), ArgumentError, "2 classes and 1 labels"),
        (lambda: ConfusionMatrix(matrix=[[1, 2]]), ArgumentError, "not as many columns"),
        (lambda: ConfusionMatrix(matrix=[["x"]]), ArgumentTypeError, "no count"),
    ],
)
def test_what_does_not_fit_is_said(call, kind, words):
    with pytest.raises(kind, match=words):
        call()

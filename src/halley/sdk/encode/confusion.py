"""Confusion matrices: how often each class was taken for which, with examples of each."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from halley.errors import ArgumentError, ArgumentTypeError
from halley.sdk.encode.asset import Source, make_json
from halley.sdk.encode.tensor import to_host

Example = Any
"""What a cell shows of an example: a number, a text, or a dictionary with `sample`, `index` and `assetId`."""


class ConfusionMatrix:
    """Counts, for every actual class, as what it was predicted.

    Args:
        y_true: The actual classes: numbers from 0, or vectors (one-hot or probabilities).
        y_predicted: The predicted ones, as many.
        labels: Names of the classes; None for their numbers.
        matrix: The counts themselves, rows by actual class; in place of `y_true` and `y_predicted`.
        title: What it is called.
        row_label: What rows are.
        column_label: What columns are.
        max_examples_per_cell: How many examples are kept of each cell.
        max_categories: Of more classes, those are kept that were right least often, or `selected`.
        winner_function: Makes the number of a class out of a vector; None for the place of its largest number.
        index_to_example_function: Makes an example out of the place in `y_true`; None for that place.
        cache: Whether that function is called once a place only, over several `compute_matrix`.
        selected: Numbers of the classes to keep.
        images: An image for every place in `y_true`; those of examples are logged with the matrix.
        images_annotations: Annotations for every image.

    Raises:
        ArgumentError: lengths or numbers do not fit.
        ArgumentTypeError: something is no class.

    Example:
        >>> halley.ConfusionMatrix([0, 1, 1], [0, 1, 0], labels=["cat", "dog"]).to_json()["matrix"]
        [[1, 0], [1, 1]]
    """

    def __init__(
        self,
        y_true: Any = None,
        y_predicted: Any = None,
        labels: Sequence[Any] | None = None,
        matrix: Any = None,
        title: str = "Confusion Matrix",
        row_label: str = "Actual Category",
        column_label: str = "Predicted Category",
        max_examples_per_cell: int = 25,
        max_categories: int = 25,
        winner_function: Callable[[Any], int] | None = None,
        index_to_example_function: Callable[[int], Example] | None = None,
        cache: bool = True,
        selected: Sequence[int] | None = None,
        images: Sequence[Any] | None = None,
        images_annotations: Sequence[Any] | None = None,
    ) -> None:
        self.images, self.images_annotations = images, images_annotations
        self.labels = None if labels is None else [str(label) for label in labels]
        self.title, self.row_label, self.column_label = title, row_label, column_label
        self.max_examples_per_cell, self.max_categories = max_examples_per_cell, max_categories
        self._winner = winner_function or _find_largest
        self._to_example = index_to_example_function
        self._cached: dict[int, Example] | None = {} if cache else None
        self._selected = None if selected is None else [int(one) for one in selected]
        self._counts: list[list[int]] = []
        self._examples: dict[tuple[int, int], list[int]] = {}
        if matrix is not None:
            self._counts = _read_matrix(matrix)
        elif y_true is not None or y_predicted is not None:
            self.compute_matrix(y_true, y_predicted)

    def compute_matrix(
        self,
        y_true: Any,
        y_predicted: Any,
        winner_function: Callable[[Any], int] | None = None,
        index_to_example_function: Callable[[int], Example] | None = None,
    ) -> None:
        """Count anew.

        Args:
            y_true: The actual classes.
            y_predicted: The predicted ones, as many.
            winner_function: As in the constructor; None for the one given there.
            index_to_example_function: The same.

        Raises:
            ArgumentError: there are not as many of both, or a number is negative.
            ArgumentTypeError: something is no class.

        Example:
            >>> matrix = halley.ConfusionMatrix(labels=["cat", "dog"])
            >>> matrix.compute_matrix([[0.9, 0.1], [0.2, 0.8]], [[0.6, 0.4], [0.7, 0.3]])
            >>> matrix.to_json()["matrix"]
            [[1, 0], [1, 0]]
        """
        winner = winner_function or self._winner
        self._to_example = index_to_example_function or self._to_example
        actual, predicted = (
            [_read_class(value, winner, argument) for value in _listed(values, argument)]
            for values, argument in ((y_true, "y_true"), (y_predicted, "y_predicted"))
        )
        if len(actual) != len(predicted):
            raise ArgumentError(
                f"y_true has {len(actual):,} classes and y_predicted {len(predicted):,}.", hint="Pass as many of each."
            )
        size = max([*actual, *predicted, -1, len(self.labels or []) - 1]) + 1
        self._counts = [[0] * size for _ in range(size)]
        self._examples = {}
        for index, cell in enumerate(zip(actual, predicted, strict=True)):
            self._counts[cell[0]][cell[1]] += 1
            examples = self._examples.setdefault(cell, [])
            if len(examples) < self.max_examples_per_cell:
                examples.append(index)

    def list_examples(self) -> list[int]:
        """The places in `y_true` of all examples that are kept, in order.

        Example:
            >>> halley.ConfusionMatrix([0, 0], [0, 0], max_examples_per_cell=1).list_examples()
            [0]
        """
        kept = set(self._choose())
        return sorted(
            index for (row, column), some in self._examples.items() if {row, column} <= kept for index in some
        )

    def to_json(self, examples: dict[int, Example] | None = None) -> dict[str, Any]:
        """Write it as a dictionary that JSON can hold.

        Args:
            examples: Examples by their place, in place of what `index_to_example_function` makes.

        Raises:
            ArgumentError: there are fewer labels than classes.
        """
        size = len(self._counts)
        labels = self.labels if self.labels is not None else [str(number) for number in range(size)]
        if len(labels) < size:
            raise ArgumentError(
                f"There are {size:,} classes and {len(labels):,} labels.", hint="Pass a label for each class."
            )
        kept = self._choose()
        made = {
            (row, column): [self._make_example(index, examples) for index in some]
            for (row, column), some in self._examples.items()
            if row in kept and column in kept
        }
        return {
            "version": 1,
            "title": self.title,
            "labels": [labels[number] for number in kept],
            "matrix": [[self._counts[row][column] for column in kept] for row in kept],
            "rowLabel": self.row_label,
            "columnLabel": self.column_label,
            "maxSamplesPerCell": self.max_examples_per_cell,
            "sampleMatrix": [[made.get((row, column)) for column in kept] for row in kept],
            "type": _find_type(made.values()),
        }

    def _choose(self) -> list[int]:
        """Numbers of the classes that are shown."""
        size = len(self._counts)
        if self._selected is not None:
            return [number for number in self._selected if 0 <= number < size]
        if size <= self.max_categories:
            return list(range(size))
        worst = sorted(range(size), key=lambda number: self._counts[number][number])
        return sorted(worst[: self.max_categories])

    def _make_example(self, index: int, examples: dict[int, Example] | None) -> Example:
        if examples is not None and index in examples:
            return examples[index]
        if self._to_example is None:
            return index
        if self._cached is None:
            return self._to_example(index)
        if index not in self._cached:
            self._cached[index] = self._to_example(index)
        return self._cached[index]


def encode_confusion_matrix(matrix: ConfusionMatrix, name: str, examples: dict[int, Example] | None) -> Source:
    """Turn a confusion matrix into a file.

    Raises:
        ArgumentError: there are fewer labels than classes.
    """
    return make_json(name, matrix.to_json(examples), "log_confusion_matrix(file_name)")


def _find_type(cells: Iterable[list[Example]]) -> str | None:
    """What kind of example most are, as Comet names it."""
    for cell in cells:
        for example in cell:
            if isinstance(example, dict):
                return "image" if "assetId" in example else "string"
            if isinstance(example, str):
                return "link" if example.startswith(("http://", "https://")) else "string"
            return "integer"
    return None


def _listed(values: Any, argument: str) -> list[Any]:
    values = to_host(values)
    if hasattr(values, "tolist"):
        values = values.tolist()
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise ArgumentTypeError(
            f"{argument} is of type {type(values).__name__}, not a list of classes.", hint="Pass numbers or vectors."
        )
    return list(values)


def _read_class(value: Any, winner: Callable[[Any], int], argument: str) -> int:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        value = winner(value)
    try:
        number = int(value)
    except (TypeError, ValueError) as error:
        raise ArgumentTypeError(
            f"{argument} holds {value!r}, which is no class.", hint="Count classes from 0."
        ) from error
    if number < 0 or number > 1_000_000 or number != value:
        raise ArgumentError(f"{argument} holds {value!r}, which is no class.", hint="Count classes from 0.")
    return number


def _find_largest(vector: Any) -> int:
    return max(range(len(vector)), key=vector.__getitem__) if len(vector) > 1 else int(vector[0])


def _read_matrix(matrix: Any) -> list[list[int]]:
    rows = [_listed(row, "matrix") for row in _listed(matrix, "matrix")]
    if any(len(row) != len(rows) for row in rows):
        raise ArgumentError(
            f"matrix has {len(rows):,} rows, but not as many columns in each.", hint="Pass a square of counts."
        )
    try:
        return [[int(count) for count in row] for row in rows]
    except (TypeError, ValueError) as error:
        raise ArgumentTypeError(f"matrix holds something that is no count: {error}.", hint="Pass numbers.") from error

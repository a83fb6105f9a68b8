"""Numbers with a shape: tables, curves, histograms, confusion matrices."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from halley.sdk.encode.confusion import ConfusionMatrix, encode_confusion_matrix
from halley.sdk.encode.curve import encode_curve
from halley.sdk.encode.histogram import encode_histogram
from halley.sdk.encode.image import encode_image
from halley.sdk.encode.table import encode_table
from halley.sdk.panes.voice import AssetInfo, Voice


class Tables(Voice):
    """Logging of tables and what is drawn from them."""

    __slots__ = ()

    def log_table(
        self, filename: Any, tabular_data: Any = None, headers: bool | Sequence[str] = False, **format_kwargs: Any
    ) -> AssetInfo | None:
        """Log a table.

        Args:
            filename: What it is called; its ending, `.csv`, `.tsv` or `.json`, says what it becomes. Without data, the
                path of a file that is one.
            tabular_data: Rows (lists, tuples or dictionaries), columns (a dictionary of lists), a numpy array, or a
                data frame of pandas or polars.
            headers: Names of the columns; True takes the first row for them.
            **format_kwargs: Passed on to the data frame's own method, such as `to_csv`.

        Raises:
            ArgumentError: the ending is none of a table's, or there is no such file.
            ArgumentTypeError: it is no table.

        Example:
            >>> info = experiment.log_table("errors.csv", [[1, "cat"], [2, "dog"]], headers=["row", "label"])
        """
        source = encode_table(filename, tabular_data, headers, format_kwargs)
        return self._emit_asset(source, kind="table")

    def log_curve(
        self,
        name: str,
        x: Any,
        y: Any,
        overwrite: bool = False,
        step: int | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> AssetInfo | None:
        """Log a curve, such as precision over recall.

        Args:
            name: What it is called; curves of one name are shown with a slider over their steps.
            x: Where its points are.
            y: How high they are; as many.
            overwrite: Whether it takes the place of an earlier one with this name and step.
            step: The step it belongs to.
            metadata: Facts about it.

        Raises:
            ArgumentError: the two have different lengths.
            ArgumentTypeError: one is no list of numbers.

        Example:
            >>> info = experiment.log_curve("roc", [0.0, 0.1, 1.0], [0.0, 0.8, 1.0], step=5)
        """
        return self._emit_asset(
            encode_curve(name, x, y), kind="curve", step=step, metadata=metadata, is_overwriting=overwrite
        )

    def log_histogram_3d(
        self,
        values: Any,
        name: str | None = None,
        step: int | None = None,
        epoch: float | None = None,
        metadata: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> AssetInfo | None:
        """Log how values are distributed, such as a layer's weights.

        Args:
            values: Numbers: lists or arrays of them, however nested; NaN is left out. Or a `Histogram` of them.
            name: What it is called; None for `histogram`.
            step: The step it belongs to.
            epoch: The epoch it belongs to.
            metadata: Facts about it.
            **kwargs: Bins other than the usual ones: `start`, `stop`, `step` and `offset` of a `Histogram`. The bins'
                factor can only be given with a `Histogram`, since `step` is the experiment's here.

        Raises:
            ArgumentTypeError: something is no number, or there is no such option.

        Example:
            >>> info = experiment.log_histogram_3d([0.1, -0.2, 0.3], name="dense/weights", step=10)
        """
        return self._emit_asset(
            encode_histogram(values, name, kwargs), kind="histogram", step=step, epoch=epoch, metadata=metadata
        )

    def create_confusion_matrix(
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
        index_to_example_function: Callable[[int], Any] | None = None,
        cache: bool = True,
        selected: Sequence[int] | None = None,
        images: Sequence[Any] | None = None,
        images_annotations: Sequence[Any] | None = None,
    ) -> ConfusionMatrix:
        """Make a confusion matrix, to compute and log it again and again; see `log_confusion_matrix`.

        Example:
            >>> matrix = experiment.create_confusion_matrix(labels=["cat", "dog"])
            >>> for epoch in range(2):
            ...     matrix.compute_matrix([0, 1, 1], [0, 1, epoch])
            ...     info = experiment.log_confusion_matrix(matrix=matrix, epoch=epoch)
        """
        return ConfusionMatrix(
            y_true,
            y_predicted,
            labels,
            matrix,
            title,
            row_label,
            column_label,
            max_examples_per_cell,
            max_categories,
            winner_function,
            index_to_example_function,
            cache,
            selected,
            images,
            images_annotations,
        )

    def log_confusion_matrix(
        self,
        y_true: Any = None,
        y_predicted: Any = None,
        matrix: Any = None,
        labels: Sequence[Any] | None = None,
        title: str = "Confusion Matrix",
        row_label: str = "Actual Category",
        column_label: str = "Predicted Category",
        max_examples_per_cell: int = 25,
        max_categories: int = 25,
        winner_function: Callable[[Any], int] | None = None,
        index_to_example_function: Callable[[int], Any] | None = None,
        cache: bool = True,
        file_name: str = "confusion-matrix.json",
        overwrite: bool = False,
        step: int | None = None,
        epoch: float | None = None,
        images: Sequence[Any] | None = None,
        selected: Sequence[int] | None = None,
        images_annotations: Sequence[Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> AssetInfo | None:
        """Log how often each class was taken for which.

        Args:
            y_true: The actual classes: numbers from 0, or vectors (one-hot or probabilities).
            y_predicted: The predicted ones, as many.
            matrix: A `ConfusionMatrix`, or the counts themselves, rows by actual class.
            labels: Names of the classes; None for their numbers.
            title: What it is called.
            row_label: What rows are.
            column_label: What columns are.
            max_examples_per_cell: How many examples are kept of each cell.
            max_categories: Of more classes, those are kept that were right least often, or `selected`.
            winner_function: Makes the number of a class out of a vector; None for the place of its largest number.
            index_to_example_function: Makes an example out of the place in `y_true`: a number, a text, an address.
            cache: Whether that function is called once a place only.
            file_name: What the asset is called; matrices of one name are shown with a slider over their steps.
            overwrite: Whether it takes the place of an earlier one with this name and step.
            step: The step it belongs to.
            epoch: The epoch it belongs to.
            images: An image for every place in `y_true`, as `log_image` takes it; those of examples are logged.
            selected: Numbers of the classes to keep.
            images_annotations: Annotations for every image, see `log_image`.
            metadata: Facts about it.

        Returns:
            As `log_asset` does.

        Raises:
            ArgumentError: lengths or numbers do not fit.
            ArgumentTypeError: something is no class.

        Example:
            >>> info = experiment.log_confusion_matrix([0, 1, 1], [0, 1, 0], labels=["cat", "dog"])
        """
        made = matrix
        if not isinstance(made, ConfusionMatrix):
            made = self.create_confusion_matrix(
                y_true=y_true,
                y_predicted=y_predicted,
                labels=labels,
                matrix=matrix,
                title=title,
                row_label=row_label,
                column_label=column_label,
                max_examples_per_cell=max_examples_per_cell,
                max_categories=max_categories,
                winner_function=winner_function,
                index_to_example_function=index_to_example_function,
                cache=cache,
                selected=selected,
            )
        elif y_true is not None:
            made.compute_matrix(y_true, y_predicted, winner_function, index_to_example_function)
        pictures = images if images is not None else made.images
        notes = images_annotations if images_annotations is not None else made.images_annotations
        examples = {}
        for index in made.list_examples() if pictures is not None else []:
            assert pictures is not None  # for the type checker
            annotations = notes[index] if notes is not None else None
            source = encode_image(pictures[index], f"{file_name.removesuffix('.json')}/examples")
            facts = {"index": index} | ({"annotations": annotations} if annotations else {})
            info = self._emit_asset(source, kind="image", step=step, epoch=epoch, metadata=facts)
            if info is not None:
                examples[index] = {"index": index, "assetId": info["assetId"]}
        return self._emit_asset(
            encode_confusion_matrix(made, file_name, examples),
            kind="confusion-matrix",
            step=step,
            epoch=epoch,
            metadata=metadata,
            is_overwriting=overwrite,
        )

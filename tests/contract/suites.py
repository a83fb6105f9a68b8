"""The ports' contracts as every adapter has to keep them: at usual sizes, and with tiny chunks.

Each adapter's file imports these classes and says by a fixture `place` where its store is.
"""

import pytest

from halley.storage.testing import (
    CatalogContract,
    DeletionContract,
    ExportContract,
    MetricsContract,
    NamesContract,
    OutputContract,
    SearchContract,
    SortContract,
    StorageContract,
)

__all__ = [
    "TestCatalog",
    "TestDeletion",
    "TestExport",
    "TestMetrics",
    "TestNames",
    "TestOutput",
    "TestSearch",
    "TestSort",
    "TestStorage",
    "TestTinyDeletion",
    "TestTinyExport",
    "TestTinyMetrics",
    "TestTinyOutput",
]


class TestCatalog(CatalogContract):
    pass


class TestSearch(SearchContract):
    pass


class TestSort(SortContract):
    pass


class TestMetrics(MetricsContract):
    pass


class TestExport(ExportContract):
    pass


class TestDeletion(DeletionContract):
    pass


class TestNames(NamesContract):
    pass


class TestOutput(OutputContract):
    pass


class TestStorage(StorageContract):
    pass


@pytest.mark.usefixtures("tiny")
class TestTinyMetrics(MetricsContract):
    exact_points = 8
    border_points = 4
    long_points = 3_000


@pytest.mark.usefixtures("tiny")
class TestTinyExport(ExportContract):
    pass


@pytest.mark.usefixtures("tiny")
class TestTinyDeletion(DeletionContract):
    pass


@pytest.mark.usefixtures("tiny")
class TestTinyOutput(OutputContract):
    replaceable_lines = 8

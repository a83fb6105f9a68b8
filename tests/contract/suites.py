"""The ports' contracts as every adapter has to keep them: at usual sizes, and with tiny chunks.

Each adapter's file imports these classes and says by a fixture `place` where its store is.
"""

import pytest

from halley.storage.testing import (
    AssetsContract,
    CatalogContract,
    DeletionContract,
    ExportContract,
    ForksContract,
    MetricsContract,
    NamesContract,
    NewsContract,
    OutputContract,
    SearchContract,
    SortContract,
    StorageContract,
)

__all__ = [
    "TestAssets",
    "TestCatalog",
    "TestDeletion",
    "TestExport",
    "TestForks",
    "TestMetrics",
    "TestNames",
    "TestNews",
    "TestOutput",
    "TestSearch",
    "TestSort",
    "TestStorage",
    "TestTinyDeletion",
    "TestTinyExport",
    "TestTinyForks",
    "TestTinyMetrics",
    "TestTinyNews",
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


class TestForks(ForksContract):
    pass


class TestNews(NewsContract):
    pass


class TestExport(ExportContract):
    pass


class TestDeletion(DeletionContract):
    pass


class TestNames(NamesContract):
    pass


class TestOutput(OutputContract):
    pass


class TestAssets(AssetsContract):
    pass


class TestStorage(StorageContract):
    pass


@pytest.mark.usefixtures("tiny")
class TestTinyMetrics(MetricsContract):
    exact_points = 8
    long_points = 3_000


@pytest.mark.usefixtures("tiny")
class TestTinyForks(ForksContract):
    exact_points = 8
    long_points = 3_000


@pytest.mark.usefixtures("tiny")
class TestTinyNews(NewsContract):
    exact_points = 8
    border_points = 4


@pytest.mark.usefixtures("tiny")
class TestTinyExport(ExportContract):
    pass


@pytest.mark.usefixtures("tiny")
class TestTinyDeletion(DeletionContract):
    pass


@pytest.mark.usefixtures("tiny")
class TestTinyOutput(OutputContract):
    replaceable_lines = 8

"""The PostgreSQL adapter keeps the ports' contracts, at its usual sizes and with tiny chunks."""

import pytest

from halley.storage.open import open_storage
from halley.storage.testing import CatalogContract, MetricsContract, OutputContract, SearchContract, StorageContract


@pytest.fixture
def storages(databases, shared_database):
    databases.empty(shared_database)
    opened = []

    def reopen():
        for storage in opened:
            storage.close()
        opened[:] = [open_storage(shared_database)]
        return opened[0]

    yield reopen
    for storage in opened:
        storage.close()


@pytest.fixture
def storage(storages):
    return storages()


@pytest.fixture
def reopen(storages):
    return storages


class TestCatalog(CatalogContract):
    pass


class TestSearch(SearchContract):
    pass


class TestMetrics(MetricsContract):
    pass


class TestOutput(OutputContract):
    pass


class TestStorage(StorageContract):
    pass


@pytest.mark.usefixtures("tiny")
class TestTinyMetrics(MetricsContract):
    exact_points = 8
    long_points = 3_000


@pytest.mark.usefixtures("tiny")
class TestTinyOutput(OutputContract):
    replaceable_lines = 8

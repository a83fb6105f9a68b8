"""The SQLite adapter keeps the ports' contracts, at its usual sizes and with tiny chunks."""

import pytest

from halley.storage.open import open_storage
from halley.storage.sql.metrics import append, codec, draw, fold
from halley.storage.sql.output import output
from halley.storage.testing import CatalogContract, MetricsContract, OutputContract, SearchContract, StorageContract


@pytest.fixture
def storages(tmp_path):
    opened = []

    def reopen():
        for storage in opened:
            storage.close()
        opened[:] = [open_storage(tmp_path / "data")]
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


@pytest.fixture
def tiny(monkeypatch):
    """Folds, splits, roll-ups and seals happen after a few points and lines, so that short tests meet all of them."""
    monkeypatch.setattr(append, "_DIRECT_POINTS", 24)
    monkeypatch.setattr(append, "_FOLD_POINTS", 48)
    monkeypatch.setattr(append, "_FOLD_WIDTH", 4)
    monkeypatch.setattr(fold, "CHUNK_POINTS", 64)
    monkeypatch.setattr(fold, "ROLLED_POINTS", 16)
    monkeypatch.setattr(codec, "BLOCK_POINTS", 4)
    monkeypatch.setattr(draw, "BLOCK_POINTS", 4)
    monkeypatch.setattr(draw, "_ROLLED_POINTS_PER_BUCKET", 8)
    monkeypatch.setattr(draw, "_FETCH", 3)
    monkeypatch.setattr(output, "SEAL_LINES", 8)


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

"""What all adapters are tested with."""

import pytest

from halley.storage.open import open_storage
from halley.storage.sql.metrics import append, axes, brush, clock_axis, codec, fold, heap, lines, stretch
from halley.storage.sql.output import output


@pytest.fixture
def reopen(place):
    """Opens the adapter's store; called again, it closes and opens it anew."""
    opened = []

    def open_anew():
        for storage in opened:
            storage.close()
        opened[:] = [open_storage(place)]
        return opened[0]

    yield open_anew
    for storage in opened:
        storage.close()


@pytest.fixture
def storage(reopen):
    return reopen()


@pytest.fixture
def tiny(monkeypatch):
    """Folds, splits, roll-ups and seals happen after a few points and lines, so that short tests meet all of them."""
    monkeypatch.setattr(append, "_DIRECT_POINTS", 24)
    monkeypatch.setattr(append, "_FOLD_POINTS", 48)
    monkeypatch.setattr(append, "_FOLD_WIDTH", 4)
    monkeypatch.setattr(fold, "CHUNK_POINTS", 64)
    monkeypatch.setattr(fold, "_COMPACT_POINTS", 200)
    monkeypatch.setattr(fold, "_CLOCK_LIMIT", 2)
    monkeypatch.setattr(fold, "ROLLED_POINTS", 16)
    for module in (brush, clock_axis):
        monkeypatch.setattr(module, "ROLLED_POINTS", 16)
    for module in (axes, brush, codec):
        monkeypatch.setattr(module, "BLOCK_POINTS", 4)
    monkeypatch.setattr(stretch, "STRETCH_CHUNKS", 3)
    for module in (fold, lines):
        monkeypatch.setattr(module, "STRETCH_POINTS", 192)
    monkeypatch.setattr(heap, "_FLUSH_POINTS", 300)
    monkeypatch.setattr(heap, "_MATRIX_POINTS", 64)
    monkeypatch.setattr(heap, "_SHORT_POINTS", 30)
    monkeypatch.setattr(clock_axis, "_FETCH", 3)
    monkeypatch.setattr(brush, "_ROLLED_POINTS_PER_BUCKET", 8)
    monkeypatch.setattr(brush, "_FETCH", 3)
    monkeypatch.setattr(output, "SEAL_LINES", 8)

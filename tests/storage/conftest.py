"""A store in a fresh folder."""

import pytest

from halley.storage.open import open_storage


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def storage(folder):
    with_store = open_storage(folder)
    yield with_store
    with_store.close()

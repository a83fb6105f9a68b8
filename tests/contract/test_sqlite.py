"""The SQLite adapter keeps the ports' contracts."""

import pytest
from tests.contract.suites import *  # noqa: F403 - the suites are what is run here


@pytest.fixture
def place(tmp_path):
    return tmp_path / "data"

"""What every test may lean on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import Databases, open_databases

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def clean_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of whoever runs the tests leaks in, and nothing is written to a home folder."""
    for variable in list(os.environ):
        if variable.startswith(("HALLEY_", "COMET_")):
            monkeypatch.delenv(variable)
    monkeypatch.setenv("HALLEY_HOME", str(tmp_path / "halley-home"))


_GIVEN_DATABASE = os.environ.get("HALLEY_TEST_DATABASE")


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """PostgreSQL: the one that HALLEY_TEST_DATABASE names, or one that is started and ends with the tests."""
    found = open_databases(_GIVEN_DATABASE)
    try:
        yield found
    finally:
        found.close()


@pytest.fixture(scope="session")
def shared_database(databases: Databases) -> str:
    """The URL of one database for all tests that empty it before they use it."""
    return databases.make()

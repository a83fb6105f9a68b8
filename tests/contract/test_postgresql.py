"""The PostgreSQL adapter keeps the ports' contracts."""

import pytest
from tests.contract.suites import *  # noqa: F403 - the suites are what is run here


@pytest.fixture
def place(databases, shared_database):
    databases.empty(shared_database)
    return shared_database

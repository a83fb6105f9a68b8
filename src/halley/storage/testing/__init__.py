"""The ports' conformance suites: pytest classes that every adapter has to pass.

An adapter's test subclasses them and gives two fixtures: `storage`, an open and empty store, and `reopen`, a function
that closes the store, opens it again and returns it.
"""

from halley.storage.testing.assets import AssetsContract
from halley.storage.testing.catalog import CatalogContract
from halley.storage.testing.deletion import DeletionContract
from halley.storage.testing.export import ExportContract
from halley.storage.testing.forks import ForksContract
from halley.storage.testing.metrics import MetricsContract
from halley.storage.testing.names import NamesContract
from halley.storage.testing.news import NewsContract
from halley.storage.testing.output import OutputContract
from halley.storage.testing.search import SearchContract
from halley.storage.testing.sort import SortContract
from halley.storage.testing.storage import StorageContract

__all__ = [
    "AssetsContract",
    "CatalogContract",
    "DeletionContract",
    "ExportContract",
    "ForksContract",
    "MetricsContract",
    "NamesContract",
    "NewsContract",
    "OutputContract",
    "SearchContract",
    "SortContract",
    "StorageContract",
]

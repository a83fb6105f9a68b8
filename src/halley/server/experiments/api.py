"""What other slices may call: finding a run by its key."""

from halley.errors import NotFound
from halley.storage.ports.catalog import Catalog


def find_run(catalog: Catalog, key: str) -> int:
    """Return the run of an experiment key.

    Raises:
        NotFound: no experiment has this key.
    """
    run = catalog.find_run(key)
    if run is None:
        raise NotFound(
            f"There is no experiment {key!r}.",
            hint="It may have been deleted, or its sender has not reached this server yet.",
            field="key",
        )
    return run

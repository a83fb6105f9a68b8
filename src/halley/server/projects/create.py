"""Making an empty project."""

from halley.storage.ports.catalog import Catalog, Project


def create(catalog: Catalog, workspace: str, name: str, *, now: int) -> Project | None:
    """Make a project and its workspace.

    Returns:
        The project, or None if there is one of this name.
    """
    if catalog.get_project(workspace, name) is not None:
        return None
    catalog.ensure_project(workspace, name, now=now)
    return catalog.get_project(workspace, name)

"""Where an experiment belongs, and where its records go."""

from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from halley.core.ids import ExperimentKey


class Place(NamedTuple):
    """Where an experiment belongs, and where its records go.

    Attributes:
        key: The experiment's key.
        workspace: The workspace's name.
        project: The project's name.
        url: The server's address, without a slash at the end.
        journals: The folder of run folders.
    """

    key: ExperimentKey
    workspace: str
    project: str
    url: str
    journals: Path

    @property
    def run(self) -> Path:
        """The run folder."""
        return self.journals / self.key

    @property
    def page(self) -> str:
        """The address of the experiment's page."""
        workspace, project = quote(self.workspace, safe=""), quote(self.project, safe="")
        return f"{self.url}/{workspace}/{project}/experiments/{self.key}"

"""Build hook: a wheel or sdist carries the built web UI. An editable install does not build it; `make setup` does."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebBuildHook(BuildHookInterface[Any]):
    """Puts the built web UI into the package, and asks for Node.js as a wheel only where it is needed and missing."""

    def _web(self) -> ModuleType:
        path = Path(self.root) / "packaging" / "web.py"
        spec = importlib.util.spec_from_file_location("halley_packaging_web", path)
        if spec is None or spec.loader is None:
            raise FileNotFoundError(path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def dependencies(self) -> list[str]:
        """Ask for Node.js where it is missing."""
        web = self._web()
        return [] if web.is_built() or web.is_node_on_path() else [web.NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the UI before the files are collected."""
        if version != "editable":
            self._web().build()

"""What every test may lean on."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def clean_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of whoever runs the tests leaks in, and nothing is written to a home folder."""
    import os

    for variable in list(os.environ):
        if variable.startswith(("HALLEY_", "COMET_")):
            monkeypatch.delenv(variable)
    monkeypatch.setenv("HALLEY_HOME", str(tmp_path / "halley-home"))

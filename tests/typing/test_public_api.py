"""The public API as a user's type checker sees it: what is right passes, what is wrong is caught."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def check(file: Path) -> subprocess.CompletedProcess[str]:
    """Run mypy strict over one file."""
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", file],
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_right_use_passes() -> None:
    said = check(HERE / "right_use.py")
    assert said.returncode == 0, said.stdout


def test_every_wrong_line_is_caught() -> None:
    file = HERE / "wrong_use.py"
    said = check(file)
    caught = {int(line.split(":")[1]) for line in said.stdout.splitlines() if ": error:" in line}
    wrong = {number for number, line in enumerate(file.read_text().splitlines(), 1) if line.endswith("# wrong")}
    assert wrong, "the file holds wrong lines"
    if caught != wrong:
        pytest.fail(f"wrong lines {sorted(wrong)}, caught {sorted(caught)}\n{said.stdout}")

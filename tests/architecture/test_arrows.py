"""The arrows of the house hold, and the linter that holds them bites."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "halley"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter over the package in `folder`."""
    lint_imports = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [lint_imports, "--config", folder / "pyproject.toml", "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_arrows_hold() -> None:
    said = lint(ROOT)
    assert said.returncode == 0, said.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("sdk/planted.py", "import halley.server", "The SDK never imports the server"),
        ("server/planted.py", "import halley.sdk", "The server never imports the SDK"),
        ("core/planted.py", "import halley.wire.records", "Arrows"),
        ("wire/planted.py", "import numpy", "core and wire import the standard library"),
        ("server/ingest/planted.py", "import halley.storage.sql", "Only server.app and storage.open"),
    ],
)
def test_planted_violation_is_caught(tmp_path: Path, file: str, line: str, contract: str) -> None:
    shutil.copytree(SOURCE, tmp_path / "src" / "halley", ignore=shutil.ignore_patterns("static", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "src" / "halley" / file).write_text(line + "\n")
    said = lint(tmp_path)
    assert said.returncode != 0
    broken = [text for text in said.stdout.splitlines() if text.rstrip().endswith("BROKEN")]
    assert contract in re.sub(r"\s+", " ", said.stdout), said.stdout
    assert broken, said.stdout


def modules() -> list[Path]:
    """All Python files of the package."""
    return sorted(SOURCE.rglob("*.py"))


def test_environment_is_read_in_settings_only() -> None:
    guilty = [
        str(path.relative_to(SOURCE))
        for path in modules()
        if path != SOURCE / "settings.py" and re.search(r"\bos\.(environ|getenv)\b", path.read_text())
    ]
    assert guilty == []


def test_sql_lives_under_storage_only() -> None:
    sql = re.compile(r"\b(select\b.+\bfrom|insert into|update \w+ set|delete from|create table)\b", re.IGNORECASE)
    strings = re.compile(r"(?<!\w)[rf]*(\"[^\"\n]*\"|'[^'\n]*')")
    guilty = [
        f"{path.relative_to(SOURCE)}: {text}"
        for path in modules()
        if "storage" not in path.relative_to(SOURCE).parts
        for text in (match.group(1) for match in strings.finditer(path.read_text()))
        if sql.search(text)
    ]
    assert guilty == []


def test_drawers_have_names() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "service"}
    folders = [SOURCE, ROOT / "web" / "src"]
    guilty = [
        str(path.relative_to(ROOT))
        for folder in folders
        for path in folder.rglob("*")
        if "static" not in path.parts and path.stem.lower() in drawers
    ]
    assert guilty == []


def test_browser_asks_the_server_in_one_room_only() -> None:
    web = ROOT / "web" / "src"
    guilty = [
        str(path.relative_to(ROOT))
        for path in web.rglob("*.ts*")
        if "api" not in path.relative_to(web).parts and re.search(r"(?<![\w.])fetch\(", path.read_text())
    ]
    assert guilty == []

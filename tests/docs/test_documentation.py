"""The documentation says what is: paths exist, examples run, generated pages are fresh, every public thing is there."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import halley
from halley import errors
from halley.settings import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
FIRST = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")]
PAGES = [*FIRST, *sorted((ROOT / "docs").rglob("*.md"))]


def module_names() -> list[str]:
    """Every module of the package that can be imported without running a program."""
    names = [module.name for module in pkgutil.walk_packages(halley.__path__, "halley.")]
    return ["halley", *(name for name in names if not name.endswith("__main__"))]


@pytest.mark.parametrize("name", module_names())
def test_docstring_examples_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} has no docstring"
    if not any(test.examples for test in doctest.DocTestFinder().find(module)):
        return
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HALLEY_MODE", "offline")
    with halley.start(display_summary_level=0, auto_output_logging=False) as experiment:
        names = {"halley": halley, "experiment": experiment}
        assert doctest.testmod(module, extraglobs=names if ".sdk." in name else None).failed == 0


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_paths_named_exist(path: Path) -> None:
    text = path.read_text()
    named = set(re.findall(r"`((?:src|tests|docs|web|examples|benchmarks|packaging)/[\w./-]+)`", text))
    missing = sorted(
        path for path in named if not (ROOT / path.rstrip("/")).exists() and path != "src/halley/server/static"
    )
    assert missing == []
    links = {link.split("#")[0] for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text)} - {""}
    assert sorted(link for link in links if not (path.parent / link).exists()) == []


def test_every_invariant_names_its_test() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    invariants = text.split("## Invariants")[1].split("\n## ")[0]
    rows = [line for line in invariants.splitlines() if re.match(r"\d+\. ", line)]
    assert len(rows) >= 10
    for row in rows:
        tests = re.findall(r"`((?:tests|src)/[\w/]+\.py)::(\w+)`", row)
        assert tests, f"no test named: {row}"
        for file, test in tests:
            assert re.search(rf"def {test}\b", (ROOT / file).read_text()), f"{file} has no {test}"


def test_every_setting_and_error_is_documented() -> None:
    settings = (ROOT / "docs/reference/settings.md").read_text()
    assert [row.name for row in SETTINGS if f"`{row.variable}`" not in settings] == []
    page = (ROOT / "docs/reference/errors.md").read_text()
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.HalleyError)]
    assert [kind.code for kind in kinds if f"`{kind.code}`" not in page] == []


def test_every_public_method_is_documented_with_an_example() -> None:
    page = (ROOT / "docs/reference/experiment.md").read_text()
    for name in dir(halley.Experiment):
        if name.startswith("_"):
            continue
        assert f"`{name}" in page, name
        text = getattr(halley.Experiment, name).__doc__ or ""
        assert len(text) > 20, f"Experiment.{name} has no docstring"


def test_what_is_here_of_comet_takes_its_arguments() -> None:
    sys.path.insert(0, str(ROOT / "packaging"))
    try:
        comet = importlib.import_module("comet")
    finally:
        sys.path.remove(str(ROOT / "packaging"))
    for name, arguments in comet.list_methods():
        member = getattr(halley.Experiment, name, None)
        if member is None or arguments == ["property"]:
            continue
        own = [one for one in inspect.signature(member).parameters if one != "self"]
        named = [argument for argument in arguments if not argument.startswith("*")]
        assert own[: len(named)] == named, name


def test_generated_pages_are_fresh() -> None:
    said = subprocess.run(
        [sys.executable, ROOT / "packaging" / "generate.py", "--check", "--python-only"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert said.returncode == 0, said.stdout + said.stderr


def test_no_registry_address_is_locked() -> None:
    for lock in ("requirements.lock", "web/package-lock.json"):
        text = (ROOT / lock).read_text()
        assert '"resolved"' not in text
        assert not re.search(r"(index-url|--find-links|registry)[ =\"]+https?://", text)

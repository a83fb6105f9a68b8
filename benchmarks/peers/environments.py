"""An environment for each peer, made from its lock with hashes; kept in `.venv-peers/`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ENVIRONMENTS = ROOT / ".venv-peers"


class NotInstalled(Exception):
    """A peer's environment could not be made; the text says why."""


def python_of(name: str) -> str:
    """The Python of a peer's environment, made if it is not there or its lock changed; Halley's is this one.

    Raises:
        NotInstalled: a package of the lock cannot be had here.
    """
    if name == "halley":
        return sys.executable
    folder, lock = ENVIRONMENTS / name, HERE / "requirements" / f"{name}.lock"
    python, stamp = folder / "bin" / "python", folder / ".installed"
    if not stamp.exists() or stamp.read_text() != lock.read_text():
        print(f"Installing {name} to measure against", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        command = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", lock]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        if said.returncode != 0:
            errors = [line for line in said.stderr.splitlines() if line.startswith("ERROR")]
            raise NotInstalled(f"{name}: {(errors or ['pip failed'])[-1][:200]}")
        stamp.write_text(lock.read_text())
    return str(python)


def version_of(python: str, package: str) -> str:
    """Version of a package in an environment."""
    code = f"from importlib.metadata import version; print(version({package!r}))"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()

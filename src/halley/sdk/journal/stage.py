"""Files that wait to be sent: the content of assets that is too large for the journal, in the run folder's `files`.

A file is named by its asset's id, and appears whole: whoever sends it needs to know nothing else, and what is listed is
what is left to send.
"""

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from halley.core.asset import is_asset_id

FILES = "files"


def stage_bytes(run: Path, asset: str, pieces: Iterable[bytes]) -> int:
    """Put bytes there; return how many.

    Raises:
        OSError: there is no room.
    """
    hidden = _prepare(run, asset)
    try:
        with hidden.open("xb") as file:
            size = sum(map(file.write, pieces))
        hidden.rename(run / FILES / asset)
    except BaseException:
        hidden.unlink(missing_ok=True)
        raise
    return size


def stage_file(run: Path, asset: str, path: Path, *, is_copied: bool) -> int:
    """Put a copy of a file there, or (not copied) only where it is; return its size.

    Raises:
        OSError: it cannot be read, or there is no room.
    """
    hidden = _prepare(run, asset)
    try:
        if is_copied:
            shutil.copyfile(path, hidden)
        else:
            hidden.symlink_to(path.absolute())
        size = hidden.stat().st_size
        hidden.rename(run / FILES / asset)
    except BaseException:
        hidden.unlink(missing_ok=True)
        raise
    return size


def _prepare(run: Path, asset: str) -> Path:
    (run / FILES).mkdir(mode=0o700, parents=True, exist_ok=True)
    return run / FILES / f".{asset}"


def list_files(run: Path) -> list[Path]:
    """List the files that wait, the oldest first."""
    try:
        names = os.listdir(run / FILES)  # noqa: PTH208 - asked all the time, as folder.list_segments is
    except FileNotFoundError:
        return []
    found = [run / FILES / name for name in names if is_asset_id(name)]
    return sorted(found, key=_age) if len(found) > 1 else found


def remove_files(run: Path) -> None:
    """Remove all files that wait, and their folder."""
    shutil.rmtree(run / FILES, ignore_errors=True)


def _age(path: Path) -> tuple[int, str]:
    with suppress(FileNotFoundError):
        return path.lstat().st_mtime_ns, path.name
    return 0, path.name

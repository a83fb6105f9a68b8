"""Send experiments that were recorded offline or left behind.

Without a folder, everything under HOME/journals is sent. A run folder is removed when the server has all of it; what
is interrupted goes on where it was, and sending something twice does no harm. The server is the setting `url`.
"""

import argparse
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from halley.errors import ArgumentError
from halley.sdk.journal.delivery import Delivery
from halley.sdk.sender.deliver import Courier
from halley.sdk.sender.upload import Upload, find_runs, upload_run
from halley.settings import load

_COLUMNS = ("experiment", "delivered", "already there", "refused", "broken", "")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("folders", nargs="*", type=Path, metavar="DIR", help="a run folder, or a folder of them")
    parser.add_argument("--url", default=None, metavar="URL", help="where the server is; default: the setting url")
    parser.add_argument(
        "--wait",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="how long to try in all when the server does not answer; default 10",
    )


def run(arguments: argparse.Namespace) -> int:
    """Send every run folder, and print what became of each.

    Returns:
        0 if nothing is left to send and nothing was refused or broken, else 1.

    Raises:
        ArgumentError: a folder does not exist, or the wait is none.
        SettingError: a setting is wrong.
    """
    settings = load({"url": arguments.url})
    if not (math.isfinite(arguments.wait) and arguments.wait >= 0):
        raise ArgumentError(f"--wait={arguments.wait:g} is no length of time.", hint="Pass seconds, 0 to try once.")
    default = Path(settings["home"]) / "journals"
    folders = arguments.folders or ([default] if default.is_dir() else [])
    runs = find_runs(folders)
    if not runs:
        print(f"There is nothing to send in {', '.join(map(str, folders)) or default}.")
        return 0
    courier = Courier(settings["url"], settings["api_key"])
    uploads = []
    given_up_at = time.monotonic() + arguments.wait
    for place, run in enumerate(runs, 1):
        # A server that is away is waited for once, not anew for every run.
        wait = max(0.0, given_up_at - time.monotonic())
        uploads.append(_upload(run, courier, wait, f"[{place}/{len(runs)}]"))
        if uploads[-1].is_complete:
            given_up_at = time.monotonic() + arguments.wait
    courier.close()
    print(_table(uploads))
    return 0 if all(upload.is_complete and not upload.refused and not upload.broken for upload in uploads) else 1


def _upload(run: Path, courier: Courier, wait: float, place: str) -> Upload:
    is_terminal = sys.stderr.isatty()

    def report(delivery: Delivery) -> None:
        if is_terminal:
            files = f", {delivery.files:,} files left" if delivery.files else ""
            text = f"\r{place} {run.name} {delivery.delivered:,} records{files}\x1b[K"
            print(text, end="", file=sys.stderr, flush=True)

    def say(text: str) -> None:
        print("\n" * is_terminal + f"{place} {text}", file=sys.stderr)

    upload = upload_run(run, courier, report=report, say=say, patience_seconds=wait)
    if is_terminal:
        print(file=sys.stderr)
    return upload


def _table(uploads: Sequence[Upload]) -> str:
    rows = [
        _COLUMNS,
        *(
            (
                upload.run.name,
                f"{upload.delivered:,}",
                f"{upload.already:,}",
                f"{upload.refused:,}",
                f"{upload.broken:,}",
                upload.note,
            )
            for upload in uploads
        ),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )

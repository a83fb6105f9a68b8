"""Sending run folders that were left behind: recorded offline, or given up by their sender. The sender's own code."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from halley.core.ids import is_experiment_key
from halley.errors import ArgumentError, ExperimentGone, JournalVersionError
from halley.sdk.journal.delivery import Delivery
from halley.sdk.journal.folder import is_alive, list_writers
from halley.sdk.journal.stage import list_files
from halley.sdk.sender.deliver import Courier
from halley.sdk.sender.drain import Drain, remove_run
from halley.sdk.sender.lock import try_lock


class Upload(NamedTuple):
    """What became of one run folder.

    Attributes:
        run: The run folder.
        delivered: Records the server took now.
        already: Records it had before.
        refused: Records it will not take.
        broken: Records that could not be read.
        note: Why something is left, or what else a person should know; empty if all is well.
        is_complete: Whether nothing is left to send.
    """

    run: Path
    delivered: int
    already: int
    refused: int
    broken: int
    note: str
    is_complete: bool


def find_runs(folders: Iterable[Path]) -> list[Path]:
    """Find run folders: those given, and those inside folders given.

    Raises:
        ArgumentError: a folder does not exist.
    """
    runs: list[Path] = []
    for folder in folders:
        if not folder.is_dir():
            raise ArgumentError(f"There is no folder {folder}.", hint="Pass a run folder, or a folder of them.")
        if is_experiment_key(folder.name) and _has_something(folder):
            runs.append(folder)
        else:
            runs += [run for run in sorted(folder.iterdir()) if is_experiment_key(run.name) and run.is_dir()]
    return [run.absolute() for run in dict.fromkeys(runs) if _has_something(run)]


def _has_something(run: Path) -> bool:
    try:
        return bool(list_writers(run) or list_files(run))
    except FileNotFoundError:  # its sender was quicker
        return False


def upload_run(
    run: Path,
    courier: Courier,
    *,
    report: Callable[[Delivery], None],
    say: Callable[[str], None],
    patience_seconds: float,
) -> Upload:
    """Send one run folder, and remove it when everything is on the server. Sending it twice does no harm.

    Args:
        run: The run folder.
        courier: Delivers to the server.
        report: Called with every change of how far it is.
        say: Called with lines for people.
        patience_seconds: How long to try when the server does not take it.
    """
    try:
        if any(is_alive(folder) for folder in list_writers(run)):
            return Upload(run, 0, 0, 0, 0, "is still running; left alone", False)
        lock = try_lock(run)
    except FileNotFoundError:
        return Upload(run, 0, 0, 0, 0, "its sender has sent it meanwhile", True)
    if lock is None:
        return Upload(run, 0, 0, 0, 0, "its sender is at work; left alone", False)
    drain = Drain(run, courier, report=report, say=say, patience_seconds=patience_seconds)
    try:
        drain.ask_what_is_there()
        outcome = drain.run()
    except JournalVersionError as error:
        os.close(lock)
        return Upload(run, 0, 0, 0, 0, str(error), False)
    except ExperimentGone:
        os.close(lock)
        return Upload(run, 0, 0, 0, 0, "was deleted on the server; left alone, remove the folder", False)
    note = outcome.error
    if outcome.is_complete and not remove_run(run):
        note = f"what could not be delivered is kept in {run}"
    os.close(lock)
    counts = outcome.delivery
    return Upload(
        run, counts.delivered, outcome.already_count, counts.refused, counts.broken, note, outcome.is_complete
    )

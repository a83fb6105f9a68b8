"""Starting the sender process from the training process."""

import subprocess
import sys
from pathlib import Path

import msgspec


class Orders(msgspec.Struct, frozen=True):
    """What the sender is told on its standard input: secrets belong in no argument list and in no file."""

    url: str
    api_key: str | None = None


def start_sender(run: Path, orders: Orders) -> "subprocess.Popen[bytes]":
    """Start the sender of a run folder: a session of its own, so that neither Ctrl-C nor a closed terminal ends it.

    Raises:
        OSError: no process can be started.
    """
    with (run / "sender.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own module, run by the interpreter that runs us
            [sys.executable, "-P", "-m", "halley.sdk.sender", str(run)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
        )
    assert process.stdin is not None  # for the type checker: it is a pipe
    with process.stdin as pipe:
        pipe.write(msgspec.json.encode(orders))
    return process

"""Starting the sender process from the training process."""

import subprocess
from pathlib import Path

import msgspec

from halley.sdk.child import start_child


class Orders(msgspec.Struct, frozen=True):
    """What the sender is told."""

    url: str
    api_key: str | None = None


def start_sender(run: Path, orders: Orders) -> "subprocess.Popen[bytes]":
    """Start the sender of a run folder.

    Raises:
        OSError: no process can be started.
    """
    return start_child("halley.sdk.sender", orders, log=run / "sender.log", arguments=[str(run)])

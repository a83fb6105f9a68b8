"""Starting a process of our own beside the training: the sender, the tee."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

_BEGIN = """
import os, sys
for folder in os.fsdecode(sys.stdin.buffer.readline().rstrip(b"\\n")).split("\\0"):
    if folder not in sys.path:
        sys.path.append(folder)
from runpy import run_module
run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""
"""Finds what the training found, wherever it looked, behind the places that are looked through anyway."""


def start_child(
    module: str, orders: msgspec.Struct, *, log: Path, arguments: Sequence[str] = (), pass_fds: Sequence[int] = ()
) -> "subprocess.Popen[bytes]":
    """Start a module of ours in a session of its own, so that neither Ctrl-C nor a closed terminal ends it.

    Args:
        module: What to run.
        orders: Written as a line of JSON to its standard input: secrets belong in no argument list and in no file.
        log: Where what it prints goes.
        arguments: Its arguments.
        pass_fds: Descriptors that it inherits.

    Raises:
        OSError: no process can be started.
    """
    if not sys.executable:
        raise OSError("this Python does not know where its own executable is")
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own module, run by the interpreter that runs us
            [sys.executable, "-P", "-c", _BEGIN, module, *arguments],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            cwd="/",
            start_new_session=True,
            pass_fds=pass_fds,
        )
    assert process.stdin is not None  # for the type checker: it is a pipe
    with process.stdin as pipe:
        pipe.write(os.fsencode("\0".join(_places())) + b"\n" + msgspec.json.encode(orders) + b"\n")
    return process


def _places() -> Iterator[str]:
    """Where this process looks for modules."""
    for folder in map(str, sys.path):
        with suppress(OSError):  # a relative one, and the working folder is gone
            if "\n" not in folder:
                yield str(Path(folder).absolute())

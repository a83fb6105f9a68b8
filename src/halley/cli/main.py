"""`halley`: finds a command by its file and runs it."""

import argparse
import ast
import difflib
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from halley import __version__
from halley.errors import ArgumentError, HalleyError, SettingError

_DONE, _FAILED, _ASKED_WRONGLY, _INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: What follows `halley`; the process's own arguments if None.

    Returns:
        The exit code: 0 done, 1 it could not be done, 2 it was asked for wrongly, 130 interrupted.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in {"-h", "--help", "help"}:
        print(_help())
        return _DONE
    if given[0] in {"-V", "--version", "version"}:
        print(f"halley {__version__}")
        return _DONE
    name, rest = given[0], given[1:]
    if name not in _find_commands():
        print(_unknown(name), file=sys.stderr)
        return _ASKED_WRONGLY
    try:
        return _run(name, rest)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:  # who read our output left, as `head` does
        return _FAILED
    except HalleyError as error:
        print(f"halley {name}: {error}", file=sys.stderr)
        return _ASKED_WRONGLY if isinstance(error, (ArgumentError, SettingError)) else _FAILED


def _run(name: str, rest: list[str]) -> int:
    try:
        command = import_module(f"halley.cli.{name}")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] == "halley":
            raise
        print(
            f"halley {name}: the Python package {error.name!r} is not installed. "
            f"Install what this command needs: pip install 'halley[server]'",
            file=sys.stderr,
        )
        return _FAILED
    parser = argparse.ArgumentParser(
        f"halley {name}", description=command.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.configure(parser)
    try:
        parsed = parser.parse_args(rest)
    except SystemExit as end:  # argparse has said why
        return int(end.code or 0)
    return int(command.run(parsed))


def _find_commands() -> Mapping[str, Path]:
    folder = Path(__file__).parent
    files = sorted(path for path in folder.glob("*.py") if path.stem not in {"__init__", "main"})
    return {path.stem: path for path in files}


def _summary(path: Path) -> str:
    """The first line of a command's docstring, read without importing it."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")[0]


def _help() -> str:
    commands = _find_commands()
    width = max(map(len, commands))
    listed = "\n".join(f"  {name:<{width}}  {_summary(path)}" for name, path in commands.items())
    return (
        f"Halley {__version__}: self-hosted experiment management for machine learning.\n\n"
        f"usage: halley COMMAND [options]\n\ncommands:\n{listed}\n\n"
        "  halley COMMAND --help   what a command does and takes\n"
        "  halley --version        which version this is"
    )


def _unknown(name: str) -> str:
    commands = list(_find_commands())
    close = difflib.get_close_matches(name, commands, n=1)
    advice = f"Did you mean `halley {close[0]}`?" if close else f"There are: {', '.join(commands)}."
    what = "option" if name.startswith("-") else "command"
    return f"halley: there is no {what} {name!r}. {advice} See `halley --help`."


if __name__ == "__main__":
    sys.exit(main())

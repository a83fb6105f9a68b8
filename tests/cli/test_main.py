"""The command line itself: help, version, unknown commands, exit codes."""

import subprocess
import sys

import pytest

from halley import __version__
from halley.cli.main import main


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["help"]])
def test_help_lists_every_command_with_its_summary(arguments, capsys):
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "server" in said
    assert "Start the server and its web pages." in said
    assert "halley COMMAND --help" in said


@pytest.mark.parametrize("arguments", [["--version"], ["-V"], ["version"]])
def test_version(arguments, capsys):
    assert main(arguments) == 0
    assert capsys.readouterr().out == f"halley {__version__}\n"


def test_an_unknown_command_is_told_what_it_may_have_meant(capsys):
    assert main(["sever"]) == 2
    assert "Did you mean `halley server`?" in capsys.readouterr().err
    assert main(["xyzzy"]) == 2
    assert "There are: server" in capsys.readouterr().err
    assert main(["--verison"]) == 2
    assert "no option '--verison'" in capsys.readouterr().err


def test_help_imports_no_command():
    code = (
        "import sys; from halley.cli.main import main; main(['--help']); main(['--version']);"
        "heavy = {'litestar', 'uvicorn', 'numpy', 'sqlalchemy', 'http'};"
        "print([m for m in sys.modules if m.split('.')[0] in heavy])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout
    assert said.splitlines()[-1] == "[]"

"""`make run`: start a server, train the examples against it with several settings, leave the server running.

    python examples/tour.py [--port 1986] [--data DIR] [--quick]

Ctrl-C stops everything.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent

MOVIES = (
    "--embed-size 32 --learning-rate 0.002 --optimizer adam --loss bce",
    "--embed-size 32 --learning-rate 0.02 --optimizer adagrad --loss bce",
    "--embed-size 8 --learning-rate 0.002 --optimizer adam --loss mse",
    "--embed-size 64 --learning-rate 0.004 --optimizer adam --loss bce --batch-size 512",
    "--embed-size 32 --learning-rate 0.02 --optimizer sgd --loss mse",
    "--embed-size 16 --learning-rate 0.01 --optimizer adam --loss bce --batch-size 128 --decay 0.003",
)
DIGITS = (
    "--hidden 64 --learning-rate 0.001",
    "--hidden 16 --learning-rate 0.001",
    "--hidden 128 64 --learning-rate 0.003",
    "--hidden 64 --learning-rate 0.03 --batch-size 32",
    "--hidden 32 32 32 --learning-rate 0.002 --alpha 0.01",
)


def start_server(port: int, data: Path | None) -> subprocess.Popen[bytes]:
    """Start `halley server` and wait until it answers."""
    command = [sys.executable, "-m", "halley.cli.main", "server", "--port", str(port)]
    if data is not None:
        command += ["--data", str(data)]
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:  # in use: the server says by whom, and what to do
            sys.exit(subprocess.run(command, check=False).returncode or 1)
    server = subprocess.Popen(command, start_new_session=True)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if server.poll() is not None:
            sys.exit(server.returncode or 1)  # the server has said why
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/status", timeout=1):
                return server
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    server.terminate()
    sys.exit("The server did not answer within 30 s.")


def say(text: str) -> None:
    """Print a line that stands out from the trainings' own output."""
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process politely, then by force."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_for_ends(url: str) -> None:
    """Wait a little until the server has heard the end of every training."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/api/v1/projects", timeout=1) as reply:
                if not any(project["running_count"] for project in json.load(reply)["projects"]):
                    return
        except OSError:
            return
        time.sleep(0.1)


def main() -> int:
    """Run the tour."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=1986, help="port of the server (default %(default)s)")
    parser.add_argument("--data", type=Path, help="folder of the server's data (default ~/.halley/data)")
    parser.add_argument("--quick", action="store_true", help="train shortly and stop the server at the end")
    arguments = parser.parse_args()
    for polite in (signal.SIGINT, signal.SIGTERM):  # a plain kill stops everything, too
        signal.signal(polite, signal.default_int_handler)
    url = f"http://127.0.0.1:{arguments.port}"
    server = start_server(arguments.port, arguments.data)
    training: subprocess.Popen[bytes] | None = None
    environment = {**os.environ, "HALLEY_URL": url, "HALLEY_WORKSPACE": "default"}
    short = {"movie_recommendation.py": "--epochs 2 --ratings 8000", "digits.py": "--epochs 10"}
    try:
        say(f"Halley is at {url}  -  open it and watch")
        runs = [("movie_recommendation.py", settings) for settings in MOVIES]
        runs += [("digits.py", settings) for settings in DIGITS]
        for script, settings in runs[::3] if arguments.quick else runs:
            extra = short[script] if arguments.quick else ""
            say(f"python examples/{script} {settings}")
            command = [sys.executable, str(HERE / script), *settings.split(), *extra.split()]
            training = subprocess.Popen(command, env=environment, start_new_session=True)
            if training.wait() != 0:
                say(f"{script} failed with exit code {training.returncode}.")
                return 1
        training = None
        if not arguments.quick:
            say(f"All trained. Halley stays at {url}  -  Ctrl-C stops it.")
            return server.wait()
        return 0
    except KeyboardInterrupt:
        say("Stopping")
        return 0
    finally:
        if training is not None:
            stop(training)
            wait_for_ends(url)
        stop(server)


if __name__ == "__main__":
    sys.exit(main())

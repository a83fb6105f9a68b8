"""What the stories act with: a server process, a training process, waiting for a condition."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def wait_for(condition: Callable[[], Any], *, seconds: float = 30.0, what: str = "it") -> Any:
    """Wait until `condition()` is true and return what it returned; fail after a deadline."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds:g} s for {what}; last seen: {found!r}")
        time.sleep(0.05)


class Server:
    """A `halley server` process on a port of its own, with its data in a folder."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder, self.url = folder, f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start and wait until it answers."""
        command = [
            sys.executable,
            "-m",
            "halley.cli.main",
            "server",
            "--port",
            str(self.port),
            "--data",
            str(self.folder),
        ]
        self.process = subprocess.Popen(command, env={**os.environ, "HALLEY_LOST_AFTER_SECONDS": "10"})
        wait_for(self.is_up, what="the server")

    def is_up(self) -> bool:
        """Whether it answers."""
        try:
            self.get("/status")
        except OSError:
            return False
        return True

    def stop(self, sent: signal.Signals = signal.SIGTERM) -> None:
        """Stop it, and wait until it is gone."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(sent)
            self.process.wait(20)

    def get(self, path: str) -> Any:
        """GET from the API."""
        with urllib.request.urlopen(f"{self.url}/api/v1{path}", timeout=10) as reply:
            return json.load(reply)

    def post(self, path: str, body: object) -> Any:
        """POST to the API."""
        data = json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as reply:
            return json.load(reply)

    def experiment(self, key: str) -> Any:
        """Everything about an experiment, or None while the server does not know it."""
        try:
            return self.get(f"/experiments/{key}")
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    def metric(self, key: str, name: str) -> dict[str, Any]:
        """A metric's summary; empty while there is none."""
        detail = self.experiment(key) or {"metrics": []}
        return next((metric for metric in detail["metrics"] if metric["name"] == name), {})

    def values(self, key: str, name: str) -> dict[int, float]:
        """Every point of a metric by step, up to 5,000; fails where a step is there twice."""
        body = {"experiments": [key], "metrics": [{"name": name}], "buckets": 5_000}
        chart = self.post("/metrics/chart", body)
        line = chart["lines"][0]
        assert set(line["count"]) == {1}
        return dict(zip(map(int, chart["x"]), line["mean"], strict=True))


class Training:
    """A training process that runs a script against a server."""

    def __init__(self, script: str, *, url: str, home: Path, key: str, **environment: str) -> None:
        self.key, self.home = key, home
        self.file = home / f"train-{key[:6]}.py"
        self.file.write_text(textwrap.dedent(script))
        self.process = subprocess.Popen(
            [sys.executable, "-u", self.file],
            env={
                **os.environ,
                "HALLEY_URL": url,
                "HALLEY_HOME": str(home),
                "HALLEY_EXPERIMENT_KEY": key,
                **environment,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )

    def go(self, line: str = "go") -> None:
        """Give the script a line on its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def end(self, seconds: float = 60.0) -> tuple[str, str]:
        """Wait for its end; returns what it printed."""
        return self.process.communicate(timeout=seconds)


def find_chromium() -> str:
    """Where Chromium is."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        pytest.fail("The browser tests need Chromium: sudo apt install chromium")
    return found

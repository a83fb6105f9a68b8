"""`make run`: the tour starts a server, trains the examples against it, and Ctrl-C stops everything."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.e2e.stories import ROOT, Server, wait_for

pytestmark = pytest.mark.e2e


class Tour(Server):
    """The tour's server, started by the tour."""

    def start(self) -> None:
        command = [
            sys.executable,
            "-u",
            ROOT / "examples" / "tour.py",
            "--port",
            str(self.port),
            "--data",
            str(self.folder),
        ]
        self.process = subprocess.Popen(
            command + (["--quick"] if self.folder.name == "quick" else []),
            env={**os.environ, "HALLEY_HOME": str(self.folder.parent)},
            stdout=subprocess.PIPE,
            text=True,
        )
        wait_for(self.is_up, what="the tour's server")


def is_listening(port: int) -> bool:
    """Whether somebody listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_quick_tour_trains_and_ends(tmp_path: Path) -> None:
    tour = Tour(tmp_path / "quick")
    assert tour.process is not None
    said, _ = tour.process.communicate(timeout=120)
    assert tour.process.returncode == 0, said
    assert f"Halley is at http://127.0.0.1:{tour.port}" in said
    assert not is_listening(tour.port)
    again = Server(tmp_path / "quick")
    try:
        projects = {one["name"]: one["experiment_count"] for one in again.get("/projects")["projects"]}
        assert projects == {"movie-recommendation": 2, "digits": 2}
    finally:
        again.stop()


def test_ctrl_c_in_the_middle_stops_everything(tmp_path: Path) -> None:
    tour = Tour(tmp_path / "data")
    assert tour.process is not None
    wait_for(lambda: [one for one in tour.get("/projects")["projects"] if one["running_count"]], what="a training")
    tour.process.send_signal(signal.SIGINT)
    said, _ = tour.process.communicate(timeout=30)
    assert tour.process.returncode == 0, said
    assert "Stopping" in said
    assert not is_listening(tour.port)
    left = subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, text=True, check=False).stdout.split()
    wait_for(lambda: not [pid for pid in left if Path(f"/proc/{pid}").exists()], what="the sender's end")


def test_a_port_in_use_is_said(server: Server) -> None:
    command = [sys.executable, ROOT / "examples" / "tour.py", "--port", str(server.port), "--data", server.folder / "x"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert said.returncode == 1
    assert f"{server.port}" in said.stderr
    assert "--port" in said.stderr

"""The processes of a measurement: a peer's server, its trainers, its reader."""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).resolve().parent


class GaveUp(Exception):
    """Something did not happen in its time; the text says what."""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Server:
    """A peer's own server, started as its users start it (Aim's are two), with all its children."""

    def __init__(self, commands: list[list[str]], environment: dict[str, str], url: str, log: Path):
        self._commands, self._url, self._log = commands, url, log
        self._environment = {**os.environ, **environment}
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, timeout: float = 120.0) -> float:
        """Start it; returns the seconds until it answered anything over HTTP."""
        began = time.monotonic()
        with self._log.open("ab") as log:
            given = {"env": self._environment, "stdout": log, "stderr": log, "cwd": self._log.parent}
            self._processes = [subprocess.Popen(one, start_new_session=True, **given) for one in self._commands]
        while time.monotonic() < began + timeout:
            try:
                urllib.request.urlopen(self._url, timeout=2).close()
            except urllib.error.HTTPError:
                return time.monotonic() - began
            except OSError:
                if self._processes[0].poll() is not None:
                    raise GaveUp(f"the server ended with {self._processes[0].returncode}") from None
                time.sleep(0.02)
            else:
                return time.monotonic() - began
        raise GaveUp(f"the server did not answer in {timeout:.0f} s")

    def settle(self, timeout: float = 120.0) -> None:
        """Wait until it is idle: MLflow's answers half a minute before all its processes have started."""
        deadline = time.monotonic() + timeout
        busy = self.cpu_seconds()
        while time.monotonic() < deadline:
            time.sleep(2)
            before, busy = busy, self.cpu_seconds()
            if busy - before < 0.15:
                return

    def tree(self) -> list[psutil.Process]:
        found: list[psutil.Process] = []
        for process in self._processes:
            with suppress(psutil.NoSuchProcess):
                root = psutil.Process(process.pid)
                found += [root, *root.children(recursive=True)]
        return found

    def memory_mb(self) -> float:
        """Proportional set size of all its processes: shared pages count once."""
        total = 0
        for process in self.tree():
            with suppress(psutil.Error):
                total += process.memory_full_info().pss
        return total / 1e6

    def cpu_seconds(self) -> float:
        total = 0.0
        for process in self.tree():
            with suppress(psutil.Error):
                times = process.cpu_times()
                total += times.user + times.system
        return total

    def kill(self) -> None:
        """Kill -9 of all its processes."""
        for process in self.tree():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        for started in self._processes:
            started.wait()

    def stop(self) -> None:
        """Stop it as a service manager does; after 20 s with force."""
        tree = self.tree()
        for started in self._processes:
            with suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGTERM)
        psutil.wait_procs(tree, timeout=20)
        self.kill()


class Worker:
    """work.py in a peer's environment: a trainer, a loader or a reader."""

    def __init__(self, python: str, what: str, named: str, place: dict[str, Any], order: dict[str, Any] | None = None):
        folder = Path(place["folder"])
        command = [python, str(HERE / "work.py"), what, named, json.dumps(place)]
        with (folder / "work.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, json.dumps(order)] if order is not None else command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=folder,
                start_new_session=True,
            )
        self.errors: list[str] = []
        self._owed = 0
        self._said: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith('{"event"'):
                said = json.loads(line)
                if said["event"] == "error":
                    self.errors.append(said["text"])
                else:
                    self._said.put(said)
        self._said.put(None)

    def hear(self, event: str, timeout: float) -> dict[str, Any]:
        """Wait for an event."""
        try:
            said = self._said.get(timeout=max(0.0, timeout))
        except queue.Empty:
            raise GaveUp(f"no {event!r} in {timeout:.0f} s") from None
        if said is None:
            raise GaveUp(f"ended without {event!r}")
        assert said["event"] == event, said
        return said

    def tell(self, line: str = "") -> None:
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()

    def ask(self, what: str, keys: list[str] | None = None, timeout: float = 120.0) -> dict[str, Any]:
        """A reader's answer; answers to earlier questions that were not waited for are passed over."""
        self.tell(json.dumps({"do": what} | ({} if keys is None else {"keys": keys})))
        self._owed += 1
        while True:
            answer = self.hear("answer", timeout)
            self._owed -= 1
            if self._owed == 0:
                return answer

    def kill(self) -> None:
        """Kill -9 of this process alone."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """End it and what it started, whatever they do."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Watch:
    """Samples a server's memory twice a second; `peak_mb` is the most it saw."""

    def __init__(self, server: Server):
        self._server, self._over = server, threading.Event()
        self.peak_mb = server.memory_mb()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._over.wait(0.5):
            self.peak_mb = max(self.peak_mb, self._server.memory_mb())

    def stop(self) -> float:
        self._over.set()
        self._thread.join()
        self.peak_mb = max(self.peak_mb, self._server.memory_mb())
        return self.peak_mb


def disk_bytes(folder: Path) -> int:
    """What the files of a folder take on the disk."""
    return sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file() and not file.is_symlink())

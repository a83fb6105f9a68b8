"""Real processes for stories from end to end: a server, trainings, a browser."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.stories import Server, Training, find_chromium


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server for one test."""
    one = Server(tmp_path / "data")
    yield one
    one.stop()


@pytest.fixture
def train(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Training]]:
    """Start trainings; whatever still runs at the end of the test is killed, senders included."""
    home = tmp_path / "trainer-home"
    home.mkdir()
    started: list[Training] = []

    def start(script: str, *, url: str, key: str | None = None, **environment: str) -> Training:
        key = key or f"{len(started):02}" + os.urandom(15).hex()
        started.append(Training(script, url=url, home=home, key=key, **environment))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            os.killpg(one.process.pid, signal.SIGKILL)
            one.process.communicate()
    subprocess.run(["pkill", "-9", "-f", str(home)], check=False)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, headless, without talking to anybody."""
    quiet = "--disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
    return {
        **browser_type_launch_args,
        "executable_path": find_chromium(),
        "headless": True,
        "args": ["--no-sandbox", "--disable-gpu", *quiet.split()],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A desktop that prefers reduced motion."""
    desktop = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}
    return {**browser_context_args, **desktop, "locale": "en-GB", "timezone_id": "UTC"}


@pytest.fixture(scope="session")
def base_url() -> None:
    """Every story has a server of its own; the plugin's fixture of this name warns of its own age."""

"""`make bench`: measure Halley against its goals and its peers, and write benchmarks/results.md.

Tools take turns in one run, each round in a fresh process, and the table gives medians over rounds and ratios, so that
it holds on a noisy machine. Peers live in environments of their own, see peers/.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from peers.environments import python_of, version_of

HERE = Path(__file__).resolve().parent


@contextmanager
def a_server(folder: Path) -> Iterator[tuple[str, int, float]]:
    """A real server on a free port; yields its address, process id and the seconds until it answered."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.perf_counter()
    command = [sys.executable, "-m", "halley.cli.main", "server", "--port", str(port), "--data", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                urllib.request.urlopen(f"{url}/api/v1/status", timeout=1).close()
                break
            except OSError:
                if server.poll() is not None:
                    raise SystemExit("the server did not start") from None
                time.sleep(0.01)
        yield url, server.pid, time.perf_counter() - began
    finally:
        server.terminate()
        server.wait(20)


def cpu_seconds(process: int) -> float:
    """CPU time of a process so far (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(python: Path | str, tool: str, url: str, points: int, home: Path) -> dict[str, Any]:
    """One round of benchmarks/training.py in a fresh process."""
    said = subprocess.run(
        [python, HERE / "training.py", tool, "--url", url, "--points", str(points)],
        env={**os.environ, "HALLEY_HOME": str(home)},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if said.returncode != 0:
        raise SystemExit(f"{tool} failed:\n{said.stdout}\n{said.stderr}")
    lines = [line for line in said.stdout.splitlines() if line.startswith("{")]
    result: dict[str, Any] = json.loads(lines[-1])
    return result


def count_points(url: str, key: str) -> int:
    """How many points of `loss` the server has."""
    with urllib.request.urlopen(f"{url}/api/v1/experiments/{key}", timeout=30) as reply:
        metrics = json.load(reply)["metrics"]
    return int(next(metric["count"] for metric in metrics if metric["name"] == "loss"))


def middle(rounds: list[dict[str, Any]], name: str) -> float:
    """Median of a figure over rounds."""
    return statistics.median(float(one[name]) for one in rounds)


def main() -> None:
    """Measure everything and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--output", type=Path, default=HERE / "results.md")
    arguments = parser.parse_args()
    peers = python_of("comet_ml")
    halley: list[dict[str, Any]] = []
    comet: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with a_server(home / "data") as (url, process, ready_s):
            server_cpu = cpu_seconds(process)
            for number in range(arguments.rounds):
                print(f"round {number + 1} of {arguments.rounds}", flush=True)
                halley.append(measure(sys.executable, "halley", url, arguments.points, home))
                comet.append(measure(peers, "comet_ml", url, arguments.points, home))
            server_cpu = cpu_seconds(process) - server_cpu
            stored = [count_points(url, one["key"]) for one in halley]
    idle = statistics.median(idle_end_seconds() for _ in range(3))
    ratio = middle(comet, "median_us") / middle(halley, "median_us")
    rows = [
        (
            "one `log_metric` in the training thread, median",
            "<= 3 us",
            f"{middle(halley, 'median_us'):.2f} us",
            f"{middle(comet, 'median_us'):.1f} us",
            f"{ratio:.1f}x cheaper (goal 7x)",
        ),
        (
            "the same, 99th percentile",
            "",
            f"{middle(halley, 'p99_us'):.1f} us",
            f"{middle(comet, 'p99_us'):.1f} us",
            f"{middle(comet, 'p99_us') / middle(halley, 'p99_us'):.1f}x",
        ),
        (
            "import, CPU",
            "< 100 ms",
            f"{middle(halley, 'import_cpu_ms'):.0f} ms",
            f"{middle(comet, 'import_cpu_ms'):.0f} ms",
            f"{middle(comet, 'import_cpu_ms') / middle(halley, 'import_cpu_ms'):.1f}x",
        ),
        (
            "start to first log returned",
            "<= 50 ms",
            f"{middle(halley, 'first_log_ms'):.0f} ms",
            f"{middle(comet, 'first_log_ms'):.0f} ms",
            f"{middle(comet, 'first_log_ms') / middle(halley, 'first_log_ms'):.1f}x",
        ),
        (
            f"{arguments.points:,} calls, whole loop",
            "",
            f"{middle(halley, 'loop_s'):.2f} s",
            f"{middle(comet, 'loop_s'):.2f} s",
            f"{middle(comet, 'loop_s') / middle(halley, 'loop_s'):.1f}x",
        ),
        (
            f"{arguments.points:,} points durable on the server after the loop",
            "<= 2 s",
            f"{middle(halley, 'durable_s'):.2f} s",
            "(offline)",
            "",
        ),
        (
            "end() after that",
            "",
            f"{middle(halley, 'end_s') - middle(halley, 'durable_s'):.2f} s",
            f"{middle(comet, 'end_s'):.2f} s",
            "",
        ),
        ("end() with nothing to send", "< 0.2 s", f"{idle:.2f} s", "", ""),
        ("server start to first answer", "< 2 s", f"{ready_s:.2f} s", "", ""),
        ("server CPU per 1,000,000 points taken", "", f"{server_cpu / sum(stored) * 1e6:.2f} s", "", ""),
    ]
    lost = [arguments.points - count for count in stored]
    text = [
        "# Measured\n",
        f"`make bench` on {datetime.now(UTC):%Y-%m-%d}; {platform.system()} {platform.machine()}, {os.cpu_count()} "
        f"shared cores, load {os.getloadavg()[0]:.1f}; Python {platform.python_version()}; "
        f"halley {version('halley')} online against its own server on the same machine, "
        f"comet_ml {version_of(peers, 'comet_ml')} offline (its cheapest mode: no network). "
        f"Medians over {arguments.rounds} rounds, the two taking turns.\n",
        "| what | goal | halley | comet_ml | ratio |",
        "|---|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in rows),
        f"\nPoints stored after each round, of {arguments.points:,} logged: "
        f"{', '.join(f'{count:,}' for count in stored)} (lost: {sum(lost)}).",
    ]
    arguments.output.write_text("\n".join(text) + "\n")
    print("\n".join(text))


def idle_end_seconds() -> float:
    """How long end() takes when everything has been sent."""
    code = (
        "import time, halley\n"
        "experiment = halley.start(project_name='benchmark')\n"
        "experiment.log_metric('loss', 1.0, step=1)\n"
        "assert experiment.flush(timeout=30)\n"
        "began = time.perf_counter()\n"
        "experiment.end()\n"
        "print('END', time.perf_counter() - began)\n"
    )
    with tempfile.TemporaryDirectory() as folder, a_server(Path(folder) / "data") as (url, _, _):
        said = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "HALLEY_HOME": folder, "HALLEY_URL": url},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
    return float(next(line.split()[1] for line in said.stdout.splitlines() if line.startswith("END")))


if __name__ == "__main__":
    main()

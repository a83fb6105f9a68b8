"""`make bench-peers`: Halley and other trackers side by side, each through its own public client and server.

Every contender lives in an environment of its own (`.venv-peers/`), made from a lock with hashes. The contenders take
turns, case by case and round by round, each time with a fresh folder and a fresh server. Writes results.md.

    make bench-peers                                       everything; takes about an hour
    make bench-peers PEERS=halley,trackio CASES=steps      some of it, printed and not written
    python benchmarks/peers/run.py --help
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from environments import ENVIRONMENTS, HERE, NotInstalled, python_of, version_of
from measure import CONTENDERS, Bench, a_bench, kill_server, kill_trainer, project, throughput
from processes import GaveUp
from table import write_table

Measurement = Callable[[Bench], dict[str, Any]]


def cases(limit: float, runs: int) -> dict[str, Measurement]:
    """What is measured, by name."""
    return {
        "processes": partial(throughput, processes=20, steps=2_000, metrics=5, limit=limit),
        "steps": partial(throughput, processes=1, steps=20_000, metrics=4, limit=limit),
        "project": partial(project, runs=runs, limit=limit * 6),
        "kill-trainer": partial(kill_trainer, limit=limit),
        "kill-server": partial(kill_server, limit=limit),
        "wide": partial(throughput, processes=1, steps=200, metrics=1_000, limit=limit),
        "long": partial(throughput, processes=1, steps=1_000_000, metrics=1, limit=limit),
    }


def is_worth_repeating(case: str, spent: float, figures: dict[str, Any]) -> bool:
    """What is slow, or failed, is measured once."""
    if case == "project" or "failed" in figures:
        return False
    return spent < 60


def is_left_out(peer: str, case: str) -> bool:
    """Reading a project, which another contender shows already, or for which comet_ml's archives have no call."""
    return case == "project" and peer in {"mlflow-async", "aim-server", "comet_ml"}


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", default=",".join(CONTENDERS), help="which, with commas; default all")
    parser.add_argument("--cases", default=",".join(cases(0, 0)), help="which, with commas, in this order; default all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=25.0, help="seconds for one measurement; default 25")
    parser.add_argument("--runs", type=int, default=1_000, help="runs in the project that is searched")
    parser.add_argument("--output", type=Path, help="where the table goes; default results.md if all was measured")
    parser.add_argument("--add", action="store_true", help="keep what was measured before and is not asked for")
    parser.add_argument("--again", action="store_true", help="only write the table of the last measurement anew")
    asked = parser.parse_args()
    raw = ENVIRONMENTS / "last.json"
    result = json.loads(raw.read_text()) if asked.again else measure_all(asked, raw)
    text = write_table(result)
    print(text)
    is_whole = {*result["peers"]} == {*CONTENDERS} and {*result["cases"]} == {*cases(0, 0)}
    if output := asked.output or (HERE / "results.md" if is_whole else None):
        output.write_text(text)


def measure_all(asked: argparse.Namespace, raw: Path) -> dict[str, Any]:
    """Every case, every round, every contender in turn; what was measured so far is kept in `raw`."""
    peers: list[str] = asked.peers.split(",")
    pythons: dict[str, str] = {}
    result: dict[str, Any] = {"limit": asked.limit, "rounds": asked.rounds, "peers": {}, "cases": {}}
    if asked.add:
        before = json.loads(raw.read_text())
        result |= {"cases": before["cases"], "rounds": max(asked.rounds, before["rounds"])}
        result["peers"] = {peer: before["peers"].get(peer, {}) for peer in CONTENDERS if peer in before["peers"]}
    for peer in peers:
        contender = CONTENDERS[peer]
        told = {"title": contender.title, "package": contender.package}
        try:
            pythons[peer] = python_of(contender.environment)
            told["version"] = version_of(pythons[peer], contender.package)
        except NotInstalled as error:
            told["absent"] = str(error)
        result["peers"][peer] = told
    for case in asked.cases.split(","):
        measurement = cases(asked.limit, asked.runs)[case]
        done = result["cases"].setdefault(case, {})
        done |= {peer: [] for peer in pythons}
        wanted = [peer for peer in pythons if not is_left_out(peer, case)]
        for number in range(asked.rounds):
            for peer in list(wanted):
                began = time.monotonic()
                done[peer].append(
                    one(peer, pythons[peer], case, measurement) | {"load": os.getloadavg()[0], "commit": commit()}
                )
                spent = time.monotonic() - began
                if not is_worth_repeating(case, spent, done[peer][-1]):
                    wanted.remove(peer)
                print(f"{case} {number + 1}/{asked.rounds} {peer} ({spent:.0f} s): {done[peer][-1]}", flush=True)
                raw.parent.mkdir(exist_ok=True)
                raw.write_text(json.dumps(result))
    return result


def commit() -> str:
    """The commit that Halley is measured at; empty outside a checkout."""
    said = subprocess.run(
        ["git", "-C", HERE, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return said.stdout.strip()


def one(peer: str, python: str, case: str, measurement: Measurement) -> dict[str, Any]:
    """One measurement; what goes wrong is a result too."""
    contender = CONTENDERS[peer]
    try:
        with a_bench(contender, python) as bench:
            if case == "kill-server" and bench.server is None:
                return {"failed": "no server"}
            return measurement(bench)
    except GaveUp as error:
        return {"failed": str(error)}


if __name__ == "__main__":
    main()

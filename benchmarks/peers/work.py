"""What runs inside a peer's own environment: a trainer, a loader or a reader. Speaks JSON lines with the driver.

    python work.py train CLASS PLACE JSON     opens a run, waits for a line, logs, finishes
    python work.py load CLASS PLACE JSON      writes whole runs
    python work.py read CLASS PLACE           answers {"do": ..., "keys": [...]} until its input ends

Times are of the monotonic clock, which all processes of a machine share.
"""

from __future__ import annotations

import json
import math
import os
import random
import resource
import statistics
import sys
import time
from array import array
from importlib import import_module
from pathlib import Path
from typing import Any

from adapters import Place


def say(**what: Any) -> None:
    print("\n" + json.dumps(what), file=sys.__stdout__, flush=True)


def cpu_seconds() -> float:
    """Of this process and of its children that have ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def make_rows(steps: int, metrics: int, seed: int) -> list[dict[str, float]]:
    """Noisy curves of float32 numbers, as trainings log them; a long training repeats them after 20,000 steps."""
    noise = random.Random(seed)
    names = ["loss", *(f"metric_{i}" for i in range(1, metrics))]
    count = min(steps, 20_000)
    values = array("f", (math.exp(-i / metrics / 5_000) + 0.05 * noise.gauss(0, 1) for i in range(count * metrics)))
    return [dict(zip(names, values[step * metrics : (step + 1) * metrics], strict=True)) for step in range(count)]


def train(peer: Any, order: dict[str, Any]) -> None:
    """Log steps until there are enough or the time is over. `pace` is in steps per second, 0 for as fast as it goes."""
    rows = make_rows(order["steps"], order["metrics"], order["number"])
    run = peer.start(f"run-{order['number']}", {})
    log, clock, pace = run.log, time.perf_counter_ns, order["pace"]
    logged = os.open(order["logged"], os.O_WRONLY) if order.get("logged") else None  # what is written survives kill -9
    say(event="ready", key=run.key)
    sys.stdin.readline()
    cpu, began, calls, errors = cpu_seconds(), time.monotonic(), [], 0
    deadline, step = began + order["seconds"], 0
    for step in range(order["steps"]):
        row = rows[step % len(rows)]
        before = clock()
        try:
            log(row, step)
        except Exception as error:  # noqa: BLE001 (whatever a tool throws into a training is a result)
            errors += 1
            say(event="error", text=repr(error)[:300])
        calls.append(clock() - before)
        if logged is not None:
            os.pwrite(logged, b"%d" % (step + 1), 0)
        if pace:
            time.sleep(max(0.0, began + (step + 1) / pace - time.monotonic()))
        if time.monotonic() > deadline:
            break
    say(event="logged", began=began, at=time.monotonic(), steps=step + 1, errors=errors, key=run.key,
        median_us=statistics.median(calls) / 1e3, longest_s=max(calls) / 1e9)  # fmt: skip
    try:
        run.finish()
    except Exception as error:  # noqa: BLE001
        say(event="error", text=repr(error)[:300])
    say(event="finished", at=time.monotonic(), cpu_s=cpu_seconds() - cpu)


def load(peer: Any, order: dict[str, Any]) -> None:
    """Write whole runs until there are enough or the time is over."""
    deadline, keys = time.monotonic() + order["seconds"], []
    for number in range(order["first"], order["first"] + order["runs"]):
        rows = make_rows(order["steps"], order["metrics"], number)
        parameters = {f"parameter_{i}": (number * (i + 3)) % 1_000 / 10 for i in range(5)}
        keys.append(peer.load(f"run-{number}", parameters, rows))
        if time.monotonic() > deadline:
            break
    say(event="loaded", keys=keys)


def read(peer: Any) -> None:
    """Answer the driver's questions; each answer carries when it began and when it was there."""
    say(event="ready")
    for line in sys.stdin:
        asked = json.loads(line)
        arguments = [asked["keys"]] if "keys" in asked else []
        began = time.monotonic()
        try:
            answer = {"answer": getattr(peer, asked["do"])(*arguments)}
        except NotImplementedError:
            answer = {"answer": None}
        except Exception as error:  # noqa: BLE001
            answer = {"answer": None, "error": repr(error)[:300]}
        say(event="answer", began=began, at=time.monotonic(), **answer)


def main() -> None:
    what, named, place = sys.argv[1:4]
    module, _, name = named.partition(":")
    given = json.loads(place)
    peer = getattr(import_module(f"adapters.{module}"), name)(Place(**given | {"folder": Path(given["folder"])}))
    if what == "read":
        read(peer)
    else:
        {"train": train, "load": load}[what](peer, json.loads(sys.argv[4]))


if __name__ == "__main__":
    main()

"""`import halley` is cheap and has no effects."""

from __future__ import annotations

import json
import subprocess
import sys

PROBE = """
import json, sys, threading, time
heavy = {"numpy", "pandas", "torch", "http.client", "zstandard", "sqlalchemy", "litestar", "uvicorn"}
opened = []
sys.addaudithook(lambda event, arguments: opened.append(f"{event} {arguments[0]}")
                 if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
                 or event.startswith(("socket.", "subprocess.")) or event == "os.posix_spawn" else None)
started = time.process_time()
import halley
spent = time.process_time() - started
stdout, hook = sys.stdout, sys.excepthook
halley.Experiment, halley.start
print(json.dumps({
    "spent": spent,
    "heavy": sorted(heavy & set(sys.modules)),
    "threads": threading.active_count(),
    "opened": opened,
    "patched": sys.stdout is not sys.__stdout__ or sys.excepthook is not sys.__excepthook__,
}))
"""


def probe() -> dict[str, object]:
    """Import halley in a fresh interpreter and tell what happened."""
    said = subprocess.run([sys.executable, "-B", "-c", PROBE], capture_output=True, text=True, timeout=60, check=True)
    result: dict[str, object] = json.loads(said.stdout)
    return result


def test_import_costs_less_than_100_ms_of_cpu() -> None:
    # CPU time, and the least of a few, so that other work on the machine does not count
    costs = [probe() for _ in range(3)]
    assert min(float(str(cost["spent"])) for cost in costs) < 0.1


def test_import_has_no_effects() -> None:
    happened = probe()
    assert happened["heavy"] == []
    assert happened["threads"] == 1
    assert happened["opened"] == []
    assert happened["patched"] is False

"""What a tracker costs inside a training process. Run in a fresh process per tool; prints one JSON object.

    python benchmarks/training.py halley --url http://127.0.0.1:1986 --points 100000
    python benchmarks/training.py comet_ml --points 100000        (offline: its cheapest mode)

Each call is timed by itself with the nanosecond clock; `empty_ns` is what timing nothing costs, taken off.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from typing import Any


def start(tool: str, url: str) -> tuple[Any, float, float]:
    """Import the tool, open an experiment and log once; returns it and both durations in ms."""
    began = time.process_time()
    if tool == "halley":
        import halley

        started = halley.start
        imported = (time.process_time() - began) * 1e3
        began = time.perf_counter()
        os.environ["HALLEY_URL"] = url
        experiment = started(project_name="benchmark")
    else:
        os.environ["COMET_OFFLINE_DIRECTORY"] = tempfile.mkdtemp()
        os.environ["COMET_LOGGING_CONSOLE"] = "ERROR"
        import comet_ml

        imported = (time.process_time() - began) * 1e3
        began = time.perf_counter()
        experiment = comet_ml.OfflineExperiment(
            project_name="benchmark", workspace="benchmark", display_summary_level=0
        )
    experiment.log_metric("first", 0.5, step=0)
    return experiment, imported, (time.perf_counter() - began) * 1e3


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", choices=["halley", "comet_ml"])
    parser.add_argument("--url", default="http://127.0.0.1:1986")
    parser.add_argument("--points", type=int, default=100_000)
    arguments = parser.parse_args()
    experiment, import_ms, first_ms = start(arguments.tool, arguments.url)
    time.sleep(1.0)  # let what starts beside the training start, so that the loop measures the call
    clock, log = time.perf_counter_ns, experiment.log_metric
    empty = statistics.median(-(clock() - clock()) for _ in range(10_000))
    calls = []
    cpu = time.process_time()
    loop = time.perf_counter()
    for step in range(arguments.points):
        value = 1.0 / (step + 1)
        before = clock()
        log("loss", value, step=step)
        calls.append(clock() - before)
    loop = time.perf_counter() - loop
    cpu = time.process_time() - cpu
    ended = time.perf_counter()
    is_delivered = experiment.flush(timeout=60) if arguments.tool == "halley" else None
    durable = time.perf_counter() - ended
    experiment.end()
    calls.sort()
    print(
        json.dumps(
            {
                "import_cpu_ms": import_ms,
                "first_log_ms": first_ms,
                "median_us": (statistics.median(calls) - empty) / 1e3,
                "p99_us": (calls[int(len(calls) * 0.99)] - empty) / 1e3,
                "loop_s": loop,
                "loop_cpu_s": cpu,
                "durable_s": durable if is_delivered is not None else None,
                "is_delivered": is_delivered,
                "end_s": time.perf_counter() - ended,
                "key": experiment.get_key(),
            }
        ),
        file=sys.__stdout__,
        flush=True,
    )


if __name__ == "__main__":
    main()

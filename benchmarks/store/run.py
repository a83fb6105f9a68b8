"""`make bench-store`: measure the store against its goals, its limits and a simple peer; write results.md.

Every figure is CPU time or a ratio, so that it holds on a small shared machine; the spread over rounds is told. What
is measured is the product as it is installed: real servers, durable commits, stores that are opened anew for every
round of reading. `--rows` chooses rows, `--quick` makes everything small enough to see whether it still works.
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.store import concurrency, deleting, finished, ingest, limits, long, names, search, slices
from benchmarks.store.places import Place, Places
from benchmarks.store.table import Figure, machine, write_row, write_table

HERE = Path(__file__).resolve().parent

Rows = Callable[[Place, bool], Iterator[Figure]]

ROWS: dict[str, Rows] = {
    "large": lambda place, quick: ingest.measure_large_batches(
        place, rounds=2 if quick else 3, runs=4 if quick else 30
    ),
    "small": lambda place, quick: ingest.measure_small_batches(
        place, rounds=2 if quick else 5, runs=200, batches=5 if quick else 30
    ),
    "group": lambda place, quick: ingest.measure_group_commit(
        place, rounds=2 if quick else 5, batches=5 if quick else 30
    ),
    "live": lambda place, quick: ingest.measure_live_runs(place, runs=200, steps=20 if quick else 400),
    "processes": lambda place, quick: ingest.measure_processes(
        place, rounds=1 if quick else 3, batches=4 if quick else 40
    ),
    "concurrency": lambda place, quick: concurrency.measure_concurrency(place, seconds=2 if quick else 10),
    "finished": lambda place, quick: finished.measure_finished(
        place, runs=100 if quick else 1_000, rounds=3 if quick else 9
    ),
    "long": lambda place, quick: long.measure_long(
        place,
        sizes=[100_000, 1_000_000] if quick else [100_000, 1_000_000, 10_000_000, 100_000_000],
        rounds=3 if quick else 9,
    ),
    "space": lambda place, quick: deleting.measure_space(place, steps=2_000 if quick else 100_000),
    "slices": lambda place, quick: slices.measure_slices(place, size=1_000_000 if quick else 30_000_000),
    "table": lambda place, quick: search.measure_table(place, runs=100 if quick else 1_000, rounds=3 if quick else 9),
    "names": lambda place, quick: names.measure_names(
        place, names=5_000 if quick else 100_000, runs=50 if quick else 1_000, rounds=3 if quick else 9
    ),
    "top": lambda place, quick: search.measure_top(place, runs=2_000 if quick else 100_000, rounds=3 if quick else 9),
}


def main() -> None:
    """Measure the chosen rows and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default=",".join(ROWS), help=f"which, with commas: {', '.join(ROWS)}")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--quick", action="store_true", help="small sizes: no figure to go by")
    parser.add_argument("--output", type=Path, help="default: results.md here, if everything is measured at full size")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leaves nothing behind
    chosen, databases = given.rows.split(","), given.databases.split(",")
    is_whole = not given.quick and set(chosen) == set(ROWS)
    output = given.output or (HERE / "results.md" if is_whole else None)
    figures: list[Figure] = []
    began = time.monotonic()
    text = ""
    with tempfile.TemporaryDirectory(prefix="halley-bench-") as folder:
        places = Places(Path(folder))
        head = _head(machine(), Path(folder))
        try:
            for name in chosen:
                for database in databases:
                    place = places.make(database)
                    print(f"{time.monotonic() - began:5.0f} s  {name} on {place.name}", flush=True)
                    for one in ROWS[name](place, given.quick):
                        figures.append(one)
                        print(write_row(one), flush=True)
                    place.remove()
                    minutes, load = (time.monotonic() - began) / 60, os.getloadavg()[0]
                    took = f"It took {minutes:.0f} minutes; load at the end {load:.1f}."
                    text = f"{head} {took}\n\n{write_table(figures)}\n"
                    if output is not None:
                        output.write_text(text)  # what was measured stays if the rest fails
        finally:
            places.close()
    print(text)


def _head(described: str, folder: Path) -> str:
    copied, synced = limits.copied_bytes_per_second(), limits.syncs_per_second(folder)
    command = shlex.join(["python", "-m", "benchmarks.store.run", *sys.argv[1:]])
    return (
        f"# The store, measured\n\n`{command}` on {described}. "
        f"The machine copies {copied / 1e9:.1f} GB/s of memory and does {synced:,.0f} fdatasync/s."
    )


if __name__ == "__main__":
    main()

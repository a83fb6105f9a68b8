"""`make bench-crash`: kill -9 under load, hundreds of times, on SQLite and PostgreSQL; writes results.md beside this.

Every trial loads a real `halley server` over HTTP from several clients at once (small batches of many runs, large ones,
repeated ones, steps out of order and rewritten, several writers a run, forks, ends, deletions, charts), kills it at a
random moment, starts it again, lets the clients send again what was not answered, and compares what the server has
with a dictionary that the clients keep: summaries, every point, charts on every axis and at random zooms, live charts
that are followed across the crash.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from collections import Counter
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.crash.campaign import Campaign, Trial
from benchmarks.crash.model import Wrong
from benchmarks.crash.processes import PostgresqlCluster, SqliteFolder

HERE = Path(__file__).resolve().parent
PLACES = {"sqlite": SqliteFolder, "postgresql": PostgresqlCluster}


def crash(kind: str, kills: int, seed: int, minutes: float) -> list[str]:
    """Run the campaign on one kind of database; return its part of the report."""
    place = PLACES[kind]()
    campaign = Campaign(place, seed)
    began = time.monotonic()
    try:
        for number in range(kills):
            if time.monotonic() - began > 60 * minutes:
                break
            trial = campaign.run_trial()
            print(f"{kind} {number + 1}/{kills}: {_tell(trial)}", flush=True)
        points, verified = campaign.finish()
        said = campaign.log()
    except Wrong:
        (HERE / "failed.log").write_text(campaign.log())  # ignored by git
        raise
    finally:
        campaign.close()
        place.close()
    taken = (time.monotonic() - began) / 60
    return _report(f"{place.name} {place.version}", campaign, points, verified, said, taken)


def _tell(trial: Trial) -> str:
    return (
        f"{trial.killed} killed after {trial.load_seconds:.2f} s; {trial.acknowledged} batches acknowledged, "
        f"{trial.repeated} repeated, {trial.deleted} runs deleted, {trial.forked} forked; unanswered: {trial.taken} "
        f"taken, {trial.lost} sent again; {trial.points:,} points and {trial.charts} charts compared; "
        f"{trial.seconds:.1f} s"
    )


def _report(name: str, campaign: Campaign, points: int, verified: str, said: str, minutes: float) -> list[str]:
    trials = campaign.trials
    killed = Counter(trial.killed for trial in trials)

    def total(field: str) -> int:
        return int(sum(getattr(trial, field) for trial in trials))

    runs = campaign.runs
    started = statistics.median(trial.start_seconds for trial in trials if trial.start_seconds)
    rows = [
        ("kills", f"{len(trials)}: " + ", ".join(f"{count} x {what}" for what, count in killed.items())),
        ("batches acknowledged / repeated on purpose", f"{total('acknowledged'):,} / {total('repeated'):,}"),
        ("batches in flight at a kill: taken / sent again", f"{total('taken'):,} / {total('lost'):,}"),
        ("runs / of them forks of others / deleted / ended",
         f"{len(runs)} / {sum(r.is_forked for r in runs)} / {sum(r.is_deleted for r in runs)} / "
         f"{sum(r.is_ended for r in runs)}"),
        ("points compared after kills / all that are left, at the end", f"{total('points'):,} / {points:,}"),
        ("charts compared after kills / drawn under load", f"{total('charts'):,} / {total('drawn'):,}"),
        ("lost, doubled, or drawn wrong", "0"),
        ("the database about itself", verified),
        ("refused with 503, as said in the servers' log", str(said.count(" ERROR halley.server: "))),
        ("tracebacks in the servers' log", str(said.count("Traceback"))),
        ("start of the server after a kill, median", f"{started:.2f} s"),
        ("minutes", f"{minutes:.1f}"),
    ]  # fmt: skip
    text = [f"\n## {name}\n", "| what | found |", "|---|---|", *(f"| {what} | {found} |" for what, found in rows)]
    head = "trial  load_s  acknowledged  repeated  deleted  forked  taken  again   points  charts  killed"
    lines = [
        f"{number:5}  {t.load_seconds:6.2f}  {t.acknowledged:12}  {t.repeated:8}  {t.deleted:7}  {t.forked:6}  "
        f"{t.taken:5}  {t.lost:5}  {t.points:7}  {t.charts:6}  {t.killed}"
        for number, t in enumerate(trials, 1)
    ]
    return [*text, "\nTrial by trial:\n", "```", head, *lines, "```"]


def main() -> None:
    """Run, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=[*PLACES, "both"], default="both")
    parser.add_argument("--kills", type=int, default=200, help="kills for each database")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=60.0, help="longest time for each database")
    parser.add_argument("--output", type=Path, default=HERE / "results.md")
    arguments = parser.parse_args()
    kinds = list(PLACES) if arguments.database == "both" else [arguments.database]
    parts = [crash(kind, arguments.kills, arguments.seed, arguments.minutes) for kind in kinds]
    command = f"python -m benchmarks.crash --database {arguments.database} --kills {arguments.kills}"
    story = " ".join((__doc__ or "").partition("\n\n")[2].split())
    text = [
        "# kill -9 under load\n",
        f"`{command} --seed {arguments.seed}` on {datetime.now(UTC):%Y-%m-%d}; {platform.system()} "
        f"{platform.machine()}, {os.cpu_count()} shared cores; Python {platform.python_version()}, "
        f"halley {version('halley')}.\n",
        story,
        *[line for part in parts for line in part],
    ]
    arguments.output.write_text("\n".join(text) + "\n")


if __name__ == "__main__":
    main()

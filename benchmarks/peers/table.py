"""The table of a measurement, in Markdown."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import psutil

_THROUGHPUT = {
    "steps": "1 run, 20,000 steps x 4",
    "wide": "1 run, 200 steps x 1,000",
    "long": "1 run, 1,000,000 points of 1 metric",
    "processes": "20 processes x 2,000 steps x 5",
}
_ENOUGH = 10_000  # points, fewer than which say more about an empty database than about points
Rounds = list[dict[str, Any]]


def write_table(result: dict[str, Any]) -> str:
    """All of it; what was not measured is left out."""
    parts = [_head(result), _throughput(result), _goals(result), _calls(result), _cpu(result), _kept(result)]
    parts += [_project(result), _footprint(result), _kills(result), _notes(result)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(result: dict[str, Any]) -> str:
    told = result["peers"].values()
    versions = dict.fromkeys(f"{one['package']} {one['version']}" for one in told if "version" in one)
    absent = [f"\n{one['title']} could not be installed here: {one['absent']}." for one in told if "absent" in one]
    load = [figures["load"] for case in result["cases"].values() for rounds in case.values() for figures in rounds]
    memory = psutil.virtual_memory().total / 2**30
    kernel = platform.release().partition("-")[0]
    return "\n".join(
        [
            "# Peers, measured\n",
            f"`make bench-peers` on {datetime.now(UTC):%Y-%m-%d}; {', '.join(versions)}. {platform.system()} "
            f"{kernel} {platform.machine()}, {os.cpu_count()} shared cores, {memory:.0f} GiB, load "
            f"{statistics.median(load):.1f} ({min(load):.1f} to {max(load):.1f}) including the measurement itself; "
            f"Python {platform.python_version()}. Everything on one machine, clients and servers together.\n",
            f"Each tool through its own public client and, where it has one, its own server with its default settings. "
            f"They take turns, up to {result['rounds']} rounds, each with a fresh folder and a fresh server that has "
            f"come to rest: median (least to most). Each measurement has {result['limit']:.0f} seconds: trainers stop "
            "logging after three quarters of it and are killed when it is over, and what can be read then counts. What "
            "took over a minute with all around it was measured once. Nothing is extrapolated.",
            *absent,
        ]
    )


def _rows(result: dict[str, Any], *cases: str) -> Iterable[tuple[str, list[Rounds]]]:
    for peer, told in result["peers"].items():
        rounds = [result["cases"].get(case, {}).get(peer, []) for case in cases]
        if any(rounds):
            yield told["title"], rounds


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    body = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines, *body]) if body else ""


def _figures(rounds: Rounds, name: str) -> list[float]:
    return [one[name] for one in rounds if one.get(name) is not None]


def _spread(values: list[float], form: str = ",.0f") -> str:
    if not values:
        return ""
    middle = format(statistics.median(values), form)
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):{form}} to {max(values):{form}})"


def _form(values: list[float]) -> str:
    return ",.1f" if values and statistics.median(values) < 100 else ",.0f"


def _failure(rounds: Rounds) -> str:
    return next((one["failed"] for one in rounds if "failed" in one), "")


def _throughput(result: dict[str, Any]) -> str:
    cases = [case for case in _THROUGHPUT if case in result["cases"]]
    rows = [[title, *(_rate(rounds) for rounds in each)] for title, each in _rows(result, *cases)]
    if not cases or not rows:
        return ""
    head = ["points/s until they can be read", *(_THROUGHPUT[case] for case in cases)]
    return "## From the first call until the points can be read\n\n" + _table(head, rows)


def _rate(rounds: Rounds) -> str:
    done = [one for one in rounds if "rate" in one]
    if not done:
        return _failure(rounds)
    rates = [one["rate"] for one in done]
    cell = _spread(rates, _form(rates))
    short = next((one for one in done if one["readable"] < one["wanted"]), None)
    if short is None:
        return cell if all(one["is_complete"] for one in done) else f"{cell}; reading ended after the time"
    if short["is_stuck"]:
        return f"{cell}; {short['readable']:,} points, some calls never returned in the time"
    if short["readable"] >= short["logged"]:
        return f"{cell}; {short['logged']:,} points logged in the time"
    return f"{cell}; {short['readable']:,} points in the time, of {short['logged']:,} logged"


def _goals(result: dict[str, Any]) -> str:
    rounds = result["cases"].get("processes", {})
    halley = _figures(rounds.get("halley", []), "rate")
    if not halley:
        return ""
    least = min(halley)
    rows = [["Halley, points/s", ">= 300,000", _spread(halley), "met" if least >= 3e5 else _near(halley, 3e5)]]
    for peer, goal in (("mlflow", 50), ("mlflow-async", 50), ("trackio", 3)):
        rates = _figures(rounds.get(peer, []), "rate")
        ratios = [ours / theirs for ours, theirs in zip(halley, rates, strict=False)]
        if ratios:
            title = result["peers"][peer]["title"]
            verdict = "met" if min(ratios) >= goal else _near(ratios, goal)
            rows.append([f"Halley / {title}", f">= {goal}x", _spread(ratios, ",.1f") + "x", verdict])
    text = 'Ratios are of the same round. "Met" means in every round.\n\n'
    return "## The goals, with 20 processes\n\n" + text + _table(["what", "goal", "measured", ""], rows)


def _near(values: list[float], goal: float) -> str:
    middle = statistics.median(values)
    return "met in the median" if middle >= goal else f"not met: {middle / goal:.0%} of it"


def _calls(result: dict[str, Any]) -> str:
    cases = [case for case in _THROUGHPUT if case in result["cases"]]
    rows = [
        [title, *(_spread(values, _form(values)) for values in (_figures(rounds, "call_us") for rounds in each))]
        for title, each in _rows(result, *cases)
    ]
    if not cases or not rows:
        return ""
    return "## One call in the training, median, us\n\n" + _table(["", *(_THROUGHPUT[case] for case in cases)], rows)


def _cpu(result: dict[str, Any]) -> str:
    cases = [case for case in _THROUGHPUT if case in result["cases"]]
    rows = []
    for title, each in _rows(result, *cases):
        cells = []
        for rounds in each:
            whole = [one["cpu_s"] / one["logged"] * 1e6 for one in rounds if "cpu_s" in one]
            served = [one["server_cpu_s"] / one["logged"] * 1e6 for one in rounds if one.get("server_cpu_s")]
            server = f"; server {statistics.median(served):,.1f}" if served else ""
            cells.append(_spread(whole, ",.1f") + server if whole else "")
        if any(cells):
            rows.append([title, *cells])
    if not rows:
        return ""
    text = "Trainers, what they started, and server together; only where all points arrived in time.\n\n"
    head = ["", *(_THROUGHPUT[case] for case in cases)]
    return "## CPU seconds for 1,000,000 points\n\n" + text + _table(head, rows)


def _kept(result: dict[str, Any]) -> str:
    rows = []
    for title, (rounds,) in _rows(result, "processes"):
        done = [one for one in rounds if "logged" in one]
        if not done:
            rows.append([title, "", "", "", _failure(rounds)])
            continue
        logged, readable = sum(one["logged"] for one in done), sum(one["readable"] for one in done)
        stuck = "; calls in flight not counted" if any(one["is_stuck"] for one in done) else ""
        whole = [one for one in done if "lost" in one]
        lost = f"{sum(one['lost'] for one in whole):,}" if whole else "not known: not all had arrived"
        doubled = f"{sum(one['doubled'] for one in whole):,}" if whole else ""
        rows.append([title, f"{logged:,}{stuck}", f"{readable:,}", lost, doubled])
    head = ["all rounds together", "logged", "readable in time", "lost", "doubled"]
    table = _table(head, rows)
    return table and "## 20 processes at once, read back and counted\n\n" + table


def _project(result: dict[str, Any]) -> str:
    rows = []
    for title, (rounds,) in _rows(result, "project"):
        one = rounds[-1]
        if "failed" in one:
            rows.append([title, one["failed"], "", ""])
            continue
        made = f"{one['runs']:,} runs in {one['load_s']:.0f} s"
        rows.append([title, made, *(_reading(one, what) for what in ("search", "chart"))])
    head = ["", "made by 4 processes", "search and sort all, ms", "all 100 points of one metric of 100 runs, ms"]
    table = _table(head, rows)
    text = (
        "Each run has 5 parameters and 3 metrics of 100 steps. Read five times by the tool's own call; Halley has no "
        "data-frame reader yet, so its HTTP API is read as JSON, while MLflow's call makes a data frame.\n\n"
    )
    return table and "## A project of 1,000 runs\n\n" + text + table


def _reading(one: dict[str, Any], what: str) -> str:
    got = one.get(f"{what}_got")
    if got is None:
        return "no such call" if not one.get(f"{what}_error") else one[f"{what}_error"][:80]
    times = one[f"{what}_ms"]
    return f"{_spread(times, _form(times))}: {got:,} {'rows' if what == 'search' else 'points'}"


def _footprint(result: dict[str, Any]) -> str:
    cases = ("steps", "wide", "long", "processes")
    rows = []
    for title, each in _rows(result, *cases):
        whole = [[one for one in rounds if one.get("logged", 0) >= _ENOUGH] for rounds in each]
        sizes = [_figures(rounds, "bytes_per_point") for rounds in whole]
        idle = [value for rounds in each for value in _figures(rounds, "idle_mb")]
        loaded = [value for rounds in each for value in _figures(rounds, "loaded_mb")]
        starts = [value for rounds in each for value in _figures(rounds, "ready_s")]
        most = f"{max(loaded):,.0f}" if loaded else ""
        rows.append([title, *(_spread(size, ",.1f") for size in sizes), _spread(idle), most, _spread(starts, ",.1f")])
    head = ["", *(f"bytes/point: {_THROUGHPUT[case]}" for case in cases)]
    head += ["server idle, MB", "server at most, MB", "server start, s"]
    table = _table(head, rows)
    text = (
        "Bytes are what the tool's files take on disk, 3 seconds after the run ended and with the server stopped, "
        f"where all points arrived in time and are {_ENOUGH:,} or more: an empty database weighs in the smaller cases. "
        "Memory is the proportional set size of the server and its children.\n\n"
    )
    return table and "## Disk and memory\n\n" + text + table


def _kills(result: dict[str, Any]) -> str:
    rows = []
    for title, (trainers, servers) in _rows(result, "kill-trainer", "kill-server"):
        rows.append([title, _survived(trainers), _survived(servers), _blocked(servers)])
    head = ["points that can be read / were logged", "kill -9 of the trainer", "kill -9 of the server"]
    table = _table([*head, "longest call; what the training saw"], rows)
    text = (
        "A training logs 250 steps of 4 metrics a second. Its kill comes after 4 seconds, and not before 10 calls had "
        "returned. The server's kill comes at the same time; it is started again 3 seconds later, and the training "
        "goes on to 10 seconds. Logged means that the call had returned.\n\n"
    )
    return table and "## kill -9\n\n" + text + table


def _survived(rounds: Rounds) -> str:
    done = [one for one in rounds if "logged" in one]
    if not done:
        return _failure(rounds)
    cells = [f"{one['readable']:,} / {one['logged']:,}" for one in done]
    lost = sum(max(0, one["logged"] - one["readable"]) for one in done) / max(1, sum(one["logged"] for one in done))
    doubled = sum(one["doubled"] for one in done)
    return f"{'; '.join(cells)} ({lost:.1%} lost{f', {doubled:,} doubled' if doubled else ''})"


def _blocked(rounds: Rounds) -> str:
    longest = _figures(rounds, "longest_s")
    said = next((one["errors"][0] for one in rounds if one.get("errors")), "")
    problem = next((one["problem"] for one in rounds if one.get("problem")), "")
    parts = [f"{max(longest):.2f} s" if longest else "", said[:120].replace("|", "/"), problem]
    return "; ".join(part for part in parts if part)


def _notes(result: dict[str, Any]) -> str:
    measured = [one for rounds in result["cases"].values() for figures in rounds.values() for one in figures]
    commits = sorted({one["commit"] for one in measured if one.get("commit")})
    notes = {
        "trackio": "Trackio has no search of its own: its SQL call (`trackio query`) is used for the table.",
        "aim": "Aim: a run can be read when it is indexed, which `aim up` does beside. Its SDK reads the repository.",
        "tensorboard": "TensorBoard files are flushed every 120 seconds by default. They hold float32 values.",
        "comet_ml": "comet_ml writes its archive at the end of a run, and `comet offline --csv` reads it. After kill "
        "-9 the messages lie in a temporary folder, for which no command is documented.",
        "mlflow": "MLflow's `log_metrics` sends one request a call; asynchronous logging sends from ten threads.",
        "halley": f"Halley is commit {', '.join(commits) or 'unknown'}, with `halley server` on SQLite.",
    }
    lines = [f"- {text}" for peer, text in notes.items() if peer in result["peers"]]
    if len(commits) > 1:
        lines.append(
            "- Put together from several calls (`--add`) while other work went on; load and commit differ between "
            "them. Within a call the tools took turns."
        )
    return "## Notes\n\n" + "\n".join(lines)

"""Checks after a crash: nothing lost, nothing doubled, every chart and summary right, against the dictionary."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Sequence

import numpy as np
import orjson
import pyarrow as pa
from benchmarks.crash.load import Line, finish_delete, fork, send
from benchmarks.crash.model import Array, MetricName, ModelRun, Wrong, check_chart, expect
from benchmarks.crash.senders import PROJECT, Sender

from halley.wire.batch import MEDIA_TYPE

X_METRIC = ("loss", "validate")
AXES: tuple[str | MetricName, ...] = ("step", "relative", "wall", "epoch", X_METRIC)
_SETTLE_SECONDS = 60.0


def settle(line: Line, senders: Sequence[Sender], dice: random.Random) -> tuple[int, int]:
    """Find out what became of every batch, fork and deletion that was not answered.

    Half of the senders ask first what the server has: it must be all of the batch or nothing of it. The others send
    it again, as the real sender does.

    Returns:
        How many batches had been taken without an answer, and how many were lost with the server and sent again.
    """
    taken = lost = 0
    for sender in senders:
        run = sender.run
        if sender.pending is None or run.is_deleted:
            sender.pending = None if run.is_deleted else sender.pending
            continue
        if dice.random() < 0.5:
            status, body = line.ask("POST", "/ingest", sender.heartbeat(), MEDIA_TYPE)
            if status == 410:
                expect(run.is_deleting, "a run that nobody deleted is gone")
                continue
            expect(status == 200, "a heartbeat was answered with", status, body[:300])
            run.is_started = True
            has = orjson.loads(body)["acknowledged"]
            if has == sender.said + sender.pending.count:
                sender.take(has)
                taken += 1
                continue
            expect(has == sender.said, "the server has", has, "records of a writer who was told", sender.said)
        lost += 1
        deadline = time.monotonic() + _SETTLE_SECONDS
        while sender.pending is not None:
            expect(time.monotonic() < deadline, "a batch is not taken")
            send(line, sender)
    runs = {id(sender.run): sender.run for sender in senders}
    for run in runs.values():
        deadline = time.monotonic() + _SETTLE_SECONDS
        while run.is_asked and not run.is_forked:
            expect(time.monotonic() < deadline, "a run is not forked")
            fork(line, run)
    for run in {**runs, **{id(run.parent): run.parent for run in runs.values() if run.parent is not None}}.values():
        if run.is_deleting and not run.is_deleted:
            status, _ = line.ask("GET", f"/experiments/{run.key}")
            expect(status in {200, 404}, "a run whose deletion was not answered:", status)
            if status == 200:  # whole, and deleted now
                check_summary(line, run)
                read_back(line, run)
            finish_delete(line, run)
    return taken, lost


def check_runs(line: Line, runs: Sequence[ModelRun]) -> int:
    """Check summaries and points of runs; return how many points were compared."""
    compared = 0
    for run in runs:
        try:
            if run.is_deleted:
                check_deleted(line, run)
            elif run.is_started:
                check_summary(line, run)
                compared += read_back(line, run)
        except Wrong as wrong:
            raise Wrong(f"run {run.key} ({run.kind}, {run.size} points): {wrong}") from None
        run.is_touched = False
    return compared


def check_deleted(line: Line, run: ModelRun) -> None:
    """A deleted run is gone from every answer."""
    status, _ = line.ask("GET", f"/experiments/{run.key}")
    expect(status == 404, "a deleted run is answered with", status)
    chart = line.draw(experiments=[run.key], metrics=[{"name": "loss", "context": "train"}])
    expect(chart["lines"] == [], "a deleted run has a line")


def check_summary(line: Line, run: ModelRun) -> None:
    """State, parameters, number of lines, and the summary of every metric."""
    status, body = line.ask("GET", f"/experiments/{run.key}")
    expect(status == 200, "the run is answered with", status, body[:300])
    detail = orjson.loads(body)
    state = detail["experiment"]["state"]
    expect(state == ("finished" if run.is_ended else "running"), "its state is", state)
    told = {parameter["name"]: parameter["value"] for parameter in detail["parameters"]}
    expect(told == run.parameters, "parameters", told, "instead of", run.parameters)
    expect(detail["output_line_count"] == run.line_count, detail["output_line_count"], "lines, not", run.line_count)
    metrics = {(metric["name"], metric["context"]): metric for metric in detail["metrics"]}
    expect(metrics.keys() == run.series.keys(), "metrics", metrics.keys() ^ run.series.keys(), "are there or missing")
    for name, series in run.series.items():
        for field, value in series.summary().items():
            found = metrics[name][field]
            found = float(found) if field == "last" else found
            same = found == value or (field == "last" and math.isnan(found) and math.isnan(value))
            expect(same, f"{field} of {name} is {found}, not {value}")


def read_back(line: Line, run: ModelRun) -> int:
    """Compare every point: steps, times, epochs and values."""
    status, body = line.ask("GET", f"/experiments/{run.key}/metrics/export")
    expect(status == 200, "the export is answered with", status, body[:300])
    told = _read_points(body)
    expect(told.keys() == run.series.keys(), "the export differs by", told.keys() ^ run.series.keys())
    for name, series in run.series.items():
        for what, column, wanted in zip(
            ("steps", "times", "epochs", "values"), told[name], series.columns(), strict=True
        ):
            same = np.array_equal(column, wanted, equal_nan=what in {"epochs", "values"})
            expect(same, what, "of", name, "differ:", len(column), "instead of", len(wanted))
    return run.size


def _read_points(body: bytes) -> dict[MetricName, list[Array]]:
    """The columns of every metric of an Arrow stream."""
    table = pa.ipc.open_stream(body).read_all().unify_dictionaries()
    if not table.num_rows:
        return {}
    metric, context = (table[name].combine_chunks() for name in ("metric", "context"))
    names, contexts = metric.dictionary.to_pylist(), context.dictionary.to_pylist()
    place = metric.indices.to_numpy() * len(contexts) + context.indices.to_numpy()
    columns = [table["step"].to_numpy(), table["time"].cast(pa.int64()).to_numpy(), table["epoch"].to_numpy(),
               table["value"].to_numpy()]  # fmt: skip
    begins = np.flatnonzero(np.append(True, place[1:] != place[:-1])).tolist()
    found = {}
    for begin, end in zip(begins, [*begins[1:], len(place)], strict=True):
        name = (names[place[begin] // len(contexts)], contexts[place[begin] % len(contexts)])
        expect(name not in found, "the export has a metric twice:", name)
        found[name] = [column[begin:end] for column in columns]
    return found


def check_charts(line: Line, runs: Sequence[ModelRun], dice: random.Random, count: int) -> int:
    """Draw charts of several runs at random places, and check them; return how many."""
    known = [run for run in runs if run.is_started and not run.is_deleted and run.series]
    for _ in range(count if known else 0):
        chosen = dice.sample(known, min(len(known), dice.choice([1, 1, 2, 5])))
        names = [dice.choice(sorted({name for run in chosen for name in run.series})), ("loss", "train")]
        axis = dice.choice(AXES)
        by = {"x": axis}
        if axis == X_METRIC:
            chosen = [run for run in chosen if X_METRIC in run.series] or chosen[:0]
            by = {"x_metric": {"name": X_METRIC[0], "context": X_METRIC[1]}}
        if not chosen:
            continue
        low, high = _choose_range(chosen, axis, dice)
        buckets = dice.choice([1, 7, 50, 200, 500, 1_000])
        query = {
            "experiments": [run.key for run in chosen],
            "metrics": [{"name": name, "context": context} for name, context in dict.fromkeys(names)],
            "low": low, "high": high, "buckets": buckets, **by,
        }  # fmt: skip
        chart = line.draw(**query)
        wanted = {
            (run.key, name): run.place(name, axis, low, high) for run in chosen for name in names if name in run.series
        }
        try:
            check_chart(chart, wanted, buckets)
        except Wrong as wrong:
            raise Wrong(f"chart {query}: {wrong}") from None
    return count if known else 0


def _choose_range(
    runs: Sequence[ModelRun], axis: str | MetricName, dice: random.Random
) -> tuple[float | None, float | None]:
    if dice.random() < 0.3:
        return None, None
    run = dice.choice(runs)
    at, _ = run.place(dice.choice(list(run.series)), axis, None, None)
    if not len(at):
        return None, None
    ends = sorted(float(at[dice.randrange(len(at))]) for _ in range(2))
    return (ends[0] if dice.random() < 0.8 else None), (ends[1] if dice.random() < 0.8 else None)


def check_table(line: Line, runs: Sequence[ModelRun]) -> None:
    """The project's table has exactly the runs that are not deleted, with the right numbers."""
    known = {run.key: run for run in runs if run.is_started and not run.is_deleted}
    kinds = ("last", "min", "max", "count", "step")
    columns = [{"kind": "metric", "name": "loss", "context": "train", "value": kind} for kind in kinds]
    query = {"workspace": "default", "project": PROJECT, "columns": columns, "limit": 1_000}
    status, body = line.ask("POST", "/experiments/search", orjson.dumps(query))
    expect(status == 200, "the table is answered with", status, body[:300])
    page = orjson.loads(body)
    rows = {row["experiment"]["key"]: row["values"] for row in page["rows"]}
    expect(len(page["rows"]) == page["total"] == len(rows), "the table has rows twice")
    expect(rows.keys() == known.keys(), "the table differs by", sorted(rows.keys() ^ known.keys()))
    for key, values in rows.items():
        series = known[key].series.get(("loss", "train"))
        if series is None:
            expect(values == [None] * 5, "a run without the metric has", values)
            continue
        summary = series.summary()
        wanted = [summary[field] for field in ("last", "min", "max", "count", "last_step")]
        told = [math.nan if value == "NaN" else value if value is None else float(value) for value in values]
        same = all(a == b or (isinstance(a, float) and isinstance(b, float) and math.isnan(a) and math.isnan(b))
                   for a, b in zip(told, wanted, strict=True))  # fmt: skip
        expect(same, "the table says", told, "of", key, "instead of", wanted)

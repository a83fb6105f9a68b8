"""Stories of a training, from the script to the page: live, the server away, kill -9, an exception, an upload."""

from __future__ import annotations

import math
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.stories import Server, Training, wait_for

pytestmark = pytest.mark.e2e

STEADY = """
    import sys, time, halley
    experiment = halley.start(project_name="story")
    experiment.set_name("steady")
    step = 0
    stop = False
    import threading
    def listen():
        global stop
        sys.stdin.readline()
        stop = True
    threading.Thread(target=listen, daemon=True).start()
    while not stop:
        experiment.log_metric("loss", 1 / (step + 1), step=step)
        print("step", step, flush=True)
        step += 1
        time.sleep(0.02)
    experiment.end()
    sys.__stdout__.write(f"LOGGED {step}\\n")
"""


def logged(training: Training) -> int:
    """How many points the steady training says it has logged."""
    out, _ = training.end()
    return int(out.rsplit("LOGGED ", 1)[1])


def points_shown(page: Page) -> int:
    """How many points the chart of `loss` shows, as it tells a screen reader."""
    label = page.get_by_role("img", name="loss of 1 experiment").get_attribute("aria-label") or ""
    found = re.search(r"([\d,]+) points", label)
    return int(found.group(1).replace(",", "")) if found else 0


def test_a_chart_gains_points_without_a_reload(server: Server, train: Callable[..., Training], page: Page) -> None:
    training = train(STEADY, url=server.url)
    wait_for(lambda: server.metric(training.key, "loss"), what="the first point")
    page.goto(f"{server.url}/default/story/charts")
    page.evaluate("window.isTheSamePage = true")
    expect(page.get_by_role("img", name="loss of 1 experiment")).to_be_visible()
    first = wait_for(lambda: points_shown(page), what="points in the chart")
    wait_for(lambda: points_shown(page) >= first + 50, what="50 more points in the chart")
    expect(page.get_by_text("steady").first).to_be_visible()
    training.go()
    count = logged(training)
    wait_for(lambda: points_shown(page) == count, what="the last point in the chart")
    assert page.evaluate("window.isTheSamePage") is True
    assert sorted(server.values(training.key, "loss")) == list(range(count))


def test_the_server_is_away_for_ten_seconds(server: Server, train: Callable[..., Training], page: Page) -> None:
    training = train(STEADY, url=server.url)
    wait_for(lambda: server.metric(training.key, "loss").get("count", 0) > 20, what="points")
    page.goto(f"{server.url}/default/story/experiments/{training.key}")
    expect(page.get_by_text("Running", exact=True).first).to_be_visible()
    server.stop()
    time.sleep(10)  # the story: away for ten seconds
    assert training.process.poll() is None
    server.start()
    training.go()
    count = logged(training)
    wait_for(lambda: server.metric(training.key, "loss").get("count") == count, what="every point")
    values = server.values(training.key, "loss")
    assert values == {step: pytest.approx(1 / (step + 1)) for step in range(count)}
    wait_for(lambda: server.experiment(training.key)["experiment"]["state"] == "finished", what="the end")
    expect(page.get_by_text("Finished", exact=True).first).to_be_visible(timeout=20_000)


def test_a_training_killed_with_9_is_shown_as_killed(
    server: Server, train: Callable[..., Training], page: Page
) -> None:
    training = train(STEADY, url=server.url)
    wait_for(lambda: server.metric(training.key, "loss").get("count", 0) > 50, what="points")
    page.goto(f"{server.url}/default/story/experiments/{training.key}")
    expect(page.get_by_text("Running", exact=True).first).to_be_visible()
    assert training.process.stdout is not None
    training.process.send_signal(signal.SIGKILL)
    expect(page.get_by_text("Killed", exact=True).first).to_be_visible(timeout=15_000)
    out, _ = training.end()
    # what was printed after a point proves that the point had been logged; the last line may be cut in the middle
    printed = max(int(line.split()[1]) for line in out.splitlines()[:-1] if line.startswith("step "))
    wait_for(lambda: server.metric(training.key, "loss")["count"] >= printed + 1, what="all points up to the last")
    assert sorted(server.values(training.key, "loss"))[: printed + 1] == list(range(printed + 1))
    assert "kill -9" in server.experiment(training.key)["experiment"]["reason"]


def test_an_exception_is_shown_with_its_traceback(server: Server, train: Callable[..., Training], page: Page) -> None:
    training = train(
        """
        import halley
        experiment = halley.start(project_name="story")
        experiment.log_metric("loss", float("nan"), step=0)
        experiment.log_metric("loss", float("inf"), step=1)
        print("before the end")
        raise RuntimeError("out of luck")
        """,
        url=server.url,
    )
    _, err = training.end()
    assert "RuntimeError: out of luck" in err
    assert training.process.returncode == 1
    wait_for(lambda: (server.experiment(training.key) or {}).get("traceback"), what="the traceback")
    detail = server.experiment(training.key)
    assert detail["experiment"]["state"] == "failed"
    assert detail["experiment"]["reason"] == "RuntimeError: out of luck"
    assert 'raise RuntimeError("out of luck")' in detail["traceback"]
    assert server.metric(training.key, "loss")["last"] == "Infinity"
    page.goto(f"{server.url}/default/story/experiments/{training.key}/overview")
    expect(page.get_by_text("RuntimeError: out of luck").first).to_be_visible()
    page.goto(f"{server.url}/default/story/experiments/{training.key}/output")
    expect(page.get_by_text("before the end")).to_be_visible()


def test_what_was_left_behind_is_uploaded_once(server: Server, train: Callable[..., Training]) -> None:
    training = train(
        """
        import halley
        experiment = halley.start(project_name="story")
        experiment.log_parameter("lr", 0.1)
        for step in range(1000):
            experiment.log_metric("loss", step * 0.5, step=step)
        print("offline said this")
        experiment.end()
        """,
        url=server.url,
        HALLEY_MODE="offline",
    )
    _, err = training.end()
    assert "halley upload" in err
    assert server.experiment(training.key) is None
    upload = [sys.executable, "-m", "halley.cli.main", "upload", str(training.home / "journals")]
    kept = training.home / "kept"
    subprocess.run(["cp", "-r", training.home / "journals", kept], check=True)
    environment = {**os.environ, "HALLEY_URL": server.url, "HALLEY_HOME": str(training.home)}
    said = subprocess.run(upload, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    again = subprocess.run(
        [*upload[:-1], str(kept)], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert again.returncode == 0, again.stdout + again.stderr
    detail = server.experiment(training.key)
    assert detail["experiment"]["state"] == "finished"
    assert [(one["name"], one["value"]) for one in detail["parameters"]] == [("lr", 0.1)]
    assert server.values(training.key, "loss") == {step: step * 0.5 for step in range(1000)}
    lines = server.get(f"/experiments/{training.key}/output")["lines"]
    assert "offline said this" in [line["text"] for line in lines]


def test_everything_logged_arrives_as_logged(server: Server, train: Callable[..., Training]) -> None:
    training = train(
        """
        import ctypes, subprocess, sys
        import numpy as np
        import halley
        with halley.Experiment(project_name="story") as experiment:
            experiment.set_name("all of it")
            experiment.log_parameters({"lr": np.float32(0.5), "model": {"depth": 3}, "layers": [1, 2], "none": None})
            experiment.log_other("note", "hello")
            experiment.add_tags(["one", "two"])
            with experiment.train():
                experiment.log_metrics({"loss": 1, "deep": {"er": 2}}, step=5, epoch=0.5)
            experiment.log_metric("unstepped", np.float64(3))
            print("from python")
            sys.stdout.flush()
            libc = ctypes.CDLL(None)
            libc.puts(b"from C")
            libc.fflush(None)
            subprocess.run(["sh", "-c", "echo from a subprocess; echo on stderr >&2"])
            for part in range(5):
                print(f"\\r{part * 25} %", end="", file=sys.stderr, flush=True)
            print(file=sys.stderr)
        """,
        url=server.url,
    )
    out, err = training.end()
    assert training.process.returncode == 0, err
    wait_for(
        lambda: (server.experiment(training.key) or {"experiment": {"state": ""}})["experiment"]["state"] == "finished"
    )
    detail = server.experiment(training.key)
    assert detail["experiment"]["name"] == "all of it"
    assert detail["experiment"]["tags"] == ["one", "two"]
    parameters = {one["name"]: one["value"] for one in detail["parameters"]}
    assert parameters == {"lr": 0.5, "model|depth": 3, "layers": "[1, 2]", "none": None}
    assert {one["name"]: one["value"] for one in detail["others"]} == {"note": "hello"}
    metrics = {(one["name"], one["context"]): (one["last_step"], one["last"]) for one in detail["metrics"]}
    assert metrics["loss", "train"] == (5, 1.0)
    assert metrics["deep/er", "train"] == (5, 2.0)
    assert metrics["unstepped", ""][1] == 3.0
    lines = [(line["stream"], line["text"]) for line in server.get(f"/experiments/{training.key}/output")["lines"]]
    for expected in ((1, "from python"), (1, "from C"), (1, "from a subprocess"), (2, "on stderr"), (2, "100 %")):
        assert expected in lines
    assert (2, "0 %") not in lines
    assert "from C" in out
    assert math.isfinite(detail["experiment"]["started_at"])


def test_both_examples_train(server: Server, tmp_path: Path) -> None:
    examples = Path(__file__).resolve().parents[2] / "examples"
    environment = {**os.environ, "HALLEY_URL": server.url, "HALLEY_HOME": str(tmp_path)}
    data = tmp_path / "ratings.csv"
    data.write_text(
        "timestamp, user_id, movie_id, rating\n"
        + "".join(
            f"2021-12-16 14:{n % 60:02}:44, {n % 17}, the+muppet+movie+{n % 11}, {n % 5 + 1}\n" for n in range(400)
        )
        + "not a row\n"
    )
    for script, options in (
        ("movie_recommendation.py", ["--data", str(data), "--epochs", "3"]),
        ("movie_recommendation.py", ["--ratings", "3000", "--epochs", "2", "--loss", "mse", "--optimizer", "adagrad"]),
        ("digits.py", ["--epochs", "3"]),
    ):
        said = subprocess.run(
            [sys.executable, examples / script, *options],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert said.returncode == 0, said.stderr
        if str(data) in options:
            assert "1 lines" in said.stderr
    wait_for(lambda: [one["running_count"] for one in server.get("/projects")["projects"]] == [0, 0], what="all ends")
    found = server.post("/experiments/search", {"workspace": "default", "project": "movie-recommendation"})
    assert found["total"] == 2
    movie = server.experiment(found["rows"][0]["experiment"]["key"])
    assert {"batch_size", "epochs", "embed_size", "optimizer", "learning_rate", "loss"} <= {
        one["name"] for one in movie["parameters"]
    }
    names = {(one["name"], one["context"]) for one in movie["metrics"]}
    assert {("batch_loss", "train"), ("bce", "train"), ("mse", "validate"), ("loss", "validate")} <= names

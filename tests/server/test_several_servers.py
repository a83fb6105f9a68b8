"""Several `halley server` processes on one PostgreSQL database: what one takes, the others show, at once."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import quote

import httpx
import pytest
from tests.databases import PASSWORD

from halley.wire.batch import MEDIA_TYPE, encode_batch
from halley.wire.records import Name

pytestmark = pytest.mark.e2e


class Process:
    """A server process, spoken to as `Live` is."""

    def __init__(self, database, home, *options):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "halley.cli.main", "server", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "HALLEY_HOME": str(home), "HALLEY_DATABASE": database},
        )
        self.said = self.process.stdout.readline()
        found = re.match(r"Halley is at (http://\S+) \(data in (postgresql://.+)\)\.", self.said)
        assert found, (self.said, self.process.communicate(timeout=20))
        self.url = found[1]
        self.client = httpx.Client(base_url=self.url, timeout=60)

    def send(self, batch):
        return self.client.post("/api/v1/ingest", content=encode_batch(batch), headers={"Content-Type": MEDIA_TYPE})

    def get(self, path):
        reply = self.client.get(f"/api/v1{path}")
        assert reply.status_code == 200, reply.text
        return reply.json()

    def draw(self, *keys, name="loss"):
        query = {"experiments": keys, "metrics": [{"name": name}]}
        reply = self.client.post("/api/v1/metrics/chart", json=query)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def end(self):
        self.client.close()
        self.process.kill()
        self.process.communicate(timeout=20)


@pytest.fixture
def start(databases, shared_database, tmp_path):
    databases.empty(shared_database)
    started = []

    def start(*options):
        started.append(Process(shared_database, tmp_path / str(len(started)), *options))
        return started[-1]

    try:
        yield start
    finally:
        for process in started:
            process.end()


@contextmanager
def watching(server, project):
    """The changes that a browser on a server is told of."""
    with httpx.stream("GET", f"{server.url}/api/v1/events", params={"project": project}, timeout=60) as reply:
        rows = (row for row in reply.iter_lines() if row.startswith("data: "))
        assert next(rows) == "data: {}"
        yield (json.loads(row.removeprefix("data: ")) for row in rows)


def test_what_one_server_took_the_other_shows_live(start, make):
    one, other = start(), start()
    run = make.run(one)
    with watching(other, run.project) as changes, watching(one, run.project) as own:
        run.say(Name(time=1, name="n"), points=make.points([1.0, 2.0, 4.0]))
        change = next(changes)
        assert change == {
            "workspace": "default",
            "project": run.project,
            "experiment": run.key,
            "parts": ["created", "metrics", "facts"],
        }
        assert other.draw(run.key) == one.draw(run.key)
        assert other.draw(run.key)["lines"][0]["mean"] == [1.0, 2.0, 4.0]
        run.live = other
        run.say(points=make.points([8.0], first_step=3))
        assert next(changes)["parts"] == ["metrics"]
        assert [next(own)["parts"], next(own)["parts"]] == [["created", "metrics", "facts"], ["metrics"]]
    assert one.draw(run.key)["lines"][0]["mean"] == [1.0, 2.0, 4.0, 8.0]
    assert one.get("/status")["database"] == other.get("/status")["database"] == "postgresql"


def test_many_changes_at_once_all_arrive(start, make):
    """More than one note of the database holds."""
    one, other = start(), start()
    runs = [make.run(one, project="many") for _ in range(60)]
    with watching(other, "many") as changes:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda run: run.say(points=make.points([1.0])), runs))
        waiting = {run.key for run in runs}
        while waiting:
            waiting.discard(next(changes)["experiment"])


def test_two_writers_of_one_run_through_two_servers(start, make):
    """And a third that goes from one server to the other with every batch, each of which it sends to both."""
    servers = [start(), start()]
    runs = [make.run(servers[0], project="p", key="k" * 32) for _ in range(3)]

    def speak(place):
        run = runs[place]
        for turn in range(40):
            batch = run.batch(points=make.points([float(turn)] * 10, has_steps=False))
            chosen = [servers[place]] if place < 2 else [servers[turn % 2], servers[(turn + 1) % 2]]
            for server in chosen:
                reply = server.send(batch)
                assert reply.status_code == 200, reply.text
            run.said = reply.json()["acknowledged"]

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(speak, range(3)))
    for server in servers:
        (metric,) = server.get("/experiments/" + "k" * 32)["metrics"]
        assert (metric["count"], metric["last_step"]) == (1_200, 1_199)
        assert sum(server.draw("k" * 32)["lines"][0]["count"]) == 1_200


def test_kill_9_of_a_server_under_load_loses_nothing_acknowledged(start, make):
    """Senders go to the other one, as behind a load balancer, and send again what was not acknowledged."""
    servers = [start(), start()]
    runs = [make.run(servers[0], project="p") for _ in range(4)]
    acknowledged, is_killed = [0] * len(runs), threading.Event()

    def speak(place):
        run, at = runs[place], place % 2
        turns_after = 0
        while turns_after < 15:
            first = run.said
            batch = run.batch(points=make.points([float(first + i) for i in range(25)], first_step=first))
            try:
                reply = servers[at].send(batch)
            except httpx.TransportError:
                assert is_killed.is_set()
                at = 1
                continue
            assert reply.status_code == 200, reply.text
            run.said = acknowledged[place] = reply.json()["acknowledged"]
            turns_after += is_killed.is_set()

    with ThreadPoolExecutor(len(runs)) as threads:
        speaking = [threads.submit(speak, place) for place in range(len(runs))]
        try:
            end = time.monotonic() + 60
            while min(acknowledged) < 500 and time.monotonic() < end:
                time.sleep(0.01)
        finally:
            is_killed.set()
            servers[0].process.kill()
        for one in speaking:
            one.result(60)
    for run, count in zip(runs, acknowledged, strict=True):
        (metric,) = servers[1].get(f"/experiments/{run.key}")["metrics"]
        assert (metric["count"], metric["last_step"], metric["last"]) == (count, count - 1, count - 1)
        assert sum(servers[1].draw(run.key)["lines"][0]["count"]) == count


def test_the_password_is_never_told(start, databases, shared_database):
    server = start()
    told = [server.said, json.dumps(server.get("/status"))]
    server.process.terminate()
    told += server.process.communicate(timeout=20)
    assert server.process.returncode == 0
    wrong = shared_database.rpartition("/")[0] + "/halley_nowhere"
    refused = subprocess.run(
        [sys.executable, "-m", "halley.cli.main", "server", "--port", "0", "--database", wrong],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 1
    assert "halley_nowhere does not exist" in refused.stderr
    told += [refused.stdout, refused.stderr]
    for text in told:
        assert PASSWORD not in text
        assert quote(PASSWORD, safe="") not in text
        assert "Traceback" not in text

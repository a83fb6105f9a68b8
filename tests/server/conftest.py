"""A real server over a real store, in a thread, shared by the tests of a module."""

import secrets
import struct
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import httpx
import pytest

from halley.core.metric import NO_STEP
from halley.server.app import Options, create_app
from halley.server.events.broadcast import Broadcast
from halley.server.listen import address_of, open_socket
from halley.server.serve import Server
from halley.storage.open import open_storage
from halley.wire.batch import MEDIA_TYPE, Batch, Points, encode_batch

NOW = 1_700_000_000_000


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


class Live:
    """A running server and a client for it."""

    def __init__(self, place, *, blobs=None, **options):
        self.clock = Clock()
        self.storage = open_storage(place, blobs=blobs)
        self.broadcast = Broadcast()
        listener = open_socket("127.0.0.1", 0, is_open_to_all=False)
        self.url = address_of(listener, "127.0.0.1")
        options = {"version": "1.2.3", "hosts": frozenset({"localhost", "127.0.0.1", "::1"}), **options}
        self.app = create_app(self.storage, Options(**options), self.broadcast, clock=self.clock)
        ready = threading.Event()
        self.server = Server(self.app, self.broadcast, ready.set)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [listener]})
        self.thread.start()
        assert ready.wait(20)
        self.client = httpx.Client(base_url=self.url, timeout=20)

    def stop(self):
        self.client.close()
        self.server.should_exit = True
        self.thread.join(20)
        assert not self.thread.is_alive()
        self.storage.close()

    def get(self, path, **rest):
        return self.client.get(f"/api/v1{path}", **rest)

    def post(self, path, json=None, **rest):
        return self.client.post(f"/api/v1{path}", json=json, **rest)

    def send(self, batch, **rest):
        headers = {"Content-Type": MEDIA_TYPE, **rest.pop("headers", {})}
        return self.client.post("/api/v1/ingest", content=encode_batch(batch), headers=headers, **rest)

    def detail(self, key):
        reply = self.get(f"/experiments/{key}")
        assert reply.status_code == 200, reply.text
        return reply.json()

    def state(self, key):
        return self.detail(key)["experiment"]["state"]


def make_points(values, *, name="loss", context="", first_step=0, time=NOW, has_steps=True):
    count = len(values)
    steps = range(first_step, first_step + count) if has_steps else [NO_STEP] * count
    return Points(
        metrics=((name, context),),
        metric=bytes(4 * count),
        step=struct.pack(f"<{count}q", *steps),
        time=struct.pack(f"<{count}q", *range(time, time + count)),
        epoch=struct.pack(f"<{count}d", *[float("nan")] * count),
        value=struct.pack(f"<{count}d", *values),
    )


class Run:
    """One run that says things, as its sender would."""

    def __init__(self, live, *, project=None, workspace="default", key=None):
        self.live = live
        self.key = key or secrets.token_hex(16)
        self.writer = secrets.token_hex(16)
        self.workspace = workspace
        self.project = project or f"p-{secrets.token_hex(4)}"
        self.said = 0

    def batch(self, *records, points=None, first=None, count=None, **rest):
        points = points or Points()
        return Batch(
            **{
                "experiment_key": self.key,
                "workspace": self.workspace,
                "project": self.project,
                "writer": self.writer,
                "first": self.said if first is None else first,
                "count": len(records) + len(points) if count is None else count,
                "records": records,
                "points": points,
                **rest,
            }
        )

    def say(self, *records, points=None, **rest):
        """Send a batch that follows on the last, and return the reply."""
        batch = self.batch(*records, points=points, **rest)
        reply = self.live.send(batch)
        assert reply.status_code == 200, reply.text
        self.said = reply.json()["acknowledged"]
        return reply.json()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def live(request, tmp_path_factory) -> Iterator[Live]:
    if request.param == "sqlite":
        server = Live(tmp_path_factory.mktemp("server") / "data")
    else:
        server = Live(request.getfixturevalue("databases").make(), blobs=tmp_path_factory.mktemp("blobs"))
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def start_live(tmp_path) -> Iterator[object]:
    """Start a server with options of its own."""
    started = []

    def start(**options):
        started.append(Live(tmp_path / str(len(started)) / "data", **options))
        return started[-1]

    try:
        yield start
    finally:
        for server in started:
            server.stop()


@pytest.fixture
def run(live) -> Run:
    return Run(live)


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    return SimpleNamespace(points=make_points, run=Run, now=NOW)

"""A small real HTTP server that keeps the ingest contract, real training processes, and waiting with a deadline."""

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from halley.core.metric import NO_STEP
from halley.errors import RequestError
from halley.wire.batch import decode_batch
from halley.wire.records import Asset, End, Output

DEADLINE_SECONDS = 30.0


def wait_until(condition, *, seconds=DEADLINE_SECONDS, what="the condition"):
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {seconds} s")
        time.sleep(0.01)
    return value


class Peer:
    """What the server would know, from batches that follow on one another."""

    def __init__(self, port=0):
        self.lock = threading.Lock()
        self.acknowledged = {}
        self.records = []  # (experiment key, writer, record)
        self.points = []  # (experiment key, name, context, step, time, epoch, value)
        self.batches = []
        self.retry_after = "0.05"
        self.answers = []  # statuses to answer with instead, first come first served; a callable sees the batch
        self.keys = set()
        self.homes = {}  # experiments that are there already: key to workspace and project
        self.forks = []  # (parent, step, experiment key)
        self.blobs = {}  # digest to bytes
        self.contents = {}  # asset to bytes
        self.file_answers = []  # statuses to answer requests about files with instead
        self.project = None  # where the experiment lies already; None for where its batches say
        self._server = None
        self._port = port
        self.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._port}"

    def start(self):
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path.endswith("/blobs/find"):
                    self.reply(*peer.find(body))
                elif self.path.endswith("/forks"):
                    self.reply(*peer.fork(self.path.split("/")[-2], json.loads(body)))
                else:
                    self.reply(*peer.take(body))

            def do_PUT(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.reply(*peer.put(self.path, body))

            def do_GET(self):
                self.reply(*peer.describe(self.path.rsplit("/", 1)[-1]))

            def reply(self, status, document, headers):
                data = b"" if status == 204 else json.dumps(document).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def get_request(self):
                connection, address = super().get_request()
                self.connections.add(connection)
                return connection, address

            def handle_error(self, request, client_address):
                pass

        Server.connections = set()
        self._server = Server(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self):
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        for connection in self._server.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(2)
            connection.close()
        self._thread.join()
        self._server = None

    def take(self, body):
        with self.lock:
            if self.answers:
                answer = self.answers[0]
                status = answer(decode_batch(body)) if callable(answer) else self.answers.pop(0)
                if status:
                    return (
                        status,
                        _error("gone" if status == 410 else "busy"),
                        {"Retry-After": self.retry_after} if status in {429, 503} else {},
                    )
            try:
                batch = decode_batch(body)
            except RequestError as error:
                return error.status, _error(error.code), {}
            has = self.acknowledged.get(batch.writer, 0)
            self.keys.add(batch.experiment_key)
            self.batches.append(batch)
            if has < batch.first + batch.count:
                if has != batch.first and not batch.is_resend_after_loss:
                    return 409, _error("sequence_gap"), {"Halley-Acknowledged": str(has)}
                self._apply(batch)
                has = batch.first + batch.count
            elif has < batch.first:
                return 409, _error("sequence_gap"), {"Halley-Acknowledged": str(has)}
            self.acknowledged[batch.writer] = has
            path = f"/{batch.workspace}/{self.project or batch.project}/experiments/{batch.experiment_key}"
            return 200, {"acknowledged": has, "state": "running", "name": "quiet-reef-1", "path": path}, {}

    def describe(self, key):
        with self.lock:
            workspace, project = self.homes.get(key, ("default", "general"))
            if key not in self.keys and key not in self.homes:
                return 404, _error("not_found"), {}
            return 200, {"experiment": {"key": key, "workspace": workspace, "project": project}}, {}

    def fork(self, parent, wanted):
        with self.lock:
            if parent not in self.homes:
                error = _error("not_found")
                error["error"]["message"] = "There is no such experiment."
                return 404, error, {}
            self.forks.append((parent, wanted["step"], wanted["experiment_key"]))
            workspace, project = self.homes[parent]
            return 201, {"key": wanted["experiment_key"], "workspace": workspace, "project": project}, {}

    def find(self, body):
        with self.lock:
            digests = json.loads(body)["digests"]
            return 200, {"missing": [digest for digest in digests if digest not in self.blobs]}, {}

    def put(self, path, body):
        with self.lock:
            if self.file_answers and (status := self.file_answers.pop(0)):
                return status, _error("gone" if status == 410 else "busy"), {}
            *_, asset, last = path.split("/")
            if asset == "blobs":
                assert hashlib.sha256(body).hexdigest() == last
                self.blobs[last] = body
                return 204, {}, {}
            content = json.loads(body)
            if all(record.id != asset for _, _, record in self.records if isinstance(record, Asset)):
                return 404, _error("not_found"), {}
            if any(blob["digest"] not in self.blobs for blob in content["blobs"]):
                return 409, _error("conflict"), {}
            data = b"".join(self.blobs[blob["digest"]] for blob in content["blobs"])
            assert hashlib.sha256(data).hexdigest() == content["digest"]
            self.contents[asset] = data
            return 204, {}, {}

    def _apply(self, batch):
        key = batch.experiment_key
        for record in batch.records:
            if isinstance(record, Asset) and record.content is not None:
                self.contents[record.id] = batch.contents[record.content]
        self.records += [(key, batch.writer, record) for record in batch.records]
        points = batch.points
        columns = zip(
            memoryview(points.metric).cast("I"),
            memoryview(points.step).cast("q"),
            memoryview(points.time).cast("q"),
            memoryview(points.epoch).cast("d"),
            memoryview(points.value).cast("d"),
            strict=True,
        )
        self.points += [(key, *points.metrics[metric], *rest) for metric, *rest in columns]

    def of(self, kind, key=None):
        with self.lock:
            return [record for k, _, record in self.records if isinstance(record, kind) and key in {None, k}]

    def values(self, name, context=""):
        with self.lock:
            return [point[6] for point in self.points if point[1:3] == (name, context)]

    def steps(self, name, context=""):
        with self.lock:
            return [None if point[3] == NO_STEP else point[3] for point in self.points if point[1:3] == (name, context)]

    def lines(self, stream=None):
        """Output as the server would show it: by writer and number, the later text wins."""
        with self.lock:
            found = {}
            for _, writer, record in self.records:
                if isinstance(record, Output):
                    for line in record.lines:
                        found[writer, line.number] = line
        return [line.text for _, line in sorted(found.items()) if stream in {None, line.stream}]

    def files(self):
        """The content of every asset that is there, by name, in the order in which they were logged."""
        with self.lock:
            assets = [record for _, _, record in self.records if isinstance(record, Asset)]
            return [(record.name, self.contents[record.id]) for record in assets if record.id in self.contents]

    def wait_for_end(self, key=None):
        return wait_until(lambda: self.of(End, key), what="an End record")[-1]


def _error(code):
    return {"error": {"code": code, "message": f"This is {code}.", "hint": "", "field": ""}}


@pytest.fixture
def peer():
    peer = Peer()
    yield peer
    peer.stop()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home of its own; whatever serves a run folder in it is stopped afterwards."""
    folder = tmp_path / "home"
    for name in [name for name in os.environ if name.startswith(("HALLEY_", "COMET_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HALLEY_HOME", str(folder))
    yield folder
    for pid in processes_about(str(tmp_path)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def processes_about(text):
    """Processes of ours that name `text` in their arguments or environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes()
                if b"halley.sdk" in command and text.encode() in command + (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


@pytest.fixture
def train(home, peer, tmp_path):
    """Start training scripts as processes of their own."""
    processes = []

    def start(source, *, url=None, wait=True, stdin=None, binary=False, executable=sys.executable, **environment):
        script = tmp_path / f"train{len(processes)}.py"
        script.write_text(textwrap.dedent(source))
        variables = {**os.environ, "HALLEY_URL": url or peer.url, "HALLEY_HOME": str(home), **environment}
        process = subprocess.Popen(
            [executable, str(script)],
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Under nohup the tests ignore hang-ups, and so would what they start.
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
            text=not binary,
            env=variables,
        )
        processes.append(process)
        if wait:
            process.out, process.err = process.communicate(timeout=DEADLINE_SECONDS)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def until():
    return wait_until


@pytest.fixture
def runs(home):
    """The run folders that are left."""

    def left():
        journals = home / "journals"
        return sorted(journals.iterdir()) if journals.exists() else []

    return left

"""The load: threads that send batches (again and again), fork and delete runs and draw charts, until it dies."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import orjson
from benchmarks.crash.follow import Follower
from benchmarks.crash.model import ModelRun, Wrong, expect
from benchmarks.crash.senders import Sender

from halley.wire.batch import MEDIA_TYPE

_FAILURES = (OSError, http.client.HTTPException)
_AGAIN_SECONDS = 0.05


class Line:
    """A connection to one server. Belongs to one thread.

    Args:
        url: The server's address.
        is_rough: Whether the database is killed too, so that the server may have to refuse for a moment.
    """

    def __init__(self, url: str, *, is_rough: bool = False) -> None:
        self.is_rough = is_rough
        self._address = urlsplit(url).netloc
        self._link: http.client.HTTPConnection | None = None

    def ask(
        self, method: str, path: str, body: bytes | None = None, kind: str = "application/json"
    ) -> tuple[int, bytes]:
        """Send a request; return status and body.

        Raises:
            OSError: the server is gone; whether it did what it was asked nobody knows.
        """
        if self._link is None:
            self._link = http.client.HTTPConnection(self._address, timeout=60)
        try:
            self._link.request(method, f"/api/v1{path}", body, {"Content-Type": kind} if body is not None else {})
            reply = self._link.getresponse()
            return reply.status, reply.read()
        except _FAILURES as error:
            self.close()
            raise ConnectionError(str(error)) from error

    def draw(self, **query: object) -> dict[str, object]:
        """Draw a chart."""
        status, body = self.ask("POST", "/metrics/chart", orjson.dumps(query))
        if status == 503 and self.is_rough:
            raise ConnectionError(body[:300])
        expect(status == 200, "a chart was answered with", status, body[:300], query)
        chart: dict[str, object] = orjson.loads(body)
        return chart

    def close(self) -> None:
        """Hang up."""
        if self._link is not None:
            self._link.close()
            self._link = None


def send(line: Line, sender: Sender) -> None:
    """Send what is pending, new if nothing is; learn what became of it.

    Raises:
        OSError: nobody knows what became of it.
    """
    run = sender.run
    was_deleted, was_deleting = run.is_deleted, run.is_deleting
    pending = sender.pending
    assert pending is not None
    status, body = line.ask("POST", "/ingest", pending.body, MEDIA_TYPE)
    if status == 200:
        expect(not was_deleted, "a deleted run was taken")
        sender.take(orjson.loads(body)["acknowledged"])
    elif status == 410:
        expect(was_deleting or run.is_deleting, "a run that nobody deleted is gone", body[:300])
        sender.pending, sender.turns_left = None, 0
    elif status == 429 or (status == 503 and line.is_rough):
        time.sleep(_AGAIN_SECONDS)
    else:
        raise Wrong(f"a batch was answered with {status} {body[:300]!r}")


def fork(line: Line, run: ModelRun) -> None:
    """Let the server fork a run from its parent, or ask for it again if nobody knows what became of that.

    Raises:
        OSError: nobody knows what became of it.
    """
    parent = run.parent
    assert parent is not None
    run.is_asked = True
    wanted = orjson.dumps({"experiment_key": run.key, "step": run.step})
    status, body = line.ask("POST", f"/experiments/{parent.key}/forks", wanted)
    if status == 201:
        expect(orjson.loads(body)["key"] == run.key, "a fork has another key", body[:300])
        run.adopt()
    else:
        expect(status == 503 and line.is_rough, "a fork was answered with", status, body[:300])
        time.sleep(_AGAIN_SECONDS)


class Load:
    """Threads that send, fork, delete and draw until they are stopped or the server is gone.

    Args:
        urls: Where the servers are; every request goes to any of them.
        senders: Who speaks.
        threads: How many of them at once.
        seed: Of the dice.
        is_rough: See `Line`.
        followers: Live charts to keep up to date meanwhile.
    """

    def __init__(
        self, urls: list[str], senders: list[Sender], threads: int, seed: int, *, is_rough: bool,
        followers: Sequence[Follower] = (),
    ) -> None:  # fmt: skip
        self._urls = urls
        self._followers = followers
        self._is_rough = is_rough
        self._senders = senders
        self._stop = threading.Event()
        self.gone: set[str] = set()
        self.errors: list[BaseException] = []
        self.acknowledged = self.repeated = self.drawn = self.unanswered = self.deleted = self.forked = 0
        self._threads = [
            threading.Thread(target=self._guard, args=(work, place, random.Random(f"{seed} {place}")))
            for place, work in enumerate([self._speak] * threads + [self._look])
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let every thread come to its end, and raise what went wrong in any."""
        self._stop.set()
        for thread in self._threads:
            thread.join(120)
            expect(not thread.is_alive(), "a client hangs")
        if self.errors:
            raise self.errors[0]

    def _guard(self, work: Callable[[Line, int, random.Random], None], place: int, dice: random.Random) -> None:
        lines = {url: Line(url, is_rough=self._is_rough) for url in self._urls}
        try:
            while not self._stop.is_set():
                alive = [url for url in lines if url not in self.gone]
                if not alive:
                    return
                url = dice.choice(alive)
                try:
                    work(lines[url], place, dice)
                except OSError:
                    self.unanswered += 1
                    if self._stop.wait(0.01):
                        return
        except BaseException as error:  # noqa: BLE001 - raised again by `stop`
            self.errors.append(error)
        finally:
            for line in lines.values():
                line.close()

    def _speak(self, line: Line, place: int, dice: random.Random) -> None:
        mine = [sender for sender in self._senders if sender.thread == place and sender.turns_left > 0]
        if not mine:
            self._stop.wait(0.05)
            return
        sender = dice.choice(mine)
        run = sender.run
        if run.parent is not None and not run.is_forked:
            self._fork(line, run, run.parent)
        elif dice.random() < 0.002:
            self._delete(line, run)
        elif run.parent is not None and dice.random() < 0.005:
            self._delete(line, run.parent)
        elif run.forks_waiting and sender.pending is None:
            self._stop.wait(0.01)
        elif sender.before is not None and sender.pending is None and dice.random() < 0.1:
            was_deleting = run.is_deleting
            status, body = line.ask("POST", "/ingest", sender.before, MEDIA_TYPE)  # as if its answer had been lost
            if status == 200:
                expect(orjson.loads(body)["acknowledged"] == sender.said, "a repeated batch was taken anew")
                self.repeated += 1
            elif status == 410:
                expect(was_deleting or run.is_deleting, "a run that nobody deleted is gone")
                sender.turns_left = 0
            else:
                expect(status == 429 or line.is_rough, "a repeated batch was answered with", status, body[:300])
        else:
            if sender.pending is None:
                if run.is_ended:
                    sender.turns_left = min(sender.turns_left, dice.randint(0, 3))
                    if not sender.turns_left:
                        return
                sender.make(dice)
                sender.turns_left -= 1
            send(line, sender)
            self.acknowledged += sender.pending is None

    def _fork(self, line: Line, run: ModelRun, parent: ModelRun) -> None:
        if any(sender.pending is not None for sender in self._senders if sender.run is parent):
            self._stop.wait(0.005)
            return
        fork(line, run)
        self.forked += run.is_forked

    def _delete(self, line: Line, run: ModelRun) -> None:
        if run.is_deleting or not run.is_started or run.forks_waiting:
            return
        run.is_deleting = run.is_touched = True
        finish_delete(line, run)
        self.deleted += run.is_deleted

    def _look(self, line: Line, _: int, dice: random.Random) -> None:
        """Draw a chart in the middle of all this: it holds at least what was acknowledged before it was asked for."""
        live = [one for one in self._followers if not one.is_over]
        if live and dice.random() < 0.4:
            dice.choice(live).follow(line)
        run = dice.choice(self._senders).run
        name = ("loss", "train")
        with run.lock:
            known = len(run.series[name].points) if name in run.series else 0
        chart = line.draw(experiments=[run.key], metrics=[{"name": name[0], "context": name[1]}], buckets=200)
        counts = [sum(found["count"]) for found in chart["lines"]]
        if not run.is_deleting and known:
            expect(len(counts) == 1 and counts[0] >= known, "a chart holds", counts, "of", known, "acknowledged points")
        self.drawn += 1
        self._stop.wait(0.03)


def finish_delete(line: Line, run: ModelRun) -> None:
    """Delete a run, or delete it again if nobody knows what became of that.

    Raises:
        OSError: nobody knows what became of it.
    """
    status, body = line.ask("DELETE", f"/experiments/{run.key}")
    if status in {200, 204, 404}:
        run.is_deleted = True
    else:
        expect(status == 503 and line.is_rough, "a deletion was answered with", status, body[:300])

"""Live changes: what is said is pushed, gathered, filtered, and ends with the server."""

import asyncio
import json
import threading
import time
from contextlib import contextmanager

import httpx
import pytest

from halley.errors import Busy
from halley.server.events import broadcast as broadcasting
from halley.server.events.broadcast import QUEUE_LIMIT, Broadcast
from halley.server.events.stream import stream_changes
from halley.wire.api import Change
from halley.wire.records import Name


class Line:
    """An open line of server-sent events, read event by event."""

    def __init__(self, reply):
        self.reply = reply
        self._rows = reply.iter_lines()

    def next(self):
        """The next event as (name, data); None at the end."""
        event = {}
        for row in self._rows:
            if not row:
                if "data" in event:
                    return event["event"], json.loads(event["data"])
                continue
            name, _, value = row.partition(": ")
            event[name] = value
        return None


@contextmanager
def watching(live, **query):
    with httpx.stream("GET", f"{live.url}/api/v1/events", params=query, timeout=20) as reply:
        assert reply.status_code == 200
        line = Line(reply)
        assert line.next() == ("hello", {})
        yield line


def test_a_change_is_pushed_after_ingest(live, run, make):
    with watching(live) as line:
        assert line.reply.headers["content-type"].startswith("text/event-stream")
        assert line.reply.headers["cache-control"] == "no-store"
        assert "content-encoding" not in line.reply.headers
        run.say(Name(time=1, name="n"), points=make.points([1.0]))
        name, change = line.next()
    assert name == "change"
    assert change == {
        "workspace": "default",
        "project": run.project,
        "experiment": run.key,
        "parts": ["created", "metrics", "facts"],
    }


def test_filters_keep_other_projects_out(live, run, make):
    other = make.run(live)
    with watching(live, workspace="default", project=run.project) as line:
        other.say(points=make.points([1.0]))
        run.say(points=make.points([1.0]))
        assert line.next()[1]["experiment"] == run.key


def test_renaming_and_deleting_are_pushed(live, run):
    run.say()
    with watching(live, project=run.project) as line:
        live.client.patch(f"/api/v1/experiments/{run.key}", json={"name": "x"})
        assert line.next()[1]["parts"] == ["facts"]
        live.client.delete(f"/api/v1/experiments/{run.key}")
        assert line.next()[1]["parts"] == ["deleted"]


def test_a_heartbeat_pushes_nothing(live, run, make):
    run.say()
    with watching(live, project=run.project) as line:
        run.say()
        run.say(points=make.points([1.0]))
        assert line.next()[1]["parts"] == ["metrics"]


def test_a_browser_that_leaves_is_forgotten(start_live):
    live = start_live()
    with watching(live):
        assert live.broadcast.watcher_count == 1
    end = time.monotonic() + 20
    while live.broadcast.watcher_count:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_open_lines_end_promptly_when_the_server_stops(start_live):
    live = start_live()
    with watching(live) as line:
        live.server.should_exit = True
        stopper = threading.Thread(target=live.thread.join, args=(20,))
        stopper.start()
        assert line.next() is None
        stopper.join()
        assert not live.thread.is_alive()


# the broadcast itself


def change(experiment="a" * 32, parts=("metrics",), project="p"):
    return Change(workspace="w", project=project, experiment=experiment, parts=list(parts))


def test_changes_of_one_experiment_leave_as_one(monkeypatch):
    monkeypatch.setattr(broadcasting, "GATHER_SECONDS", 0.01)

    async def main():
        broadcast = Broadcast()
        with broadcast.watch(None, None) as watcher:
            broadcast.publish(change(parts=["metrics"]))
            broadcast.publish(change(parts=["state", "metrics"]))
            broadcast.publish(change(experiment="b" * 32, parts=["output"]))
            first, second = await watcher.next(), await watcher.next()
        return [json.loads(event.split(b"data: ")[1]) for event in (first, second)]

    first, second = asyncio.run(main())
    assert (first["experiment"], first["parts"]) == ("a" * 32, ["state", "metrics"])
    assert (second["experiment"], second["parts"]) == ("b" * 32, ["output"])


def test_a_watcher_that_falls_behind_is_let_go_and_the_others_are_not():
    async def main():
        broadcast = Broadcast()
        with broadcast.watch(None, None) as slow, broadcast.watch(None, "other") as quick:
            for i in range(QUEUE_LIMIT + 5):
                broadcast.publish(change(experiment=f"{i:032}"))
            broadcast.publish(change(project="other"))
            broadcast.close()
            events = 0
            while await slow.next() is not None:
                events += 1
            assert b'"other"' in await quick.next()
            return events

    assert asyncio.run(main()) == QUEUE_LIMIT


def test_a_silent_line_is_kept_open_by_comments():
    async def main():
        stream = stream_changes(Broadcast(), None, None, ping_seconds=0.01)
        hello, ping = await anext(stream), await anext(stream)
        await stream.aclose()
        return hello, ping

    hello, ping = asyncio.run(main())
    assert b"event: hello\n" in hello
    assert ping == b": ping\n\n"


def test_a_closed_broadcast_ends_new_lines_at_once():
    async def main():
        broadcast = Broadcast()
        broadcast.close()
        return [event async for event in stream_changes(broadcast, None, None)]

    assert len(asyncio.run(main())) == 1


def test_too_many_lines_are_refused(monkeypatch):
    monkeypatch.setattr(broadcasting, "WATCHER_LIMIT", 1)
    broadcast = Broadcast()

    async def main():
        with broadcast.watch(None, None), pytest.raises(Busy):
            broadcast.check_room()

    asyncio.run(main())

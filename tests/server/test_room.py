"""How much may wait to be stored at once."""

import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import httpx
import pytest

from halley.errors import Busy
from halley.server.http.room import Room
from halley.server.ingest.take import decoded_bytes
from halley.wire.batch import Batch, encode_batch


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def wait_in(room, size=0):
    """A whole batch of so many bytes."""
    place = room.enter()
    try:
        place.grow(size)
        place.wait()
    except Busy:
        place.leave()
        raise
    return place


def test_places_are_given_back():
    room = Room(batch_limit=1, byte_limit=100)
    for _ in range(3):
        place = wait_in(room, 60)
        with pytest.raises(Busy):
            room.enter()
        place.leave()


def test_bytes_are_counted_as_they_come_and_one_batch_alone_always_fits():
    room = Room(batch_limit=10, byte_limit=100)
    alone = wait_in(room, 500)
    alone.grow(1_000)
    with pytest.raises(Busy):
        wait_in(room, 1)
    alone.leave()
    one, other = wait_in(room, 60), room.enter()
    other.grow(30)
    with pytest.raises(Busy):
        one.grow(11)
    one.grow(10)
    one.leave()
    other.leave()
    wait_in(room, 100).leave()


def test_a_refused_batch_leaves_no_trace():
    room = Room(batch_limit=2, byte_limit=100)
    place = wait_in(room, 90)
    for _ in range(5):
        with pytest.raises(Busy):
            wait_in(room, 20)
    wait_in(room, 10).leave()
    place.leave()


def test_bodies_that_are_still_coming_keep_nobody_out():
    room = Room(batch_limit=1)
    coming = [room.enter() for _ in range(100)]
    place = wait_in(room)
    with pytest.raises(Busy):
        coming[0].wait()
    place.leave()
    coming[0].wait()


def test_who_is_refused_is_told_how_long_what_waits_will_take():
    """By how long batches took lately, and at least as long as the one that is being stored takes already."""
    clock = Clock()
    room = Room(batch_limit=8, clock=clock)
    for _ in range(50):  # two batches a commit, and a commit takes 3 s
        pair = [wait_in(room), wait_in(room)]
        clock.now += 3
        for place in pair:
            place.leave()
    waiting = [wait_in(room) for _ in range(8)]
    with pytest.raises(Busy) as refused:
        room.enter()
    assert refused.value.retry_after_seconds == pytest.approx(8 * 1.5, abs=1)
    clock.now += 20
    with pytest.raises(Busy) as refused:
        room.enter()
    assert refused.value.retry_after_seconds == pytest.approx(20, abs=1)
    clock.now += 1_000
    with pytest.raises(Busy) as refused:
        room.enter()
    assert refused.value.retry_after_seconds <= 61
    for place in waiting:
        place.leave()
    assert room.wait_seconds() == 0


def test_a_quick_store_asks_for_no_more_than_a_second():
    clock = Clock()
    room = Room(batch_limit=100, clock=clock)
    for _ in range(500):
        place = wait_in(room)
        clock.now += 0.001
        place.leave()
    for _ in range(100):
        wait_in(room)
    with pytest.raises(Busy) as refused:
        room.enter()
    assert refused.value.retry_after_seconds == 1


def test_decoded_bytes_are_read_from_the_frame():
    batch = Batch(experiment_key="a", workspace="w" * 5_000, project="p", writer="b", first=0, count=0)
    body = encode_batch(batch)
    assert decoded_bytes(body) > 5_000 > len(body)
    assert decoded_bytes(b"") == decoded_bytes(b"nonsense") == 0


def test_a_full_server_says_busy_and_takes_the_same_batch_later(start_live, make):
    live = start_live(batches_at_once=1)
    gate, entered = threading.Event(), threading.Event()

    def block(session):
        entered.set()
        gate.wait(20)

    held = live.storage.write(block)  # the writer is busy until the gate opens
    assert entered.wait(20)
    runs = [make.run(live), make.run(live)]
    with ThreadPoolExecutor(2) as threads:
        sent = {threads.submit(live.send, run.batch()): run for run in runs}
        try:
            done, waiting = wait(sent, timeout=20, return_when=FIRST_COMPLETED)
        finally:
            gate.set()
        (refused,) = done
        assert refused.result().status_code == 429
        assert refused.result().json()["error"]["code"] == "busy"
        assert int(refused.result().headers["Retry-After"]) >= 1
        (taken,) = waiting
        assert taken.result(20).status_code == 200
    held.result(20)
    assert sent[refused].say()["state"] == "running"


@pytest.mark.parametrize("leaves", [False, True], ids=["vanishes", "leaves"])
def test_a_sender_that_stops_in_the_middle_keeps_no_place(start_live, make, leaves):
    """A machine that vanished says nothing any more, not even that it left."""
    live = start_live(batches_at_once=1, silence_seconds=0.2 if not leaves else 60)
    body = encode_batch(make.run(live).batch())
    with socket.create_connection((live.client.base_url.host, live.client.base_url.port), timeout=20) as line:
        head = f"POST /api/v1/ingest HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
        line.sendall(head.encode() + body[:10])
        if leaves:
            line.close()
        else:
            reply = line.recv(65_536).decode()
            assert reply.startswith("HTTP/1.1 408 ")
            assert "too_slow" in reply
            assert "stopped after 10 bytes" in reply
            assert line.recv(1) == b"", "what comes later on this line is no request"
    until = time.monotonic() + 20
    batch = make.run(live).batch()
    while (reply := live.send(batch)).status_code == 429:
        assert time.monotonic() < until
    assert reply.status_code == 200


def test_a_store_that_is_slow_says_when_to_come_back_and_everything_arrives_once(start_live, make, tmp_path):
    """The writer is held for a while; real senders wait as long as they are told, and lose and double nothing."""
    live = start_live(batches_at_once=2)
    home = tmp_path / "home"
    gate, entered = threading.Event(), threading.Event()
    held = live.storage.write(lambda _: (entered.set(), gate.wait(60)))
    assert entered.wait(20)
    trainings = [train(live.url, home, f"{place:032x}") for place in range(3)]
    try:
        told = wait_until_told_at_least(live, make, seconds=3)
    finally:
        gate.set()
    held.result(20)
    assert told >= 3
    for training in trainings:
        said = training.communicate(timeout=60)[1]
        assert training.returncode == 0, said
    until = time.monotonic() + 60
    for place in range(3):
        while not (reply := live.get(f"/experiments/{place:032x}")).is_success or len(reply.json()["metrics"]) < 1:
            assert time.monotonic() < until
        (metric,) = reply.json()["metrics"]
        while metric["count"] < 500:
            assert time.monotonic() < until
            (metric,) = live.detail(f"{place:032x}")["metrics"]
        assert (metric["count"], metric["last"], metric["last_step"]) == (500, 499.0, 499)


def train(url, home, key):
    code = (
        "import halley\n"
        f"experiment = halley.start(experiment_key={key!r})\n"
        "for step in range(500):\n    experiment.log_metric('loss', step, step=step)\n"
    )
    environment = {**os.environ, "HALLEY_URL": url, "HALLEY_HOME": str(home), "HALLEY_AUTO_OUTPUT_LOGGING": "0"}
    return subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_until_told_at_least(live, make, *, seconds):
    """Ask until the server says to wait so long; it must never say more than that nothing was stored for."""
    since, until = time.monotonic(), time.monotonic() + 30
    while True:
        try:
            reply = live.send(make.run(live).batch(), timeout=1)
        except httpx.ReadTimeout:  # there was a place, and it waits there
            continue
        assert reply.status_code == 429, reply.text
        told = int(reply.headers["Retry-After"])
        assert told <= time.monotonic() - since + 3
        if told >= seconds:
            return told
        assert time.monotonic() < until


def test_lines_that_say_nothing_keep_nobody_out(start_live, make):
    """Hundreds of bodies that are still coming hold the bytes that came, and no batch's place."""
    live = start_live(batches_at_once=2)
    body = encode_batch(make.run(live).batch())
    head = f"POST /api/v1/ingest HTTP/1.1\r\nHost: localhost\r\nContent-Length: {2**20}\r\n\r\n".encode()
    lines = []
    try:
        for _ in range(300):
            lines.append(socket.create_connection((live.client.base_url.host, live.client.base_url.port), timeout=20))
            lines[-1].sendall(head + body[:20])
        assert live.send(make.run(live).batch()).status_code == 200
    finally:
        for line in lines:
            line.close()

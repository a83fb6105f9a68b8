"""How much may wait to be stored at once."""

import socket
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import pytest

from halley.errors import Busy
from halley.server.ingest.room import Room, decoded_bytes
from halley.wire.batch import Batch, encode_batch


def test_places_are_given_back():
    room = Room(batch_limit=1, byte_limit=100)
    for _ in range(3):
        with room.admit(60), pytest.raises(Busy), room.admit(1):
            pass


def test_bytes_are_counted_as_they_grow_and_one_batch_alone_always_fits():
    room = Room(batch_limit=10, byte_limit=100)
    with room.admit(500) as alone:
        alone.grow(1_000)
        with pytest.raises(Busy), room.admit(1):
            pass
    with room.admit(60) as one, room.admit(30):
        with pytest.raises(Busy):
            one.grow(11)
        one.grow(10)
    with room.admit(100):
        pass


def test_a_refused_batch_leaves_no_trace():
    room = Room(batch_limit=2, byte_limit=100)
    with room.admit(90):
        for _ in range(5):
            with pytest.raises(Busy), room.admit(20):
                pass
        with room.admit(10):
            pass


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

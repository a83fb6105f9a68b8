"""Batches are taken once, whole, and in order; states follow from what is said."""

import math
import random
import struct
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import msgspec
import pytest
import zstandard

from halley.core.output import STDERR, STDOUT, OutputLine
from halley.wire.batch import MEDIA_TYPE, encode_batch
from halley.wire.records import AddTags, DefineMetric, End, Name, Other, Output, Parameter, Start


def start(run, time, **rest):
    return Start(time=time, workspace=run.workspace, project=run.project, **rest)


def test_a_batch_with_every_kind_of_record_is_kept_whole(live, run, make):
    reply = run.say(
        start(run, make.now, name="first try", source="halley 0.1.0", host="box", process=7, command="train.py"),
        DefineMetric(time=make.now, id=0, name="loss"),
        Parameter(time=make.now, name="lr", value=0.1),
        Parameter(time=make.now, name="lr", value=0.2, source="cli"),
        Parameter(time=make.now, name="layers", value=3, source="auto"),
        Other(time=make.now, name="best", value="yes"),
        AddTags(time=make.now, tags=("a", "b")),
        Output(
            time=make.now,
            lines=(OutputLine(0, STDOUT, make.now, "hello"), OutputLine(1, STDERR, make.now, "careful")),
        ),
        points=make.points([3.0, 2.0, 1.0]),
    )
    assert reply == {
        "acknowledged": 11,
        "state": "running",
        "name": "first try",
        "path": f"/default/{run.project}/experiments/{run.key}",
    }
    detail = live.detail(run.key)
    experiment = detail["experiment"]
    assert experiment["name"] == "first try"
    assert experiment["tags"] == ["a", "b"]
    assert (experiment["host"], experiment["process"], experiment["command"]) == ("box", 7, "train.py")
    assert experiment["source"] == "halley 0.1.0"
    assert experiment["started_at"] == make.now
    assert detail["parameters"] == [
        {"name": "layers", "value": 3, "source": "auto"},
        {"name": "lr", "value": 0.2, "source": "cli"},
    ]
    assert detail["others"] == [{"name": "best", "value": "yes"}]
    assert detail["output_line_count"] == 2
    (metric,) = detail["metrics"]
    assert (metric["name"], metric["count"], metric["last"], metric["last_step"]) == ("loss", 3, 1.0, 2)
    assert (metric["min"], metric["min_step"], metric["max"], metric["max_step"]) == (1.0, 2, 3.0, 0)


def test_a_batch_that_comes_twice_is_acknowledged_and_changes_nothing(live, run, make):
    batch = run.batch(start(run, make.now), points=make.points([1.0, 2.0], has_steps=False))
    assert live.send(batch).json()["acknowledged"] == 3
    assert live.send(batch).json()["acknowledged"] == 3
    (metric,) = live.detail(run.key)["metrics"]
    assert metric["count"] == 2


def test_a_gap_is_refused_and_says_where_to_send_on_from(live, run, make):
    run.say(start(run, make.now), points=make.points([1.0]))
    reply = live.send(run.batch(points=make.points([2.0]), first=5))
    assert reply.status_code == 409
    assert reply.json()["error"]["code"] == "sequence_gap"
    assert reply.headers["Halley-Acknowledged"] == "2"
    assert live.detail(run.key)["metrics"][0]["count"] == 1


def test_an_unknown_writer_begins_at_zero_and_a_refused_batch_leaves_nothing(live, run):
    reply = live.send(run.batch(Name(time=1, name="ghost"), first=3))
    assert reply.status_code == 409
    assert reply.headers["Halley-Acknowledged"] == "0"
    assert live.get(f"/experiments/{run.key}").status_code == 404
    assert live.get(f"/projects/default/{run.project}").status_code == 404


def test_a_batch_that_partly_is_here_is_refused_whole(live, run, make):
    run.say(start(run, make.now), points=make.points([1.0]))
    reply = live.send(run.batch(points=make.points([1.0, 2.0, 3.0]), first=1))
    assert reply.status_code == 409
    assert reply.headers["Halley-Acknowledged"] == "2"


def test_records_that_are_gone_on_both_sides_are_skipped_when_the_sender_says_so(live, run, make):
    run.say(start(run, make.now))
    reply = live.send(run.batch(points=make.points([9.0]), first=40, is_resend_after_loss=True))
    assert reply.json()["acknowledged"] == 41
    run.said = 41
    run.say(points=make.points([8.0], first_step=1))
    assert live.detail(run.key)["metrics"][0]["count"] == 2


def test_a_heartbeat_makes_the_experiment_and_keeps_it_heard(live, run, make):
    assert run.say()["state"] == "running"
    live.clock.now += 5_000
    run.say()
    assert live.detail(run.key)["experiment"]["heard_at"] == live.clock.now


def test_an_experiment_without_a_name_gets_one(live, run, make):
    name = run.say(start(run, make.now))["name"]
    assert name.endswith("-1")
    assert run.say(Name(time=make.now, name="mine"))["name"] == "mine"


@pytest.mark.parametrize("mode", ["create", "get", "get_or_create"])
def test_data_is_taken_whatever_start_expected(live, run, make, mode):
    run.say(start(run, make.now, mode=mode))
    other = make.run(live, key=run.key, project=run.project)
    assert other.say(start(run, make.now + 1, mode=mode), points=make.points([1.0]))["acknowledged"] == 2


def test_a_key_keeps_its_project(live, run, make):
    run.say(start(run, make.now))
    elsewhere = make.run(live, key=run.key)
    reply = elsewhere.say(start(elsewhere, make.now))
    assert reply["path"] == f"/default/{run.project}/experiments/{run.key}"


def test_paths_are_quoted(live, make):
    run = make.run(live, workspace="équipe à", project="50% off?")
    path = run.say(start(run, make.now))["path"]
    assert path == f"/%C3%A9quipe%20%C3%A0/50%25%20off%3F/experiments/{run.key}"
    assert live.get("/projects/%C3%A9quipe%20%C3%A0/50%25%20off%3F").json()["name"] == "50% off?"


def test_nan_and_infinities_are_values(live, run, make):
    run.say(start(run, make.now), points=make.points([1.0, math.inf, -math.inf, math.nan]))
    (metric,) = live.detail(run.key)["metrics"]
    assert (metric["count"], metric["last"], metric["min"], metric["max"]) == (4, "NaN", 1.0, 1.0)
    run.say(points=make.points([math.inf], first_step=4))
    assert live.detail(run.key)["metrics"][0]["last"] == "Infinity"
    run.say(
        Parameter(time=1, name="a", value=math.nan),
        Parameter(time=1, name="b", value=math.inf),
        Other(time=1, name="c", value=-math.inf),
    )
    detail = live.detail(run.key)
    assert [p["value"] for p in detail["parameters"]] == ["NaN", "Infinity"]
    assert detail["others"][0]["value"] == "-Infinity"


# states


@pytest.mark.parametrize("state", ["finished", "failed", "killed"])
def test_an_end_ends_with_its_reason(live, run, make, state):
    run.say(start(run, make.now))
    reply = run.say(End(time=make.now + 9, state=state, reason="why", traceback="line 1\nline 2"))
    assert reply["state"] == state
    detail = live.detail(run.key)
    assert detail["experiment"]["ended_at"] == make.now + 9
    assert detail["experiment"]["reason"] == "why"
    assert detail["traceback"] == "line 1\nline 2"


def test_what_comes_after_the_end_is_kept_and_the_run_stays_ended(live, run, make):
    run.say(start(run, make.now), End(time=make.now + 9, state="finished"))
    assert run.say(points=make.points([1.0]))["state"] == "finished"
    assert run.say()["state"] == "finished"
    assert live.detail(run.key)["metrics"][0]["count"] == 1


def test_a_later_start_takes_an_ended_run_up_again(live, run, make):
    run.say(start(run, make.now), End(time=make.now + 9, state="failed", reason="boom", traceback="tb"))
    again = make.run(live, key=run.key, project=run.project)
    assert again.say(start(again, make.now + 100))["state"] == "running"
    detail = live.detail(run.key)
    assert (detail["experiment"]["ended_at"], detail["experiment"]["reason"], detail["traceback"]) == (None, "", "")
    assert detail["experiment"]["started_at"] == make.now


def test_the_output_journal_of_an_ended_run_does_not_take_it_up_again(live, run, make):
    run.say(start(run, make.now), End(time=make.now + 9, state="finished"))
    tee = make.run(live, key=run.key, project=run.project)
    line = Output(time=make.now + 1, lines=(OutputLine(0, STDOUT, make.now + 1, "late"),))
    assert tee.say(start(tee, make.now + 1), line)["state"] == "finished"
    assert live.detail(run.key)["output_line_count"] == 1


def test_a_silent_run_is_lost_and_runs_again_when_it_speaks(start_live, make):
    live = start_live(lost_after_seconds=0.2)
    run, talker = make.run(live), make.run(live)
    run.say(start(run, make.now))
    talker.say(start(talker, make.now))

    def is_lost():
        live.clock.now += 20  # not more at once: a server whose clock was set gives everybody time to speak
        talker.say()
        return live.state(run.key) == "lost"

    wait_for(is_lost)
    assert live.state(talker.key) == "running"
    assert run.say()["state"] == "running"
    assert live.state(run.key) == "running"


def wait_for(claim, seconds=20):
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end, "did not come true in time"
        time.sleep(0.02)


# what cannot be


def bad_points(make, **columns):
    return msgspec.structs.replace(make.points([1.0, 2.0]), **columns)


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"metric": struct.pack("<2I", 0, 1)}, "points.metric[1]"),
        ({"metrics": (("", ""),)}, "points.metrics[0]"),
        ({"metrics": (("x" * 1001, ""),)}, "points.metrics[0]"),
        ({"metrics": (("loss", "\x00"),)}, "points.metrics[0]"),
        ({"metrics": ()}, "points.metric[0]"),
        ({"step": struct.pack("<2q", 0, 2**62 + 1)}, "points.step[1]"),
        ({"step": struct.pack("<2q", -(2**63) + 1, 0)}, "points.step[0]"),
        ({"time": struct.pack("<2q", -1, 0)}, "points.time[0]"),
        ({"time": struct.pack("<2q", 0, 2**60)}, "points.time[1]"),
        ({"epoch": struct.pack("<2d", 0, math.inf)}, "points.epoch[1]"),
        ({"value": b"1234567"}, "points.value"),
    ],
)
def test_points_that_cannot_be_are_refused_by_name(live, run, make, columns, field):
    reply = live.send(run.batch(points=bad_points(make, **columns)))
    assert reply.status_code == 400, reply.text
    assert reply.json()["error"]["field"] == field
    assert live.get(f"/experiments/{run.key}").status_code == 404


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (Parameter(time=1, name="", value=1), "records[0].name"),
        (Other(time=1, name="\n", value=1), "records[0].name"),
        (Name(time=1, name="x" * 1001), "records[0].name"),
        (AddTags(time=1, tags=("a", "")), "records[0].tags"),
        (Output(time=1, lines=(OutputLine(0, 3, 1, "a"),)), "records[0].lines[0]"),
        (Output(time=1, lines=(OutputLine(-1, 1, 1, "a"),)), "records[0].lines[0]"),
        (Output(time=1, lines=(OutputLine(0, 1, 1, "a" * 65_537),)), "records[0].lines[0]"),
        (Output(time=1, lines=(OutputLine(2**63, 1, 1, "a"),)), "records[0].lines[0]"),
        (Output(time=1, lines=(OutputLine(0, 1, 2**63, "a"),)), "records[0].lines[0].time"),
        (End(time=-1, state="finished"), "records[0].time"),
        (Start(time=1, workspace="default", project="p", process=2**63), "records[0].process"),
    ],
)
def test_records_that_cannot_be_are_refused_by_name(live, run, record, field):
    reply = live.send(run.batch(record))
    assert reply.status_code == 400, reply.text
    assert reply.json()["error"]["field"] == field


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"experiment_key": "short"}, "experiment_key"),
        ({"writer": "Z" * 32}, "writer"),
        ({"workspace": "a/b"}, "workspace"),
        ({"project": ""}, "project"),
        ({"version": 2}, "version"),
        ({"first": -1}, "first"),
        ({"first": 2**63}, "first"),
        ({"count": 2**63}, "first"),
    ],
)
def test_batches_that_name_nonsense_are_refused(live, run, fields, field):
    reply = live.send(msgspec.structs.replace(run.batch(), **fields))
    assert reply.status_code == 400
    assert reply.json()["error"]["field"] == field


def test_broken_bytes_are_refused_and_never_fail_the_server(live, run, make):
    good = encode_batch(run.batch(start(run, make.now), points=make.points([1.0, 2.0])))
    dice = random.Random(7)
    with httpx.Client(base_url=live.url) as client:
        for _ in range(200):
            broken = bytearray(good)
            for _ in range(dice.randint(1, 4)):
                broken[dice.randrange(len(broken))] = dice.randrange(256)
            del broken[dice.randint(len(broken) // 2, len(broken)) :]
            reply = client.post("/api/v1/ingest", content=bytes(broken), headers={"Content-Type": MEDIA_TYPE})
            assert reply.status_code in {200, 400, 409, 413}, reply.text


@pytest.mark.parametrize(
    "raw",
    [b"\x81\xa1x" + b"\x91" * 100_000, b"\x81\xa6writer\xa2\xff\xfe", b"\x81\xa5first\xcf" + b"\xff" * 8, b"\xc0"],
    ids=["nested", "no text", "huge number", "nothing"],
)
def test_msgpack_that_is_no_batch_is_refused(live, raw):
    reply = live.client.post("/api/v1/ingest", content=zstandard.compress(raw), headers={"Content-Type": MEDIA_TYPE})
    assert reply.status_code == 400, reply.text
    assert "not a batch" in reply.json()["error"]["message"]


def test_a_batch_that_says_more_than_it_may_hold_is_refused(live, run):
    big = Output(time=1, lines=tuple(OutputLine(i, 1, 1, "x" * 60_000) for i in range(1_200)))
    reply = live.send(run.batch(big))
    assert reply.status_code == 413
    assert reply.json()["error"]["code"] == "too_large"


def test_a_large_batch_is_taken_with_its_points_bit_by_bit(live, run, make):
    values = [random.Random(1).random() for _ in range(50_000)]
    reply = run.say(start(run, make.now), points=make.points(values))
    assert reply["acknowledged"] == 50_001
    (metric,) = live.detail(run.key)["metrics"]
    assert (metric["count"], metric["last"], metric["min"], metric["max"]) == (
        50_000,
        values[-1],
        min(values),
        max(values),
    )


def test_many_senders_at_once_lose_nothing(live, make):
    runs = [make.run(live) for _ in range(8)]

    def speak(run):
        with httpx.Client(base_url=live.url, timeout=60) as client:
            for i in range(25):
                batch = run.batch(points=make.points([float(i)] * 10, first_step=10 * i))
                headers = {"Content-Type": MEDIA_TYPE}
                for _ in range(2):  # every batch twice, as after a lost answer
                    reply = client.post("/api/v1/ingest", content=encode_batch(batch), headers=headers)
                    assert reply.status_code == 200, reply.text
                run.said = reply.json()["acknowledged"]

    with ThreadPoolExecutor(len(runs)) as threads:
        list(threads.map(speak, runs))
    for run in runs:
        (metric,) = live.detail(run.key)["metrics"]
        assert (metric["count"], metric["last"], metric["last_step"]) == (250, 24.0, 249)


def test_the_limit_on_batches_is_the_settings(start_live, make):
    live = start_live(max_batch_bytes=1_000)
    run = make.run(live)
    assert run.say(start(run, make.now))["acknowledged"] == 1
    noise = make.points([random.Random(2).random() for _ in range(1_000)])
    reply = live.send(run.batch(points=noise))
    assert reply.status_code == 413
    assert reply.json()["error"]["code"] == "too_large"

"""The experiments table, and changing and deleting one."""

import math
import struct
import time

import msgspec
import pytest

from halley.core.output import OutputLine
from halley.wire.records import AddTags, End, Output, Parameter, Start

NUMBERS = struct.pack("<1000I", *range(1_000))


@pytest.fixture
def three(live, make):
    """Three experiments of one project: a (lr 0.1, loss 1), b (lr 0.2, loss NaN, finished), c (nothing)."""
    runs = [make.run(live, project="three-" + make.run(live).key[:8])]
    runs += [make.run(live, project=runs[0].project) for _ in range(2)]
    a, b, c = runs
    a.say(
        Start(time=make.now, workspace="default", project=a.project, name="a"),
        Parameter(time=1, name="lr", value=0.1),
        points=make.points([2.0, 1.0]),
    )
    b.say(
        Start(time=make.now + 1, workspace="default", project=a.project, name="b"),
        Parameter(time=1, name="lr", value=0.2),
        AddTags(time=1, tags=("best",)),
        End(time=make.now + 2, state="finished"),
        points=make.points([5.0, math.nan]),
    )
    c.say(Start(time=make.now + 2, workspace="default", project=a.project, name="c"))
    return runs


def search(live, runs, **query):
    reply = live.post("/experiments/search", {"workspace": "default", "project": runs[0].project, **query})
    assert reply.status_code == 200, reply.text
    return reply.json()


def names(page):
    return [row["experiment"]["name"] for row in page["rows"]]


LOSS = {"kind": "metric", "name": "loss"}
LR = {"kind": "parameter", "name": "lr"}


def test_newest_first_with_the_columns_asked_for(live, three):
    page = search(live, three, columns=[LR, LOSS, {**LOSS, "value": "min"}, {"kind": "field", "name": "name"}])
    assert page["total"] == 3
    assert names(page) == ["c", "b", "a"]
    assert [row["values"] for row in page["rows"]] == [
        [None, None, None, "c"],
        [0.2, "NaN", 5.0, "b"],
        [0.1, 1.0, 1.0, "a"],
    ]


def test_sorting_puts_missing_values_last_either_way(live, three):
    for is_descending, order in ((False, ["a", "b", "c"]), (True, ["b", "a", "c"])):
        assert names(search(live, three, sort=[{"column": LR, "is_descending": is_descending}])) == order


def test_pages_follow_one_another(live, three):
    first = search(live, three, limit=2)
    second = search(live, three, limit=2, offset=2)
    assert (first["total"], names(first), names(second)) == (3, ["c", "b"], ["a"])


def test_text_and_states_narrow(live, three):
    assert names(search(live, three, text="best")) == ["b"]
    assert names(search(live, three, states=["running"])) == ["c", "a"]
    assert names(search(live, three, text="nothing of the kind")) == []


def test_sketches_follow_what_was_asked(live, three):
    page = search(live, three, sketches=[LOSS, {**LOSS, "context": "test"}])
    sketches = {row["experiment"]["name"]: row["sketches"] for row in page["rows"]}
    assert sketches["a"] == [[2.0, 1.0], []]
    assert sketches["b"] == [[5.0, None], []]
    assert sketches["c"] == [[], []]


def test_an_experiment_is_renamed_tagged_and_archived(live, three):
    a = three[0]
    reply = live.client.patch(f"/api/v1/experiments/{a.key}", json={"name": "A", "tags": ["x", "y", "x"]})
    assert reply.status_code == 200
    assert (reply.json()["name"], sorted(reply.json()["tags"]), reply.json()["is_archived"]) == ("A", ["x", "y"], False)
    reply = live.client.patch(f"/api/v1/experiments/{a.key}", json={"is_archived": True})
    assert reply.json()["name"] == "A"
    assert names(search(live, three)) == ["c", "b"]
    assert names(search(live, three, is_archived=True)) == ["A"]
    assert live.client.patch(f"/api/v1/experiments/{a.key}", json={"tags": []}).json()["tags"] == []


def test_deleting_takes_points_and_output_along(live, three, make):
    a = three[0]
    a.say(Output(time=1, lines=(OutputLine(0, 1, 1, "hello"),)))
    assert live.client.delete(f"/api/v1/experiments/{a.key}").status_code == 204
    assert live.get(f"/experiments/{a.key}").status_code == 404
    assert names(search(live, three)) == ["c", "b"]
    drawn = live.post("/metrics/chart", {"experiments": [a.key], "metrics": [{"name": "loss"}]}).json()
    assert drawn["lines"] == []


def test_a_large_run_is_out_of_reach_at_once_and_erased_soon(live, three, make):
    a, b = three[:2]
    for place in range(6):
        names = [(f"m{place}-{at}", "") for at in range(1_000)]
        a.say(points=msgspec.structs.replace(make.points([1.0] * 1_000), metrics=tuple(names), metric=NUMBERS))
    with live.storage.read() as session:
        run, other = (session.catalog.find_run(each.key) for each in (a, b))
        kept = session.metrics.list_series(other)
    assert live.client.delete(f"/api/v1/experiments/{a.key}").status_code == 204
    assert live.get(f"/experiments/{a.key}").status_code == 404
    deadline = time.monotonic() + 30
    while True:
        with live.storage.read() as session:
            if not session.catalog.list_deleted_runs():
                assert session.metrics.list_series(run) == []
                assert session.metrics.list_series(other) == kept
                break
        assert time.monotonic() < deadline


def test_a_deleted_experiment_stays_deleted_whoever_still_sends_it(live, three, make):
    a = three[0]
    live.client.delete(f"/api/v1/experiments/{a.key}")
    taken_up_again = make.run(live, key=a.key, project=a.project)
    elsewhere = make.run(live, key=a.key)
    for batch in (
        a.batch(points=make.points([7.0])),
        a.batch(count=0),
        a.batch(points=make.points([7.0]), first=0),
        taken_up_again.batch(Start(time=make.now, workspace="default", project=a.project)),
        elsewhere.batch(Start(time=make.now, workspace="default", project=elsewhere.project)),
    ):
        reply = live.send(batch)
        assert reply.status_code == 410
        error = reply.json()["error"]
        assert error["code"] == "gone"
        assert a.key in error["message"]
        assert "new key" in error["hint"]
    assert live.get(f"/experiments/{a.key}").status_code == 404
    assert live.client.delete(f"/api/v1/experiments/{a.key}").status_code == 404
    assert names(search(live, three)) == ["c", "b"]
    assert live.get(f"/projects/default/{elsewhere.project}").status_code == 404, "not even a project was made"

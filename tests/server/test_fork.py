"""Forks: an experiment that begins with what another had up to a step."""

import secrets

import pytest

from halley.wire.records import AddTags, End, Other, Parameter, Start


@pytest.fixture
def parent(run, make):
    """Ten points, two parameters, an other and a tag; finished."""
    run.say(
        Start(time=make.now, workspace="default", project=run.project, name="parent"),
        Parameter(time=1, name="lr", value=0.1),
        Parameter(time=1, name="depth", value=3, source="cli"),
        Other(time=1, name="cluster", value="north"),
        AddTags(time=1, tags=("best",)),
        End(time=make.now + 2, state="finished"),
        points=make.points([float(i) for i in range(10)]),
    )
    return run


def fork(live, parent, **wanted):
    return live.post(f"/experiments/{parent.key}/forks", {"step": 4, **wanted})


def means(live, key):
    chart = live.post("/metrics/chart", {"experiments": [key], "metrics": [{"name": "loss"}]}).json()
    return dict(zip(chart["x"], chart["lines"][0]["mean"], strict=True))


def test_a_fork_begins_with_what_its_parent_had_and_goes_its_own_way(live, parent, make):
    reply = fork(live, parent, name="child")
    assert reply.status_code == 201, reply.text
    child = reply.json()
    assert (child["name"], child["state"], child["project"], child["tags"]) == ("child", "running", parent.project, [])
    detail = live.detail(child["key"])
    assert {one["name"]: (one["value"], one["source"]) for one in detail["parameters"]} == {
        "lr": (0.1, "manual"),
        "depth": (3, "cli"),
    }
    assert {one["name"]: one["value"] for one in detail["others"]} == {
        "cluster": "north",
        "forked_from": parent.key,
        "forked_at_step": 4,
    }
    assert [(one["count"], one["last_step"], one["last"]) for one in detail["metrics"]] == [(5, 4, 4.0)]
    own = make.run(live, project=parent.project, key=child["key"])
    own.say(points=make.points([-5.0, -6.0], first_step=5))
    parent.say(points=make.points([77.0], first_step=2))
    assert means(live, child["key"]) == {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: -5, 6: -6}
    assert means(live, parent.key)[2] == 77
    assert live.client.delete(f"/api/v1/experiments/{parent.key}").status_code == 204
    assert means(live, child["key"]) == {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: -5, 6: -6}


def test_the_same_fork_asked_again_is_the_same(live, parent, make):
    """Whose answer got lost asks again, and may have gone on meanwhile."""
    key = secrets.token_hex(16)
    first = fork(live, parent, experiment_key=key)
    make.run(live, project=parent.project, key=key).say(points=make.points([-5.0], first_step=5))
    again = fork(live, parent, experiment_key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.json()["key"], again.json()["number"]) == (key, first.json()["number"])
    assert list(means(live, key)) == [0, 1, 2, 3, 4, 5]


def test_an_experiment_that_has_only_begun_can_be_made_a_fork(live, parent, make):
    """What it has said itself stays."""
    child = make.run(live, project=parent.project)
    child.say(
        Start(time=make.now, workspace="default", project=child.project, name="mine"),
        Parameter(time=1, name="lr", value=0.5),
    )
    assert fork(live, parent, experiment_key=child.key).json()["name"] == "mine"
    assert {one["name"]: one["value"] for one in live.detail(child.key)["parameters"]} == {"lr": 0.5, "depth": 3}
    assert list(means(live, child.key)) == [0, 1, 2, 3, 4]


def test_a_fork_of_a_fork(live, parent):
    child = fork(live, parent).json()["key"]
    grandchild = live.post(f"/experiments/{child}/forks", {"step": 2}).json()["key"]
    assert list(means(live, grandchild)) == [0, 1, 2]
    assert {"name": "forked_from", "value": child} in live.detail(grandchild)["others"]


def test_what_cannot_be_forked_is_said(live, parent, make):
    other = make.run(live, project=parent.project)
    other.say(points=make.points([1.0]))
    gone = make.run(live, project=parent.project)
    gone.say(points=make.points([1.0]))
    live.client.delete(f"/api/v1/experiments/{gone.key}")
    cases = [
        ({"experiment_key": other.key}, 409, "conflict", "experiment_key"),
        ({"experiment_key": gone.key}, 410, "gone", ""),
        ({"experiment_key": parent.key}, 400, "invalid_request", "experiment_key"),
        ({"experiment_key": "../x"}, 400, "invalid_request", "experiment_key"),
        ({"step": 2**63}, 400, "invalid_request", "step"),
        ({"step": "four"}, 400, "invalid_request", "step"),
        ({"name": " "}, 400, "invalid_request", "name"),
    ]
    for wanted, status, code, field in cases:
        reply = fork(live, parent, **wanted)
        error = reply.json()["error"]
        assert (reply.status_code, error["code"], error["field"]) == (status, code, field), wanted
    assert live.post(f"/experiments/{'0' * 32}/forks", {"step": 1}).status_code == 404
    assert live.detail(other.key)["metrics"][0]["count"] == 1

"""Projects and workspaces: made by hand or by a run, listed, described by their columns."""

import secrets

from halley.wire.records import End, Other, Parameter, Start


def test_status_says_who_answers(live, make):
    reply = live.get("/status")
    assert reply.json() == {"version": "1.2.3", "started_at": make.now, "database": "sqlite"}
    assert reply.headers["cache-control"] == "no-store"


def test_a_project_is_made_once(live):
    name = f"p-{secrets.token_hex(4)}"
    reply = live.post("/projects", {"workspace": "team", "name": name})
    assert reply.status_code == 201
    made = reply.json()
    assert (made["workspace"], made["name"], made["experiment_count"], made["running_count"]) == ("team", name, 0, 0)
    assert live.get(f"/projects/team/{name}").json() == made
    again = live.post("/projects", {"workspace": "team", "name": name})
    assert again.status_code == 409
    assert again.json()["error"]["code"] == "conflict"
    assert "team" in [row["name"] for row in live.get("/workspaces").json()["workspaces"]]


def test_projects_count_their_experiments_and_are_listed_by_workspace(live, make):
    workspace = f"w-{secrets.token_hex(4)}"
    one = make.run(live, workspace=workspace, project="films")
    two = make.run(live, workspace=workspace, project="films")
    one.say(Start(time=1, workspace=workspace, project="films"))
    two.say(Start(time=1, workspace=workspace, project="films"), End(time=2, state="finished"))
    make.run(live, workspace=workspace, project="digits").say()
    projects = live.get("/projects", params={"workspace": workspace}).json()["projects"]
    assert {row["name"]: (row["experiment_count"], row["running_count"]) for row in projects} == {
        "films": (2, 1),
        "digits": (1, 1),
    }
    everywhere = live.get("/projects").json()["projects"]
    assert {row["workspace"] for row in everywhere} >= {workspace}
    assert live.get("/projects", params={"workspace": "nobody"}).json() == {"projects": []}


def test_columns_are_what_experiments_said(live, run, make):
    run.say(
        Parameter(time=1, name="lr", value=0.1),
        Other(time=1, name="note", value="x"),
        points=make.points([1.0], name="loss", context="train"),
    )
    columns = live.get(f"/projects/default/{run.project}/columns").json()["columns"]
    assert {(c["kind"], c["name"], c["context"]) for c in columns} == {
        ("parameter", "lr", ""),
        ("other", "note", ""),
        ("metric", "loss", "train"),
    }


def test_metrics_of_a_project_are_found(live, run, make):
    other = make.run(live, project=run.project)
    for one, name, context in [(run, "loss", "train"), (run, "val_loss", ""), (other, "val_loss", "")]:
        one.say(points=make.points([1.0], name=name, context=context))
    path = f"/projects/default/{run.project}/metrics"
    loss = {"name": "loss", "context": "train", "experiment_count": 1}
    val_loss = {"name": "val_loss", "context": "", "experiment_count": 2}
    assert live.get(path).json() == {"metrics": [val_loss, loss], "has_more": False}
    assert live.get(path, params={"text": "LOSS"}).json()["metrics"] == [loss, val_loss]
    assert live.get(path, params={"text": "val"}).json()["metrics"] == [val_loss]
    assert live.get(path, params={"context": "train"}).json()["metrics"] == [loss]
    assert live.get(path, params={"limit": 1}).json() == {"metrics": [val_loss], "has_more": True}
    assert live.get(path, params={"limit": 1, "offset": 1}).json() == {"metrics": [loss], "has_more": False}
    assert live.get(path, params={"limit": 0}).status_code == 400
    assert live.get("/projects/default/nowhere-at-all/metrics").json()["error"]["code"] == "not_found"
    live.client.delete(f"/api/v1/experiments/{other.key}")
    assert live.get(path, params={"text": "val"}).json()["metrics"] == [{**val_loss, "experiment_count": 1}]

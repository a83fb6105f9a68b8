"""Charts: arrays on one grid, gaps and oddities as null, compressed."""

import gzip
import math

import httpx
import pytest

from halley.wire.records import Start


def draw(live, keys, **query):
    reply = live.post("/metrics/chart", {"experiments": keys, "metrics": [{"name": "loss"}], **query})
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_a_few_points_are_drawn_as_they_are(live, run, make):
    run.say(points=make.points([3.0, 2.0, 1.0]))
    chart = draw(live, [run.key])
    assert chart["x"] == [0.0, 1.0, 2.0]
    assert chart["width"] == 0
    assert chart["lines"] == [
        {
            "experiment": run.key,
            "metric": {"name": "loss", "context": ""},
            "count": [1, 1, 1],
            "mean": [3.0, 2.0, 1.0],
            "min": None,
            "max": None,
            "odd": None,
        }
    ]


def test_nan_and_infinity_are_null_and_counted(live, run, make):
    run.say(points=make.points([1.0, math.nan, math.inf, 4.0]))
    (line,) = draw(live, [run.key])["lines"]
    assert line["mean"] == [1.0, None, None, 4.0]
    assert line["odd"] == [0, 1, 1, 0]
    assert line["min"] is None
    assert line["count"] == [1, 1, 1, 1]


def test_many_points_are_drawn_in_buckets_that_keep_extremes(live, run, make):
    values = [math.sin(i / 50) for i in range(10_000)]
    values[5_000] = 99.0
    run.say(points=make.points(values))
    chart = draw(live, [run.key], buckets=100)
    (line,) = chart["lines"]
    assert 20 <= len(chart["x"]) <= 100
    assert chart["width"] > 0
    assert sum(line["count"]) == 10_000
    assert max(v for v in line["max"] if v is not None) == 99.0
    assert min(v for v in line["min"] if v is not None) == pytest.approx(-1.0, abs=1e-3)


def test_experiments_share_a_grid_and_unknown_ones_are_left_out(live, run, make):
    other = make.run(live, project=run.project)
    run.say(points=make.points([1.0, 2.0]))
    other.say(points=make.points([5.0], first_step=1))
    chart = draw(live, [run.key, "f" * 32, other.key])
    assert chart["x"] == [0.0, 1.0]
    assert {line["experiment"]: line["mean"] for line in chart["lines"]} == {
        run.key: [1.0, 2.0],
        other.key: [None, 5.0],
    }


@pytest.mark.parametrize("x", ["wall", "relative", "step"])
def test_a_zoom_keeps_what_is_inside(live, run, make, x):
    run.say(points=make.points([float(i) for i in range(100)]))
    first = {"wall": make.now, "relative": 0, "step": 0}[x]
    (line,) = draw(live, [run.key], x=x, low=first + 10, high=first + 19)["lines"]
    assert [v for v in line["mean"] if v is not None] == [float(i) for i in range(10, 20)]


def test_nothing_asked_is_nothing_drawn(live):
    chart = draw(live, [], metrics=[])
    assert (chart["x"], chart["width"], chart["lines"], chart["begin"]) == ([], 0.0, [], None)


def test_charts_are_compressed_for_those_who_can_read_it(live, run, make):
    run.say(Start(time=1, workspace="default", project=run.project), points=make.points([float(i) for i in range(500)]))
    query = {"experiments": [run.key], "metrics": [{"name": "loss"}]}
    with httpx.stream("POST", f"{live.url}/api/v1/metrics/chart", json=query) as reply:
        packed = b"".join(reply.iter_raw())
        assert reply.headers["content-encoding"] == "gzip"
        assert reply.headers["vary"] == "Accept-Encoding"
    plain = httpx.post(f"{live.url}/api/v1/metrics/chart", json=query, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(packed) == plain.content
    assert len(packed) < len(plain.content) / 2


# deleting


def delete(live, key, **query):
    return live.client.delete(f"/api/v1/experiments/{key}/metrics", params=query)


def test_deleting_a_metric_leaves_the_others_and_it_may_start_anew(live, run, make):
    run.say(points=make.points([1.0, 2.0]))
    run.say(points=make.points([3.0], context="train"))
    assert delete(live, run.key, name="loss").status_code == 204
    assert [(one["name"], one["context"]) for one in live.detail(run.key)["metrics"]] == [("loss", "train")]
    assert draw(live, [run.key])["lines"] == []
    run.say(points=make.points([5.0], has_steps=False))
    assert draw(live, [run.key])["lines"][0]["mean"] == [5.0]
    assert delete(live, run.key, name="loss", context="train").status_code == 204


def test_a_metric_that_is_not_there_cannot_be_deleted(live, run, make):
    run.say(points=make.points([1.0]))
    nobody = "0" * 32
    for key, name, context in [(run.key, "loss", "test"), (run.key, "x", ""), (nobody, "loss", "")]:
        reply = delete(live, key, name=name, context=context)
        assert reply.status_code == 404
        assert reply.json()["error"]["code"] == "not_found"
    assert delete(live, run.key).status_code == 400
    assert delete(live, run.key, name="loss", contxt="").json()["error"]["field"] == "contxt"
    assert len(live.detail(run.key)["metrics"]) == 1


def test_deleting_a_metric_is_told_to_watchers(live, run, make):
    run.say(points=make.points([1.0]))
    with live.client.stream("GET", "/api/v1/events", params={"project": run.project, "workspace": "default"}) as events:
        lines = events.iter_lines()
        assert next(line for line in lines if line.startswith("event:")) == "event: hello"
        delete(live, run.key, name="loss")
        said = next(line for line in lines if run.key in line)
    assert '"parts":["metrics"]' in said


def test_a_chart_by_another_metric(live, run, make):
    run.say(points=make.points([3.0, 1.0, 2.0], name="cost"))
    run.say(points=make.points([30.0, 10.0, 20.0, 40.0]))
    chart = draw(live, [run.key], x_metric={"name": "cost"})
    assert chart["x"] == [1.0, 2.0, 3.0]
    assert chart["lines"][0]["mean"] == [10.0, 20.0, 30.0]


def test_only_what_is_new_since_a_cursor(live, run, make):
    run.say(points=make.points([float(i) for i in range(1_000)]))
    chart = draw(live, [run.key], buckets=100)
    assert chart["begin"] is None
    nothing = draw(live, [run.key], buckets=100, since=chart["cursor"])
    assert (nothing["begin"], nothing["x"], nothing["lines"]) == (100, [], [])
    run.say(points=make.points([5.0], first_step=1_000))
    chart = draw(live, [run.key], buckets=101)
    run.say(points=make.points([7.0], first_step=1_001))
    news = draw(live, [run.key], buckets=101, since=chart["cursor"])
    assert (news["begin"], news["x"], news["lines"][0]["mean"]) == (100, [1_000.0], [6.0])
    assert draw(live, [run.key], buckets=50, since=chart["cursor"])["begin"] is None


def test_what_is_no_cursor_is_refused_or_ignored(live, run, make):
    run.say(points=make.points([1.0]))
    reply = live.post("/metrics/chart", {"experiments": [run.key], "metrics": [{"name": "loss"}], "since": "?"})
    assert (reply.status_code, reply.json()["error"]["field"]) == (400, "since")
    assert draw(live, [run.key], since="AAAA")["begin"] is None


# groups


def draw_groups(live, groups, **query):
    body = {"groups": groups, "metrics": [{"name": "loss"}], **query}
    reply = live.post("/metrics/groups", body)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_groups_are_drawn_as_means_and_their_spread(live, run, make):
    others = [make.run(live, project=run.project) for _ in range(2)]
    run.say(points=make.points([1.0, 2.0, 9.0]))
    others[0].say(points=make.points([3.0, math.nan]))
    others[1].say(points=make.points([100.0]))
    keys = [run.key, *(other.key for other in others)]
    groups = [{"name": "two", "experiments": [*keys[:2], "f" * 32]}, {"name": "one", "experiments": [keys[2]]}]
    chart = draw_groups(live, [*groups, {"name": "none", "experiments": []}])
    assert (chart["x"], chart["width"]) == ([0.0, 1.0, 2.0], 0)
    two, one = chart["lines"]
    assert two == {
        "group": "two",
        "metric": {"name": "loss", "context": ""},
        "experiment_count": 2,
        "count": [2, 1, 1],
        "mean": [2.0, 2.0, 9.0],
        "standard_deviation": [pytest.approx(math.sqrt(2)), None, None],
        "standard_error": [pytest.approx(1.0), None, None],
        "min": [1.0, 2.0, 9.0],
        "max": [3.0, 2.0, 9.0],
        "envelope_min": [1.0, 2.0, 9.0],
        "envelope_max": [3.0, 2.0, 9.0],
    }
    assert (one["group"], one["count"], one["mean"]) == ("one", [1, 0, 0], [100.0, None, None])


def test_the_envelope_of_a_group_holds_every_point(live, run, make):
    other = make.run(live, project=run.project)
    run.say(points=make.points([math.sin(i / 50) for i in range(10_000)]))
    other.say(points=make.points([99.0 if i == 5_000 else math.cos(i / 50) for i in range(10_000)]))
    chart = draw_groups(live, [{"name": "both", "experiments": [run.key, other.key]}], buckets=100)
    (line,) = chart["lines"]
    assert len(line["mean"]) == len(chart["x"]) <= 100
    assert set(line["count"]) == {2}
    assert max(line["envelope_max"]) == 99.0
    assert max(line["max"]) < 10.0


def test_groups_that_cannot_be_are_refused(live):
    for body, field in [
        ({"groups": [{"name": "a", "experiments": ["x"]}], "metrics": []}, "groups[0].experiments[0]"),
        ({"groups": [], "metrics": [], "low": 2, "high": 1}, "low"),
        ({"groups": [], "metrics": [{"name": ""}]}, "metrics[0].name"),
    ]:
        reply = live.post("/metrics/groups", body)
        assert reply.status_code == 400
        assert reply.json()["error"]["field"] == field
    assert draw_groups(live, []) == {"x": [], "width": 0.0, "lines": []}

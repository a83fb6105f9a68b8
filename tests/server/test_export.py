"""Every point as an Arrow stream, read back by Arrow's own library."""

import math
import struct

import msgspec
import numpy as np
import pytest

from halley.core.metric import MetricId
from halley.server.metrics import export
from halley.server.metrics.arrow import MEDIA_TYPE

arrow = pytest.importorskip("pyarrow")

COLUMNS = ["experiment", "metric", "context", "step", "time", "epoch", "value"]


def read(reply):
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"] == MEDIA_TYPE
    with arrow.ipc.open_stream(reply.content) as stream:
        table = stream.read_all()
    table.validate(full=True)
    assert table.column_names == COLUMNS
    return table


def get(live, key, **query):
    return live.get(f"/experiments/{key}/metrics/export", params=query)


def rows(table, *columns):
    return list(zip(*(table[column].to_pylist() for column in columns), strict=True))


@pytest.mark.parametrize("compression", ["none", "zstd"])
def test_every_point_is_there_bit_by_bit(live, run, make, compression):
    odd = struct.unpack("<2d", struct.pack("<2Q", 0xFFF8DEADBEEF0001, 1))
    values = [1.5, math.nan, math.inf, -math.inf, -0.0, *odd]
    run.say(points=make.points(values, context="träin", first_step=-3))
    run.say(points=make.points([7.0], name="accuracy"))
    table = read(get(live, run.key, compression=compression))
    assert [str(field.type) for field in table.schema] == [
        *["dictionary<values=string, indices=int32, ordered=0>"] * 3,
        *["int64", "timestamp[ms, tz=UTC]", "double", "double"],
    ]
    assert rows(table, "experiment", "metric", "context", "step") == [
        (run.key, "accuracy", "", 0),
        *[(run.key, "loss", "träin", step) for step in range(-3, 4)],
    ]
    found = np.concatenate([chunk.to_numpy(zero_copy_only=False) for chunk in table["value"].chunks])
    assert found.tobytes() == struct.pack("<8d", 7.0, *values)
    assert table["epoch"].null_count == 8
    assert table["time"].cast("int64").to_pylist() == [make.now, *range(make.now, make.now + 7)]


def test_epochs_are_null_only_where_there_are_none(live, run, make):
    epochs = [math.nan if place % 3 == 0 else place / 4 for place in range(11)]
    run.say(points=msgspec.structs.replace(make.points([1.0] * 11), epoch=struct.pack("<11d", *epochs)))
    assert read(get(live, run.key))["epoch"].to_pylist() == [None if math.isnan(one) else one for one in epochs]


def test_one_metric_of_an_experiment(live, run, make):
    for name, context in [("loss", "train"), ("loss", "test"), ("accuracy", "test")]:
        run.say(points=make.points([1.0, 2.0], name=name, context=context))
    for query, found in [
        ({"name": "loss"}, {("loss", "test"), ("loss", "train")}),
        ({"context": "test"}, {("loss", "test"), ("accuracy", "test")}),
        ({"name": "loss", "context": "test"}, {("loss", "test")}),
    ]:
        table = read(get(live, run.key, **query))
        assert set(rows(table, "metric", "context")) == found
        assert table.num_rows == 2 * len(found)


def test_a_long_export_is_read_from_several_snapshots(live, run, make, monkeypatch):
    """Also with points that come and metrics that go in between: every other point is there once, in order."""
    monkeypatch.setattr(export, "_PIECES", 1)
    values = [float(at) for at in range(150_000)]
    for name in ("a", "b", "c"):
        run.say(points=make.points(values, name=name))
    with live.client.stream("GET", f"/api/v1/experiments/{run.key}/metrics/export") as reply:
        parts = reply.iter_raw(1)
        head = [next(parts)]
        with live.storage.read() as session:
            number = session.catalog.find_run(run.key)
        deleted = live.storage.write(lambda session: session.metrics.delete_metric(number, MetricId("c")))
        assert deleted.result(20)
        content = b"".join([*head, *parts])
    with arrow.ipc.open_stream(content) as stream:
        table = stream.read_all()
    names, steps = table["metric"].to_pylist(), table["step"].to_pylist()
    assert names[:300_000] == ["a"] * 150_000 + ["b"] * 150_000
    assert steps[:300_000] == [*range(150_000), *range(150_000)]
    assert set(names[300_000:]) <= {"c"}


def test_many_metrics_are_looked_for_some_at_a_time(live, run, make, monkeypatch):
    monkeypatch.setattr(export, "_METRICS", 3)
    monkeypatch.setattr(export, "_PIECES", 2)
    for place in range(8):
        run.say(points=make.points([float(place)] * (1 + place % 3), name=f"m{place}"))
    run.say(points=make.points([9.0] * 200_000, name="m4"))
    table = read(get(live, run.key))
    counts = {f"m{place}": 1 + place % 3 for place in range(8)} | {"m4": 200_000}
    assert rows(table, "metric", "step") == [(name, step) for name, n in counts.items() for step in range(n)]


def test_several_experiments(live, run, make):
    others = [make.run(live, project=run.project) for _ in range(2)]
    for place, one in enumerate([run, *others]):
        one.say(points=make.points([float(place)] * (place + 1)))
    others[1].say(points=make.points([5.0], name="extra"))
    keys = [others[1].key, "f" * 32, run.key, others[0].key]
    table = read(live.post("/metrics/export", {"experiments": keys}))
    assert rows(table, "experiment", "metric", "step", "value") == [
        (others[1].key, "extra", 0, 5.0),
        *[(others[1].key, "loss", step, 2.0) for step in range(3)],
        (run.key, "loss", 0, 0.0),
        *[(others[0].key, "loss", step, 1.0) for step in range(2)],
    ]
    query = {"experiments": keys, "metrics": [{"name": "extra"}, {"name": "unknown"}], "compression": "zstd"}
    assert rows(read(live.post("/metrics/export", query)), "metric", "value") == [("extra", 5.0)]


def test_nothing_is_an_empty_table(live, run, make):
    run.say(points=make.points([]), count=0)
    assert read(get(live, run.key)).num_rows == 0
    assert read(live.post("/metrics/export", {"experiments": [], "metrics": []})).num_rows == 0


def test_what_is_not_there_is_told(live, run, make):
    run.say(points=make.points([1.0]))
    for reply in (get(live, "0" * 32), get(live, run.key, name="x"), get(live, run.key, context="x")):
        assert reply.status_code == 404
        assert reply.json()["error"]["code"] == "not_found"
    assert get(live, run.key, compression="lz4").status_code == 400
    assert live.post("/metrics/export", {"experiments": ["x"]}).json()["error"]["field"] == "experiments[0]"

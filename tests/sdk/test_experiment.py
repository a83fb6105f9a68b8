"""The experiment in a script's hands: what is logged, what sticks, what can be asked back."""

import argparse
import contextlib
import math
import threading
from pathlib import Path

import numpy as np
import pytest

import halley
from halley.core.metric import NO_STEP
from halley.errors import ArgumentError
from halley.sdk.journal.read import Reader
from halley.wire.points import POINT, POINT_KIND
from halley.wire.records import AddTags, DefineMetric, End, Name, Other, Parameter, Start, decode_record


@pytest.fixture
def experiment(home):
    experiment = halley.Experiment(mode="offline", auto_output_logging=False, display_summary_level=0)
    yield experiment
    experiment.end()


def journal_of(experiment):
    """What the journal holds: records, and points with their metrics' names."""
    reader = Reader(experiment._run.journal.folder)
    reader.open()
    payloads, _ = reader.read(limit_records=10_000, limit_bytes=1 << 30)
    reader.close()
    records, points = [], []
    for payload in payloads:
        if payload[0] == POINT_KIND:
            _, metric, step, _, epoch, value = POINT.unpack(payload)
            points.append((*reader.metrics[metric], step, epoch, value))
        elif not isinstance(record := decode_record(payload), DefineMetric):
            records.append(record)
    return records, points


def records_of(experiment, kind):
    return [record for record in journal_of(experiment)[0] if isinstance(record, kind)]


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1, 1.0),
        (0.1, 0.1),
        (True, 1.0),
        (math.inf, math.inf),
        (-math.inf, -math.inf),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3.0),
        (np.bool_(False), 0.0),
        (np.array([[2.5]]), 2.5),
    ],
)
def test_numbers_of_any_kind_are_metrics(experiment, value, number):
    experiment.log_metric("m", value, step=1)
    assert journal_of(experiment)[1] == [("m", "", 1, pytest.approx(math.nan, nan_ok=True), number)]
    assert experiment.get_metric("m") == number


def test_nan_is_a_number(experiment):
    experiment.log_metric("m", float("nan"))
    assert math.isnan(journal_of(experiment)[1][0][4])


def test_step_and_epoch_stick(experiment):
    experiment.log_metric("m", 0)
    experiment.log_metric("m", 1, step=5, epoch=1)
    experiment.log_metric("m", 2)
    experiment.log_parameter("p", 1, step=99)
    experiment.log_metric("m", 3)
    experiment.set_step(np.int64(7))
    experiment.set_epoch(1.5)
    experiment.log_metric("m", 4)
    experiment.log_epoch_end(2, step=8)
    experiment.log_metrics({"m": 5})
    positions = [(step, epoch) for _, _, step, epoch, _ in journal_of(experiment)[1]]
    assert positions[0][0] == NO_STEP
    assert math.isnan(positions[0][1])
    assert positions[1:] == [(5, 1.0), (5, 1.0), (5, 1.0), (7, 1.5), (8, 2.0)]
    assert (experiment.curr_step, experiment.curr_epoch) == (8, 2.0)


def test_contexts_nest_and_come_back(experiment):
    with experiment.train():
        experiment.log_metric("loss", 1)
        with contextlib.suppress(RuntimeError), experiment.context_manager("ema"):
            experiment.log_metric("loss", 2)
            raise RuntimeError
        assert experiment.context == "train"
        experiment.log_metric("loss", 3, include_context=False)
        assert experiment.get_metric("loss") == 1
    with experiment.validate() as same:
        assert same is experiment
        experiment.log_metrics({"loss": 4})
    with experiment.test():
        experiment.log_metric("loss", 5)
    assert experiment.context is None
    assert [(context, value) for _, context, _, _, value in journal_of(experiment)[1]] == [
        ("train", 1),
        ("ema", 2),
        ("", 3),
        ("validate", 4),
        ("test", 5),
    ]


def test_nested_metrics_and_prefix(experiment):
    experiment.log_metrics({"loss": 1, "val": {"loss": 2, "top": {"1": 3}}}, prefix="a", step=4)
    assert [point[0] for point in journal_of(experiment)[1]] == ["a_loss", "a_val/loss", "a_val/top/1"]
    assert {point[2] for point in journal_of(experiment)[1]} == {4}


def test_parameters(experiment):
    experiment.log_parameter("lr", 0.1)
    experiment.log_parameter("lr", 0.1)
    experiment.log_parameter("lr", 0.2)
    experiment.log_parameters({"model": {"depth": 3, "sizes": [1, 2]}}, prefix="x")
    experiment.log_parameters(argparse.Namespace(seed=1, none=None), nested_support=False)
    logged = [(parameter.name, parameter.value) for parameter in records_of(experiment, Parameter)]
    assert logged == [
        ("lr", 0.1),
        ("lr", 0.2),
        ("x_model|depth", 3),
        ("x_model|sizes", "[1, 2]"),
        ("seed", 1),
        ("none", None),
    ]
    assert experiment.get_parameter("lr") == 0.2
    with pytest.raises(KeyError, match=r"No parameter 'rate'.*lr, none, seed"):
        experiment.get_parameter("rate")
    with pytest.raises(KeyError, match=r"No metric 'loss'.*none"):
        experiment.get_metric("loss")


def test_facts(experiment):
    experiment.log_other("dataset", Path("/data"))
    experiment.log_others({"rows": 10, "Name": "by another name"})
    experiment.add_tag("a")
    experiment.add_tags(["b", "a", "c"])
    experiment.add_tags(["a"])
    assert [(other.name, other.value) for other in records_of(experiment, Other)] == [
        ("dataset", "/data"),
        ("rows", 10),
    ]
    assert [tags.tags for tags in records_of(experiment, AddTags)] == [("a",), ("b", "c")]
    assert [name.name for name in records_of(experiment, Name)] == ["by another name"]
    assert (experiment.get_name(), experiment.get_tags()) == ("by another name", ["a", "b", "c"])
    assert experiment.get_other("rows") == 10
    with pytest.raises(KeyError, match="dataset, rows"):
        experiment.get_other("columns")


def test_identity(home, monkeypatch):
    monkeypatch.setenv("HALLEY_PROJECT_NAME", "by environment")
    monkeypatch.setenv("COMET_WORKSPACE", "comets")
    experiment = halley.Experiment(
        mode="offline", experiment_key="e" * 40, experiment_name="n", auto_output_logging=False
    )
    assert experiment.get_key() == experiment.id == "e" * 40
    assert experiment.url is None
    assert experiment.alive
    assert not experiment.ended
    (start,) = records_of(experiment, Start)
    assert (start.workspace, start.project, start.name) == ("comets", "by environment", "n")
    assert start.source == f"halley {halley.__version__}"
    experiment.end()
    assert not experiment.alive
    assert experiment.ended
    assert records_of(experiment, End)[0].state == "finished"
    assert (home / "journals" / ("e" * 40)).is_dir()


def test_disabled_leaves_no_trace(home):
    threads = threading.active_count()
    with halley.Experiment(disabled=True) as experiment:
        experiment.log_metric("m", 1, step=3)
        experiment.log_parameters({"a": 1})
        experiment.log_other("o", 2)
        experiment.add_tag("t")
        experiment.set_name("n")
        assert experiment.flush()
        assert experiment.get_metric("m") == 1
        assert (experiment.get_parameter("a"), experiment.get_other("o"), experiment.get_name()) == (1, 2, "n")
        assert (experiment.url, experiment.alive, experiment.curr_step) == (None, False, 3)
    assert experiment.ended
    assert not home.exists()
    assert threading.active_count() == threads


def test_offline_says_how_to_send_it(home, capsys):
    experiment = halley.Experiment(mode="offline", offline_directory=home / "elsewhere", auto_output_logging=False)
    folder = home / "elsewhere" / experiment.get_key()
    assert experiment.flush()
    experiment.end()
    said = capsys.readouterr().err
    assert f"halley upload {folder}" in said
    assert folder.is_dir()


def test_a_second_experiment_ends_the_first(experiment):
    second = halley.Experiment(mode="offline", auto_output_logging=False, display_summary_level=0)
    assert experiment.ended
    assert not second.ended
    second.end()


def test_start_gives_the_running_experiment_if_it_matches(home):
    options = {"auto_output_logging": False, "display_summary_level": 0}
    first = halley.start(project_name="a", mode="offline", **options)
    assert halley.start(online=False) is first
    assert halley.start(mode="get", online=False) is first
    assert halley.start(project="a", mode="get_or_create", online=False) is first
    assert halley.start(online=False, experiment_key=first.get_key()) is first
    with pytest.raises(ArgumentError, match="needs an experiment_key"):
        halley.start(mode="get", project="b", online=False)
    other = halley.start(project="b", online=False, **options)
    assert other is not first
    assert first.ended
    again = halley.start(project="b", mode="create", online=False, **options)
    assert again is not other
    again.end()


def test_start_takes_comets_configuration(home):
    class ExperimentConfig:
        def __init__(self):
            self.name = "configured"
            self.tags = ["x"]
            self.disabled = None
            self.auto_output_logging = False
            self.log_code = True

    experiment = halley.start(online=False, experiment_config=ExperimentConfig(), source="notebook")
    assert (experiment.get_name(), experiment.get_tags()) == ("configured", ["x"])
    assert records_of(experiment, Start)[0].source == "notebook"
    experiment.end()


def test_panes_hold_no_state_and_share_no_name():
    from halley.sdk.experiment import Experiment

    panes = Experiment.__bases__
    names = [name for pane in panes for name in vars(pane) if not name.startswith("_")]
    assert len(names) == len(set(names))
    for pane in panes:
        assert pane.__slots__ == ()
        assert "__init__" not in vars(pane)
        assert pane.__module__.startswith("halley.sdk.panes.")


def test_every_public_method_is_explained_with_an_example():
    from halley.sdk.experiment import Experiment

    for name in dir(Experiment):
        member = getattr(Experiment, name)
        if not name.startswith("_") and callable(member):
            assert ">>> " in (member.__doc__ or ""), name

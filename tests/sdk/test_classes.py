"""The classes and functions that scripts written for Comet use besides `Experiment` and `start`."""

import secrets

import pytest

import halley
from halley.errors import ArgumentError, ArgumentTypeError, ServerUnreachable
from halley.wire.records import Start


def test_an_existing_experiment_is_continued_where_it_is(train, peer):
    key = secrets.token_hex(16)
    peer.homes[key] = ("team", "digits")
    process = train(
        f"""
        import halley
        experiment = halley.ExistingExperiment(previous_experiment="{key}")
        assert (experiment.workspace, experiment.project_name) == ("team", "digits")
        experiment.log_metric("loss", 0.5, step=7)
        experiment.end()
        """
    )
    assert process.returncode == 0, process.err
    (start,) = peer.of(Start, key)
    assert (start.mode, start.workspace, start.project) == ("get", "team", "digits")
    assert f"/team/digits/experiments/{key}" in process.err


def test_the_key_may_come_from_the_environment(train, peer):
    key = secrets.token_hex(16)
    peer.homes[key] = ("default", "general")
    train("import halley; halley.ExistingExperiment().end()", COMET_EXPERIMENT_KEY=key)
    assert [start.mode for start in peer.of(Start, key)] == ["get"]


def test_an_experiment_is_forked_at_a_step(train, peer):
    key = secrets.token_hex(16)
    peer.homes[key] = ("team", "digits")
    process = train(
        f"""
        import halley
        experiment = halley.ExistingExperiment(previous_experiment="{key}", step_copy=100)
        assert experiment.id != "{key}" and experiment.project_name == "digits"
        experiment.log_metric("loss", 0.5, step=101)
        experiment.end()
        print(experiment.id)
        """
    )
    assert process.returncode == 0, process.err
    assert peer.forks == [(key, 100, process.out.strip())]
    assert peer.of(Start, process.out.strip())


def test_what_is_not_there_cannot_be_continued(home, peer, monkeypatch):
    monkeypatch.setenv("HALLEY_URL", peer.url)
    with pytest.raises(ArgumentError, match="has no experiment"):
        halley.ExistingExperiment(previous_experiment="a" * 32)
    with pytest.raises(ArgumentError, match="There is no such experiment"):
        halley.ExistingExperiment(previous_experiment="a" * 32, step_copy=5)
    with pytest.raises(ArgumentError, match="needs the key of an experiment"):
        halley.ExistingExperiment()
    with pytest.raises(ArgumentError, match="differ"):
        halley.ExistingExperiment(previous_experiment="a" * 32, experiment_key="b" * 32)
    with pytest.raises(ArgumentTypeError, match="not an integer"):
        halley.ExistingExperiment(previous_experiment="a" * 32, step_copy="x")
    peer.stop()
    with pytest.raises(ServerUnreachable):
        halley.ExistingExperiment(previous_experiment="a" * 32, step_copy=5)
    with pytest.raises(ArgumentError, match="this is offline"):
        halley.ExistingExperiment(previous_experiment="a" * 32, step_copy=5, mode="offline")


def test_a_server_that_is_away_does_not_keep_training_from_going_on(train, peer, until):
    key = secrets.token_hex(16)
    peer.homes[key] = ("default", "general")
    peer.stop()
    process = train(
        f"""
        import halley
        experiment = halley.ExistingExperiment(previous_experiment="{key}")
        experiment.log_metric("loss", 0.5, step=7)
        experiment.end(timeout=0.1)
        """
    )
    assert process.returncode == 0, process.err
    peer.start()
    until(lambda: peer.values("loss") == [0.5], what="the point")


def test_offline_experiments_are_kept_here(home, tmp_path):
    folder = tmp_path / "here"
    first = halley.OfflineExperiment(project_name="digits", offline_directory=folder, display_summary_level=0)
    assert (first.mode, first.project_name) == ("offline", "digits")
    first.log_metric("loss", 1)
    first.end()
    key = "c" * 32
    second = halley.ExistingOfflineExperiment(
        previous_experiment=key, offline_directory=folder, display_summary_level=0
    )
    assert (second.mode, second.id) == ("offline", key)
    second.end()
    assert sorted(run.name for run in folder.iterdir()) == sorted([first.id, key])


def test_the_running_experiment_is_at_hand(home):
    assert halley.get_running_experiment() is None
    halley.end()
    assert halley.flush()
    experiment = halley.OfflineExperiment(display_summary_level=0)
    assert halley.get_running_experiment() is experiment
    assert halley.get_global_experiment() is experiment
    halley.end()
    assert experiment.ended
    assert halley.get_running_experiment() is None


def test_keys_are_made_and_checked():
    assert halley.is_valid_experiment_key(halley.get_experiment_key())
    assert halley.get_experiment_key() != halley.get_experiment_key()
    assert halley.get_experiment_key("a") == "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"
    assert halley.get_experiment_key(b"a") == halley.get_experiment_key("a")
    assert halley.get_experiment_key({"b": 1, "a": [2]}) == halley.get_experiment_key({"a": [2], "b": 1})
    with pytest.raises(ArgumentTypeError, match="of type int"):
        halley.get_experiment_key(5)
    assert not halley.is_valid_experiment_key(None)


def test_options_come_as_an_object(home):
    config = halley.ExperimentConfig(
        name="first", tags=["a"], disabled=True, log_code=False, auto_output_logging=False, auto_metric_step_rate=5
    )
    experiment = halley.start(experiment_config=config)
    assert (experiment.get_name(), experiment.get_tags(), experiment.mode) == ("first", ["a"], "disabled")
    experiment.end()

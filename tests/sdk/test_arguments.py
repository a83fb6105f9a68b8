"""Wrong arguments raise at the call, name argument, value and fix, and log nothing; also when disabled."""

import math

import pytest

import halley
from halley.errors import ArgumentError, ArgumentTypeError, JournalError, SettingError

WRONG = [
    (
        lambda e: e.log_metric("loss", "0.5"),
        ArgumentTypeError,
        ["log_metric(value)='0.5'", "not a number", "log_other"],
    ),
    (lambda e: e.log_metric("loss", None), ArgumentTypeError, ["log_metric(value)=None"]),
    (lambda e: e.log_metric("loss", [1, 2]), ArgumentTypeError, ["log_metric(value)", "list", "log_metrics"]),
    (lambda e: e.log_metric("loss", 1j), ArgumentTypeError, ["log_metric(value)=1j", "complex"]),
    (lambda e: e.log_metric("loss", 10**400), ArgumentError, ["log_metric(value)", "64-bit float"]),
    (lambda e: e.log_metric("", 1), ArgumentError, ["log_metric(name)=''", "empty"]),
    (lambda e: e.log_metric("x" * 1001, 1), ArgumentError, ["log_metric(name)", "1,001", "1,000"]),
    (lambda e: e.log_metric("a\nb", 1), ArgumentError, ["log_metric(name)", "control character"]),
    (lambda e: e.log_metric(7, 1), ArgumentTypeError, ["log_metric(name)=7", "int"]),
    (lambda e: e.log_metric(["loss"], 1), ArgumentTypeError, ["log_metric(name)=['loss']", "list"]),
    (lambda e: e.log_metric("loss", 1, step=1.5), ArgumentTypeError, ["log_metric(step)=1.5", "integer", "epoch="]),
    (lambda e: e.log_metric("loss", 1, step="3"), ArgumentTypeError, ["log_metric(step)='3'"]),
    (lambda e: e.log_metric("loss", 1, step=True), ArgumentTypeError, ["log_metric(step)=True"]),
    (lambda e: e.log_metric("loss", 1, step=2**63), ArgumentError, ["log_metric(step)", "2**62"]),
    (lambda e: e.log_metric("loss", 1, epoch="x"), ArgumentTypeError, ["log_metric(epoch)='x'"]),
    (lambda e: e.log_metric("loss", 1, epoch=math.nan), ArgumentError, ["log_metric(epoch)", "finite"]),
    (lambda e: e.log_metrics([("a", 1)]), ArgumentTypeError, ["log_metrics(dic)", "list", "log_metric("]),
    (lambda e: e.log_metrics({"a": 1, "b": "x"}), ArgumentTypeError, ["log_metrics('b')='x'"]),
    (lambda e: e.log_metrics({"": 1}), ArgumentError, ["log_metrics(name)"]),
    (lambda e: e.log_parameter("", 1), ArgumentError, ["log_parameter(name)=''"]),
    (lambda e: e.log_parameter("p", "x" * 100_001), ArgumentError, ["log_parameter(value)", "100,001"]),
    (lambda e: e.log_parameters(3), ArgumentTypeError, ["parameters", "int", "dict"]),
    (lambda e: e.log_other(None, 1), ArgumentTypeError, ["log_other(key)=None"]),
    (lambda e: e.log_others("text"), ArgumentTypeError, ["log_others(dictionary)", "str", "log_other"]),
    (lambda e: e.add_tag(" "), ArgumentError, ["add_tag(tag)=' '"]),
    (lambda e: e.add_tags("abc"), ArgumentTypeError, ["add_tags(tags)='abc'", "add_tag for one"]),
    (lambda e: e.add_tags(["a", 1]), ArgumentTypeError, ["add_tags(tags)=1"]),
    (lambda e: e.set_name(""), ArgumentError, ["set_name(name)=''"]),
    (lambda e: e.set_step(0.5), ArgumentTypeError, ["set_step(step)=0.5"]),
    (lambda e: e.set_epoch("one"), ArgumentTypeError, ["set_epoch(epoch)='one'"]),
    (lambda e: e.log_epoch_end(1, step="x"), ArgumentTypeError, ["log_epoch_end(step)='x'"]),
    (lambda e: e.context_manager(""), ArgumentError, ["context_manager(context)=''"]),
    (lambda e: e.flush(timeout="soon"), ArgumentTypeError, ["flush(timeout)='soon'"]),
    (lambda e: e.flush(timeout=math.nan), ArgumentTypeError, ["flush(timeout)=nan", "number of seconds"]),
    (lambda e: e.end(timeout="soon"), ArgumentTypeError, ["end(timeout)='soon'"]),
]


@pytest.mark.parametrize("mode", ["disabled", "offline"])
@pytest.mark.parametrize(("call", "error", "words"), WRONG)
def test_a_wrong_argument_raises_and_says_what_to_do(call, error, words, mode, home):
    experiment = halley.Experiment(mode=mode, auto_output_logging=False, display_summary_level=0)
    before = None if mode == "disabled" else experiment._journal.number
    with pytest.raises(error) as raised:
        call(experiment)
    for word in words:
        assert word in str(raised.value)
    if mode == "offline":
        assert experiment._journal.number == before, "nothing was logged"
    assert (experiment.curr_step, experiment.curr_epoch, experiment.context) == (None, None, None)
    experiment.end()


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"project_nam": "x"}, ArgumentTypeError, ["'project_nam'", "Did you mean project_name?"]),
        ({"log_cod": True}, ArgumentTypeError, ["Did you mean log_code?"]),
        ({"zzz": True}, ArgumentTypeError, ["'zzz'", "Leave it out"]),
        ({"project_name": ""}, ArgumentError, ["project_name=''"]),
        ({"project_name": "a/b"}, ArgumentError, ["project_name='a/b'", "URL"]),
        ({"workspace": 3}, ArgumentTypeError, ["workspace=3"]),
        ({"api_key": 3}, ArgumentTypeError, ["api_key is of type int"]),
        ({"experiment_key": "short"}, ArgumentError, ["experiment_key='short'", "32 to 50"]),
        ({"experiment_key": 5}, ArgumentTypeError, ["experiment_key=5"]),
        ({"mode": "sometimes"}, SettingError, ["mode='sometimes'", "online, offline, disabled"]),
        ({"auto_output_logging": "loud"}, SettingError, ["auto_output_logging='loud'"]),
    ],
)
def test_wrong_arguments_of_the_constructor(arguments, error, words, home):
    with pytest.raises(error) as raised:
        halley.Experiment(**{"mode": "offline", **arguments})
    for word in words:
        assert word in str(raised.value)
    assert not (home / "journals").exists()


def test_options_of_comet_are_taken(home):
    experiment = halley.Experiment(
        "key",
        "project",
        "space",
        log_code=True,
        log_graph=False,
        auto_param_logging=True,
        auto_metric_logging=False,
        parse_args=True,
        auto_output_logging="simple",
        log_env_details=True,
        log_git_metadata=True,
        log_git_patch=False,
        disabled=True,
        distributed_node_identifier="node-1",
        display_summary_level=1,
    )
    assert (experiment.project_name, experiment.workspace) == ("project", "space")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("url = ", ["config.toml", "not valid TOML", 'url = "http']),
        ('ulr = "x"', ["config.toml", "unknown settings: ulr"]),
        ('url = "somewhere"', ["url='somewhere'", "such as http://127.0.0.1:1986"]),
        ('project_name = "a/b"', ["project_name='a/b'"]),
        ("\udcff", ["config.toml", "cannot be read"]),
    ],
)
def test_a_configuration_file_that_cannot_be_used(text, words, home):
    home.mkdir()
    (home / "config.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SettingError) as raised:
        halley.Experiment(mode="offline")
    for word in words:
        assert word in str(raised.value)


def test_a_home_that_cannot_be_used(home):
    home.write_text("a file")
    with pytest.raises(JournalError, match=r"Not a directory.*HALLEY_HOME"):
        halley.Experiment(mode="offline")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"mode": "maybe"}, ["start(mode)='maybe'", "get_or_create, create, get, online"]),
        ({"mode": "get"}, ["needs an experiment_key"]),
        ({"mode": "offline", "online": True}, ["contradict"]),
        ({"online": "yes"}, ["start(online)='yes'"]),
        ({"project": "a", "project_name": "b"}, ["differ"]),
        ({"experiment_config": 5}, ["experiment_config", "int"]),
        ({"experiment_key": "x"}, ["experiment_key='x'"]),
    ],
)
def test_wrong_arguments_of_start(arguments, words, home):
    with pytest.raises(ArgumentError) as raised:
        halley.start(**arguments)
    for word in words:
        assert word in str(raised.value)

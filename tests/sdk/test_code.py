"""Code and models: which files, under which names, and as what."""

import pytest

import halley
from halley.errors import ArgumentError, ArgumentTypeError
from halley.sdk.encode.command import read_command
from halley.wire.records import Asset, Other, Parameter


def test_code_and_models_arrive_as_what_they_are(train, peer):
    process = train(
        """
        import halley, pathlib
        root = pathlib.Path(__file__).with_name("project")
        for name in ("src/net.py", "settings.yaml", "data.bin", ".git/config.txt", "notes.ipynb"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(name)
        experiment = halley.Experiment()
        experiment.set_step(5)
        experiment.log_code()
        experiment.log_code(folder=root)
        experiment.log_code(code="x = 1", code_name="x.py")
        experiment.log_notebook(root / "notes.ipynb")
        experiment.log_model("net", root / "data.bin")
        experiment.log_model("net", root / "src", prepend_folder_name=False)
        experiment.log_remote_model("net", "s3://models/net/7")
        experiment.set_model_graph("Linear(64, 10)")
        experiment.set_model_graph('{"layers": []}', overwrite=True)
        experiment.log_tensorboard_folder(root / "src")
        experiment.set_filename("train.py")
        experiment.log_dataset_info("ratings", path="s3://ratings")
        experiment.set_pip_packages()
        experiment.end()
        """
    )
    assert process.returncode == 0, process.err
    assert [(one.kind, one.name, one.step) for one in peer.of(Asset)] == [
        ("code", "train0.py", None),
        ("code", "project/notes.ipynb", None),
        ("code", "project/settings.yaml", None),
        ("code", "project/src/net.py", None),
        ("code", "x.py", None),
        ("notebook", "notes.ipynb", None),
        ("model", "net/data.bin", 5),
        ("model", "net/net.py", 5),
        ("model", "net/7", 5),
        ("graph", "graph", None),
        ("graph", "graph", None),
        ("tensorboard", "src/net.py", 5),
        ("packages", "pip-packages.txt", None),
    ]
    contents = dict(peer.files())
    assert b"experiment.log_code()" in contents["train0.py"]
    assert contents["x.py"] == b"x = 1"
    assert b"msgspec==" in contents["pip-packages.txt"]
    assert [(one.name, one.value) for one in peer.of(Other)] == [
        ("filename", "train.py"), ("dataset_info", "ratings, s3://ratings"),
    ]  # fmt: skip


def test_arguments_of_the_command_line_become_parameters(train, peer):
    train("import sys; sys.argv[1:] = ['--lr', '0.1', 'fast']\nimport halley\n"
          "e = halley.Experiment(); e.set_cmd_args(); assert e.get_parameter('lr') == 0.1; e.end()")  # fmt: skip
    assert [(one.name, one.value, one.source) for one in peer.of(Parameter)] == [
        ("lr", 0.1, "cli"), ("run_arg_1", "fast", "cli"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ([], {}),
        (["--x"], {"x": True}),
        (["--x", "-1"], {"x": -1}),
        (["-x", "-1e-3", "-y"], {"x": -0.001, "y": True}),
        (["--x=a=b"], {"x": "a=b"}),
        (["--x", "y=3"], {"x": True, "y": 3}),
        (["+trainer.gpus=2", "~model"], {"trainer.gpus": 2, "run_arg_1": "~model"}),
        (["--flag=false", "--other", "True"], {"flag": False, "other": True}),
        (["-", "--"], {"run_arg_1": "-", "run_arg_2": "--"}),
        (["--n", "1_000"], {"n": 1000}),
    ],
)
def test_command_lines_are_read(words, found):
    assert read_command(words) == found


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda e: e.log_code(code="x", folder="."), ArgumentError, "takes one of"),
        (lambda e: e.log_code("/no/such.py"), ArgumentError, "is no file"),
        (lambda e: e.log_code(folder="/no/such"), ArgumentError, "is no folder"),
        (lambda e: e.log_notebook("train.py"), ArgumentError, "is no notebook"),
        (lambda e: e.log_model("net", "/no/such"), ArgumentError, "is no file"),
        (lambda e: e.log_model("", b"x"), ArgumentError, "is empty"),
        (lambda e: e.log_remote_model("net", "models/net"), ArgumentError, "is no address"),
        (lambda e: e.set_model_graph(None), ArgumentTypeError, "is None"),
        (lambda e: e.log_dataset_info(), ArgumentError, "told nothing"),
        (lambda e: e.set_filename(""), ArgumentError, "is empty"),
    ],
)
def test_a_wrong_argument_raises_at_the_call(home, call, kind, words):
    experiment = halley.Experiment(mode="disabled")
    with pytest.raises(kind, match=words):
        call(experiment)
    experiment.end()


def test_a_folder_without_files_is_no_model(home, tmp_path):
    experiment = halley.Experiment(mode="disabled")
    with pytest.raises(ArgumentError, match="holds no file"):
        experiment.log_model("net", tmp_path)
    experiment.end()

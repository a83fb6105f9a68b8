"""Files: kept at once, sent in the background, whole, whatever the server and the processes go through."""

import json

import pytest

import halley
from halley.core.asset import BLOB_BYTES, INLINE_BYTES
from halley.errors import ArgumentError, ArgumentTypeError
from halley.wire.records import Asset

LARGE = """
import halley, os, pathlib
experiment = halley.Experiment()
path = pathlib.Path(__file__).with_name("model.bin")
path.write_bytes(bytes(range(256)) * 80_000)
info = experiment.log_asset(path, step=7, metadata={"a": 1})
experiment.log_metric("loss", 1, step=1)
"""
CONTENT = bytes(range(256)) * 80_000


@pytest.fixture
def experiment(home):
    made = halley.Experiment(mode="disabled")
    yield made
    made.end()


def test_files_of_every_size_arrive(train, peer, runs, until):
    process = train(
        f"""
        import halley, io, pathlib
        experiment = halley.Experiment()
        for size in (0, 1, {INLINE_BYTES}, {INLINE_BYTES + 1}, {BLOB_BYTES}, {BLOB_BYTES + 1}, {2 * BLOB_BYTES}):
            experiment.log_asset(io.BytesIO(bytes(size)), file_name=f"{{size}}.bin")
            path = pathlib.Path(__file__).with_name(f"{{size}}.dat")
            path.write_bytes(bytes(size))
            experiment.log_asset(path)
            path.unlink()
        experiment.end()
        """
    )
    assert process.returncode == 0, process.err
    sizes = [0, 1, INLINE_BYTES, INLINE_BYTES + 1, BLOB_BYTES, BLOB_BYTES + 1, 2 * BLOB_BYTES]
    wanted = [(f"{size}.{ending}", bytes(size)) for size in sizes for ending in ("bin", "dat")]
    assert peer.files() == wanted
    assert [record.size_bytes for record in peer.of(Asset)] == [size for size in sizes for _ in range(2)]
    assert "all" in process.err
    assert "records delivered" in process.err
    until(lambda: not runs(), what="cleaning up")


def test_what_is_known_of_a_file_arrives(train, peer):
    process = train(LARGE + "experiment.end(); print(info['assetId'], info['api'], info['web'])")
    (record,) = peer.of(Asset)
    identifier, api, web = process.out.split()
    assert record.id == identifier
    assert api == f"{peer.url}/api/v1/experiments/{experiment_key(peer)}/assets/{identifier}/content"
    assert web.endswith(f"/assets?asset={identifier}")
    assert (record.name, record.kind, record.step, record.metadata) == ("model.bin", "file", 7, '{"a": 1}')
    assert record.data is None
    assert peer.contents[record.id] == CONTENT


def experiment_key(peer):
    return peer.batches[0].experiment_key


def test_a_file_is_sent_after_kill_9(train, peer, runs, until):
    train(LARGE + "import signal; os.kill(os.getpid(), signal.SIGKILL)")
    until(lambda: peer.files() == [("model.bin", CONTENT)], what="the file")
    until(lambda: not runs(), what="cleaning up")


@pytest.mark.parametrize("answers", [[500], [0, 503, 0, 503], [0, 0, 409], [429, 500, 500]])
def test_a_server_that_fails_in_the_middle_gets_it_again(train, peer, runs, until, answers):
    peer.file_answers = list(answers)
    process = train(LARGE + "experiment.end()")
    assert process.returncode == 0, process.err
    until(lambda: peer.files() == [("model.bin", CONTENT)], what="the file")
    until(lambda: not runs(), what="cleaning up")
    assert not peer.file_answers


def test_an_asset_that_the_server_does_not_know_yet_is_asked_for_again(train, peer, runs, until):
    peer.file_answers = [0, 0, 404]
    train(LARGE + "import time; time.sleep(2); experiment.end()")
    until(lambda: peer.files() == [("model.bin", CONTENT)], what="the file")
    until(lambda: not runs(), what="cleaning up")


def test_an_asset_that_the_server_will_never_know_is_put_aside_and_said(train, peer, runs, until):
    peer.file_answers = [503] * 1_000
    train(LARGE + "experiment.end(timeout=0.5)")
    peer.file_answers = [0, 0, 404]
    until(lambda: (runs()[0] / "refused").exists(), what="the file's being put aside")
    (kept,) = (runs()[0] / "refused").iterdir()
    assert kept.read_bytes() == CONTENT
    assert "cannot be delivered and is kept in" in (runs()[0] / "sender.log").read_text()


def test_a_server_that_is_away_gets_it_later(train, peer, runs, until):
    peer.stop()
    process = train(LARGE + "experiment.end(timeout=1)")
    assert "1 file to send" in process.err
    peer.start()
    until(lambda: peer.files() == [("model.bin", CONTENT)], what="the file")
    until(lambda: not runs(), what="cleaning up")


def test_a_file_of_an_experiment_that_was_deleted_is_thrown_away(train, peer, runs, until):
    peer.file_answers = [0, 0, 410]  # two pieces, as the first two are alike; then what they are
    process = train(LARGE + "experiment.end()")
    assert process.returncode == 0, process.err
    assert "deleted on the server" in process.err
    until(lambda: not runs(), what="cleaning up")
    assert not peer.files()


def test_metrics_do_not_wait_for_a_file(train, peer):
    """A file goes in pieces, and what is due goes in between."""
    peer.file_answers = [503] * 1_000
    process = train(LARGE + "assert experiment.flush(timeout=20)")
    assert process.returncode == 0, process.err
    assert peer.values("loss") == [1]
    peer.file_answers = []


def test_a_file_that_is_not_copied_is_sent_from_where_it_is(train, peer, runs, until):
    process = train(LARGE.replace("step=7", "step=7, copy_to_tmp=False") + "experiment.end()")
    assert process.returncode == 0, process.err
    until(lambda: peer.files() == [("model.bin", CONTENT)], what="the file")
    until(lambda: not runs(), what="cleaning up")


def test_a_file_that_vanished_is_said(train, peer, runs, until):
    peer.file_answers = [503] * 1_000
    train(LARGE.replace("step=7", "copy_to_tmp=False") + "path.unlink(); experiment.end(timeout=0.2)")
    peer.file_answers = []
    until(lambda: runs() and (runs()[0] / "refused").exists(), what="the file's being put aside")
    assert "cannot be read any more" in (runs()[0] / "sender.log").read_text()
    assert not peer.files()


def test_what_was_logged_offline_is_uploaded_with_its_files(train, peer, runs, home):
    from halley.cli.main import main

    train("import os; os.environ['HALLEY_MODE'] = 'offline'" + LARGE + "experiment.end()")
    assert not peer.batches
    assert main(["upload", "--url", peer.url, str(runs()[0])]) == 0
    assert peer.files() == [("model.bin", CONTENT)]
    assert not runs()


def test_a_folder_is_logged_file_by_file(train, peer):
    process = train(
        """
        import halley, pathlib
        root = pathlib.Path(__file__).with_name("checkpoints")
        (root / "deep").mkdir(parents=True)
        (root / "a.txt").write_text("a")
        (root / "deep" / "b.txt").write_text("b")
        experiment = halley.Experiment()
        flat = experiment.log_asset_folder(root)
        deep = experiment.log_asset_folder(root, recursive=True, log_file_name=True, step=3)
        bare = experiment.log_asset_folder(root, recursive=True, log_file_name=False)
        assert [len(one) for one in (flat, deep, bare)] == [1, 2, 2]
        assert deep[1][0] == str(root / "deep" / "b.txt") and deep[1][1]["assetId"]
        experiment.end()
        """
    )
    assert process.returncode == 0, process.err
    assert [name for name, _ in peer.files()] == [
        "checkpoints/a.txt", "checkpoints/a.txt", "checkpoints/deep/b.txt", "a.txt", "b.txt",
    ]  # fmt: skip


def test_data_becomes_a_file(train, peer):
    process = train(
        """
        import halley, math
        experiment = halley.Experiment()
        experiment.set_step(4)
        experiment.log_asset_data({"a": [1, math.nan], "b": {1, 2}}, name="settings.json")
        experiment.log_asset_data("text")
        experiment.log_remote_asset("s3://bucket/data/2021.parquet", metadata={"rows": 5})
        experiment.log_html("<b>x</b>", clear=True)
        experiment.end()
        """
    )
    assert process.returncode == 0, process.err
    assert peer.files() == [
        ("settings.json", b'{"a": [1, null], "b": [1, 2]}'), ("data", b"text"), ("page.html", b"<b>x</b>"),
    ]  # fmt: skip
    records = peer.of(Asset)
    assert [(one.name, one.step, one.is_overwriting) for one in records] == [
        ("settings.json", 4, False), ("data", 4, False), ("2021.parquet", 4, False), ("page.html", None, True),
    ]  # fmt: skip
    assert records[2].link == "s3://bucket/data/2021.parquet"
    assert [one.media_type for one in records] == ["application/json", "text/plain", "", "text/html"]


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda e, _: e.log_asset("/no/such/file"), ArgumentError, "is no file"),
        (lambda e, folder: e.log_asset(folder), ArgumentError, "is a folder"),
        (lambda e, _: e.log_asset(5), ArgumentTypeError, "is of type int"),
        (lambda e, _: e.log_asset(b"x", file_name="../x"), ArgumentError, "no path inside a folder"),
        (lambda e, _: e.log_asset(b"x", file_name="x", asset_type="No Kind"), ArgumentError, "no kind of asset"),
        (lambda e, _: e.log_asset(b"x", metadata=[1]), ArgumentTypeError, "not a dictionary"),
        (lambda e, _: e.log_asset(b"x", step="a"), ArgumentTypeError, "not an integer"),
        (lambda e, _: e.log_asset_folder("/no/such"), ArgumentError, "is no folder"),
        (lambda e, _: e.log_remote_asset("bucket/x"), ArgumentError, "is no address"),
        (lambda e, _: e.log_text(5), ArgumentTypeError, "not a string"),
        (lambda e, _: e.log_html(None), ArgumentTypeError, "not a string"),
        (lambda e, _: e.log_figure(figure=5), ArgumentTypeError, "which is no figure"),
        (lambda e, _: e.log_video("/no/such.mp4"), ArgumentError, "is no file"),
    ],
)
def test_a_wrong_argument_raises_at_the_call(experiment, tmp_path, call, kind, words):
    with pytest.raises(kind, match=words):
        call(experiment, tmp_path)


def test_a_disabled_experiment_keeps_nothing(experiment, tmp_path, home):
    assert experiment.log_asset(b"x") is None
    assert experiment.log_text("x") is None
    assert experiment.log_remote_asset("s3://a/b") is None
    assert not home.exists() or not list(home.iterdir())


def test_open_files_and_bytes_are_taken(train, peer):
    process = train(
        """
        import halley, io, pathlib
        path = pathlib.Path(__file__).with_name("notes.md")
        path.write_text("# é", encoding="utf-8")
        experiment = halley.Experiment()
        with path.open(encoding="utf-8") as text, path.open("rb") as raw:
            experiment.log_asset(text)
            experiment.log_asset(raw, file_name="again.md")
        experiment.log_asset(memoryview(b"xyz"), file_name="z")
        experiment.end()
        """
    )
    assert process.returncode == 0, process.err
    assert peer.files() == [("notes.md", "# é".encode()), ("again.md", "# é".encode()), ("z", b"xyz")]


def test_half_a_copy_of_a_process_that_died_does_not_stay(train, peer, runs, until, home):
    process = train(LARGE + "print(experiment.id, flush=True); input()", stdin=-1, wait=False)
    key = process.stdout.readline().strip()
    (home / "journals" / key / "files").mkdir(exist_ok=True)
    (home / "journals" / key / "files" / ("." + "0" * 32)).write_bytes(b"half")
    process.communicate("\n")
    until(lambda: peer.files() and not runs(), what="cleaning up")


def test_reading_a_file_costs_no_more_memory_than_a_piece(home):
    """The sender's reader holds one piece at a time."""
    from halley.sdk.sender.files import _Reading
    from halley.wire.api import BlobRef

    path = home.parent / "large"
    with path.open("wb") as file:
        file.truncate(3 * BLOB_BYTES + 5)
    reading = _Reading(path)
    sizes = []
    while (piece := reading.next_piece()) is not None:
        sizes.append(len(piece))
        reading.keep(BlobRef("0" * 64, len(piece)))
    reading.close()
    assert sizes == [BLOB_BYTES] * 3 + [5]


def test_a_confusion_matrix_brings_the_pictures_of_its_examples(train, peer):
    process = train(
        """
        import halley, numpy as np
        experiment = halley.Experiment()
        pictures = [np.full((4, 4), index / 10) for index in range(10)]
        experiment.log_confusion_matrix([0] * 9 + [1], [0] * 10, labels=["cat", "dog"], images=pictures,
                                        max_examples_per_cell=2, step=3)
        experiment.end()
        """
    )
    assert process.returncode == 0, process.err
    *pictures, matrix = peer.of(Asset)
    assert [(one.name, one.kind, one.step, one.metadata) for one in pictures] == [
        ("confusion-matrix/examples", "image", 3, f'{{"index": {index}}}') for index in (0, 1, 9)
    ]
    told = json.loads(peer.contents[matrix.id])
    assert (matrix.kind, told["matrix"], told["type"]) == ("confusion-matrix", [[9, 0], [1, 0]], "image")
    assert [[cell and [one["assetId"] for one in cell] for cell in row] for row in told["sampleMatrix"]] == [
        [[pictures[0].id, pictures[1].id], None], [[pictures[2].id], None],
    ]  # fmt: skip

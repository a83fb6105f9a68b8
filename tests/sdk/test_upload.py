"""`halley upload`: what was recorded offline or left behind."""

import itertools
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from halley.cli.main import main
from halley.sdk.journal.folder import list_segments, list_writers
from halley.sdk.journal.layout import segment_name
from halley.sdk.sender.deliver import Courier
from halley.sdk.sender.upload import upload_run
from halley.wire.records import End

KEY = "k" * 32

OFFLINE = """
import halley
experiment = halley.start(mode="offline", project_name="digits")
for step in range(1000):
    experiment.log_metric("loss", step, step=step)
print("some output")
"""


@pytest.fixture
def upload(peer, home, monkeypatch):
    """Run `halley upload` as a process, so that it may ask who is alive; gives exit code, table and messages."""

    def run(*arguments, url=None):
        done = subprocess.run(
            [sys.executable, "-m", "halley.cli.main", "upload", "--url", url or peer.url, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.returncode, done.stdout, done.stderr

    return run


def trainer_folder(run):
    return next(folder for folder in list_writers(run) if (folder / segment_name(0)).stat().st_size > 10_000)


def test_an_offline_run_is_sent_whole_and_once(train, peer, upload, runs):
    process = train(OFFLINE)
    (run,) = runs()
    assert f"halley upload {run}" in process.err
    assert not peer.batches
    code, table, _ = upload(run)
    assert code == 0, table
    assert peer.steps("loss") == list(range(1000))
    assert [end.state for end in peer.of(End)] == ["finished"]
    assert "some output" in peer.lines()
    assert run.name in table
    assert "already there" in table
    assert not runs()
    code, said, _ = upload()
    assert (code, "nothing to send" in said) == (0, True)


def test_a_server_that_says_when_to_come_back_is_left_alone_until_then(train, peer, runs):
    """Whatever it was asked: what it has, or to take a batch."""
    train(OFFLINE)
    (run,) = runs()
    asked = []

    def be_busy(_batch):
        asked.append(time.monotonic())
        return 429 if len(asked) <= 3 else 0

    peer.answers, peer.retry_after = [be_busy], "0.9"
    courier = Courier(peer.url)
    outcome = upload_run(run, courier, report=lambda _: None, say=lambda _: None, patience_seconds=60)
    courier.close()
    assert outcome.is_complete
    assert peer.steps("loss") == list(range(1000))
    assert len(asked) > 3
    assert min(later - earlier for earlier, later in itertools.pairwise(asked[:4])) >= 0.9


def test_sending_a_copy_again_changes_nothing(train, peer, upload, runs, tmp_path):
    train(OFFLINE)
    (run,) = runs()
    copy = tmp_path / "copy" / run.name
    shutil.copytree(run, copy)
    assert upload(run)[0] == 0
    records, points = len(peer.records), len(peer.points)
    code, table, _ = upload(copy)
    assert code == 0, table
    assert (len(peer.records), len(peer.points)) == (records, points)
    row = table.splitlines()[1].split()
    assert row[1] == "0"
    assert int(row[2].replace(",", "")) >= 1003


def test_a_run_whose_sender_was_killed(train, peer, upload, runs, until):
    peer.stop()
    process = train(
        OFFLINE.replace("offline", "online") + "import os, time\ntime.sleep(0.5)\nos.kill(os.getpid(), 9)", wait=True
    )
    assert process.returncode == -signal.SIGKILL
    (run,) = runs()
    for pid in senders_of(run):
        os.kill(pid, signal.SIGKILL)
    until(lambda: not senders_of(run), what="the sender's death")
    peer.start()
    code, table, _ = upload()
    assert code == 0, table
    assert [end.state for end in peer.of(End)] == ["killed"]
    assert peer.steps("loss") == list(range(1000))
    assert "some output" in peer.lines()
    assert not runs()


def test_a_run_that_goes_on_is_left_alone(train, peer, upload, runs, until):
    process = train(OFFLINE + "print('ready', flush=True)\nimport sys\nsys.stdin.readline()", wait=False, stdin=-1)
    assert process.stdout.readline() == "some output\n"
    assert process.stdout.readline() == "ready\n"
    (run,) = runs()
    code, table, _ = upload()
    assert code == 1
    assert "still running" in table
    assert not peer.batches
    process.communicate("go\n", timeout=30)
    assert upload()[0] == 0
    assert peer.steps("loss") == list(range(1000))
    assert not run.exists()


def test_a_server_that_does_not_answer(train, upload, runs):
    train(OFFLINE)
    code, table, _ = upload("--wait", "0.5", url="http://127.0.0.1:9")
    assert code == 1
    assert "does not answer" in table
    assert len(runs()) == 1


@pytest.mark.parametrize("damage", ["cut", "flip", "garbage"])
def test_a_broken_tail(train, peer, upload, runs, damage):
    train(OFFLINE)
    (run,) = runs()
    folder = trainer_folder(run)
    path = folder / segment_name(list_segments(folder)[-1])
    content = bytearray(path.read_bytes())
    if damage == "cut":
        del content[-30:]
    elif damage == "flip":
        content[len(content) // 2] ^= 0x10
    else:
        content += b"\x07garbage that is no frame"
    path.write_bytes(content)
    code, table, said = upload()
    assert code == 1
    steps = peer.steps("loss")
    assert steps == list(range(len(steps)))
    assert len(steps) >= {"cut": 1000, "flip": 450, "garbage": 1000}[damage]
    (end,) = peer.of(End)
    assert end.state == ("finished" if damage == "garbage" else "killed")
    assert "could not be read" in said
    (left,) = (run / "broken").iterdir()
    assert content.endswith(left.read_bytes())
    assert "is kept in" in table


def test_a_segment_lost_in_the_middle_does_not_stop_what_follows(train, peer, upload, runs):
    train(
        """
        import halley
        from halley.sdk.journal import write
        write.Journal.__init__.__kwdefaults__["segment_bytes"] = 10_000
        """
        + OFFLINE.replace("\n", "\n        ")
    )
    (run,) = runs()
    folder = next(folder for folder in list_writers(run) if len(list_segments(folder)) > 3)
    segments = list_segments(folder)
    path = folder / segment_name(segments[1])
    path.write_bytes(b"no journal at all")
    assert upload()[0] == 1
    assert [end.state for end in peer.of(End)] == ["finished"]
    steps = peer.steps("loss")
    missing = sorted(set(range(1000)) - set(steps))
    assert len(steps) == len(set(steps))
    assert 0 < len(missing) <= segments[2] - segments[1]
    assert missing == list(range(missing[0], missing[-1] + 1))


def test_a_journal_of_a_newer_halley_is_left_alone(train, peer, upload, runs):
    train(OFFLINE)
    (run,) = runs()
    path = trainer_folder(run) / segment_name(0)
    content = bytearray(path.read_bytes())
    content[8] = 200
    path.write_bytes(content)
    code, table, _ = upload()
    assert code == 1
    assert "Upgrade Halley" in table
    assert path.read_bytes() == content


def test_a_folder_that_does_not_exist(home, capsys):
    assert main(["upload", str(home / "nowhere")]) == 2
    assert "There is no folder" in capsys.readouterr().err


def test_an_address_that_is_none(home, capsys):
    assert main(["upload", "--url", "somewhere"]) == 2
    assert "not the address of a server" in capsys.readouterr().err


@pytest.mark.parametrize("wait", ["-3", "nan", "inf"])
def test_a_wait_that_is_none(home, capsys, wait):
    assert main(["upload", "--wait", wait]) == 2
    assert f"--wait={wait} is no length of time. Pass seconds" in capsys.readouterr().err


def test_a_folder_that_its_sender_removed_meanwhile(home, peer):
    upload = upload_run(home / KEY, Courier(peer.url), report=print, say=print, patience_seconds=0)
    assert (upload.is_complete, upload.note) == (True, "its sender has sent it meanwhile")


def test_a_server_that_is_away_is_waited_for_once(train, peer, upload, runs):
    train(OFFLINE)
    (run,) = runs()
    for number in range(5):
        shutil.copytree(run, run.with_name(f"{number}" * 32))
    peer.stop()
    began = time.monotonic()
    code, table, _ = upload("--wait", "4")
    assert code == 1
    assert table.count("does not answer") == 6
    assert time.monotonic() - began < 20
    assert len(runs()) == 6


def test_a_run_that_was_killed_and_taken_up_again_ends_as_it_did_last(train, peer, upload, runs):
    """Whichever journal is through first: the killed one is longer here."""
    key = "e" * 32
    begin = f"import halley, os\nexperiment = halley.start(mode='offline', experiment_key='{key}')\n"
    kill = "os.kill(os.getpid(), 9)\n"
    train(begin + kill)
    train(begin + "for step in range(300_000):\n    experiment.log_metric('loss', step, step=step)\n" + kill)
    assert train(begin + "print('done')").returncode == 0
    (run,) = runs()
    assert upload(run)[0] == 0
    assert len(peer.steps("loss")) == 300_000
    assert [end.state for end in peer.of(End)] == ["finished"]
    assert not runs()


def senders_of(run):
    found = []
    for entry in os.listdir("/proc"):  # noqa: PTH208
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/cmdline", "rb") as command, open(f"/proc/{entry}/stat") as stat:
                    is_dead = stat.read().rsplit(")", 1)[1].split()[0] == "Z"
                    if not is_dead and str(run).encode() in command.read():
                        found.append(int(entry))
            except OSError:
                continue
    return found


def test_a_run_that_was_deleted_on_the_server_is_left_alone(train, peer, upload, runs):
    train(OFFLINE)
    peer.answers = [lambda batch: 410]
    code, table, _ = upload()
    assert code == 1
    assert "deleted on the server" in table
    (run,) = runs()
    assert list_writers(run)

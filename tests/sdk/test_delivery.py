"""Journal to server: every record once, whatever the server and the processes go through."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from halley.wire.records import End, Parameter, Start

COUNT = """
import halley, time
experiment = halley.Experiment(project_name="digits")
experiment.log_parameter("lr", 0.1)
for step in range(1000):
    experiment.log_metric("loss", step / 2, step=step)
"""
FAR = "http://127.0.0.1:9"


def test_everything_arrives_and_nothing_is_left(train, peer, runs, until):
    process = train(COUNT + "experiment.end()\nassert experiment.ended and not experiment.alive")
    assert process.returncode == 0, process.err
    assert peer.steps("loss") == list(range(1000))
    assert peer.values("loss") == [step / 2 for step in range(1000)]
    (start,) = peer.of(Start)
    assert (start.workspace, start.project, start.process) == ("default", "digits", process.pid)
    assert "train0.py" in start.command
    assert [(parameter.name, parameter.value) for parameter in peer.of(Parameter)] == [("lr", 0.1)]
    assert [end.state for end in peer.of(End)] == ["finished"]
    until(lambda: not runs(), what="cleaning up")
    assert process.err.count("Halley: ") == 2
    assert f"Halley: experiment live at {peer.url}/default/digits/experiments/" in process.err
    assert "delivered" in process.err


def test_server_away_before_the_run(train, peer, runs, until):
    peer.stop()
    process = train(COUNT + "time.sleep(3.5)")
    assert process.returncode == 0, process.err
    assert process.err.count("does not answer") == 2, "once while running, once in the summary"
    assert "is kept in" in process.err
    assert str(runs()[0]) in process.err
    peer.start()
    assert peer.wait_for_end().state == "finished"
    assert peer.steps("loss") == list(range(1000))
    until(lambda: not runs(), what="cleaning up")


def test_server_away_in_the_middle_of_the_run(train, peer, until):
    process = train(
        """
        import halley, sys
        experiment = halley.Experiment()
        for line, step in zip(sys.stdin, range(3)):
            for at in range(step * 100, step * 100 + 100):
                experiment.log_metric("loss", 1, step=at)
        """,
        wait=False,
        stdin=-1,
    )
    for stage in range(3):
        if stage == 1:
            peer.stop()
        process.stdin.write("go\n")
        process.stdin.flush()
        if stage == 0:
            until(lambda: len(peer.steps("loss")) == 100, what="the first hundred")
    assert len(peer.steps("loss")) == 100
    peer.start()
    process.stdin.close()
    process.stdin = None
    assert process.wait(30) == 0
    assert peer.wait_for_end().state == "finished"
    assert peer.steps("loss") == list(range(300))


@pytest.mark.parametrize("status", [500, 503, 429, 408])
def test_answers_that_say_later_are_tried_again(train, peer, status):
    peer.answers = [status] * 3
    assert train(COUNT).returncode == 0
    assert peer.steps("loss") == list(range(1000))


def test_a_server_that_was_restored_gets_what_it_lacks(train, peer, until):
    process = train(
        """
        import halley, sys
        experiment = halley.Experiment()
        for step, line in enumerate(sys.stdin):
            experiment.log_metric("loss", 1, step=step)
        """,
        wait=False,
        stdin=-1,
    )
    for step in range(3):
        process.stdin.write("go\n")
        process.stdin.flush()
        until(lambda step=step: step in peer.steps("loss"), what="a point")
    with peer.lock:
        # An older copy: half of what the training's writer said is gone.
        writer = next(batch.writer for batch in peer.batches if len(batch.points))
        kept = peer.acknowledged[writer] - 2
        peer.acknowledged[writer] = kept
        peer.points = peer.points[:1]
    process.stdin.write("go\n")
    process.stdin.close()
    process.stdin = None
    assert process.wait(30) == 0
    peer.wait_for_end()
    assert peer.steps("loss") == [0, 1, 2, 3]


def test_records_that_are_gone_here_too_are_left_out_openly(train, peer, until):
    process = train(
        """
        import halley, sys
        from halley.sdk.journal import write
        write.SEGMENT_BYTES = 10_000
        write.Journal.__init__.__kwdefaults__["segment_bytes"] = 10_000
        experiment = halley.Experiment()
        for line in sys.stdin:
            for step in range(1000):
                experiment.log_metric(line.strip(), 1, step=step)
        """,
        wait=False,
        stdin=-1,
    )
    process.stdin.write("first\n")
    process.stdin.flush()
    until(lambda: len(peer.steps("first")) == 1000, what="the first thousand")
    with peer.lock:
        peer.acknowledged.clear()
        peer.points.clear()
        peer.records.clear()
    process.stdin.write("second\n")
    process.stdin.close()
    process.stdin = None
    assert process.wait(30) == 0
    assert peer.wait_for_end().state == "finished"
    assert peer.steps("second") == list(range(1000))
    assert any(batch.is_resend_after_loss for batch in peer.batches)


@pytest.mark.parametrize("status", [400, 413])
def test_one_record_that_is_refused_does_not_stop_the_others(train, peer, runs, status):
    def refuse(batch):
        bad = any(isinstance(record, Parameter) and record.name == "poison" for record in batch.records)
        return status if bad else None

    peer.answers = [refuse]
    process = train(COUNT + "experiment.log_parameter('poison', 1)\n" + COUNT.split("\n", 3)[3])
    assert peer.wait_for_end().state == "finished"
    assert peer.steps("loss") == [*range(1000), *range(1000)]
    assert [parameter.name for parameter in peer.of(Parameter)] == ["lr"]
    (run,) = runs()
    (refused,) = (run / "refused").iterdir()
    assert b"poison" in refused.read_bytes()
    assert "1 refused by the server" in process.err
    assert "refused" in (run / "sender.log").read_text()


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_of_everything_keeps_everything(train, peer, runs, status):
    peer.answers = [lambda batch: status]
    process = train(COUNT + "experiment.end(timeout=1)")
    assert process.returncode == 0
    assert f"answered {status}" in process.err
    (run,) = runs()
    assert not (run / "refused").exists()


def test_heartbeats_say_that_it_is_alive(train, peer, until):
    train("import halley, sys\nexperiment = halley.Experiment()\nsys.stdin.read()", wait=False, stdin=-1)
    until(lambda: any(batch.count == 0 for batch in peer.batches), what="a heartbeat")
    (beat,) = [batch for batch in peer.batches if batch.count == 0][:1]
    assert beat.first == peer.acknowledged[beat.writer]


def test_a_sender_that_dies_is_replaced(train, peer, until):
    process = train(COUNT + "import sys\nsys.stdin.read()\n", wait=False, stdin=-1)
    until(lambda: len(peer.steps("loss")) == 1000, what="the points")
    sender = find_child(process.pid, "halley.sdk.sender")
    os.kill(sender, signal.SIGKILL)
    until(lambda: find_child(process.pid, "halley.sdk.sender") not in {None, sender}, what="another sender")
    process.stdin.close()
    process.stdin = None
    assert process.wait(30) == 0
    assert peer.wait_for_end().state == "finished"
    assert peer.steps("loss") == list(range(1000))


def test_whatever_happens_every_record_arrives_once(train, peer, until):
    process = train(
        """
        import halley, time
        from halley.sdk.journal import write
        write.Journal.__init__.__kwdefaults__["segment_bytes"] = 20_000
        experiment = halley.Experiment()
        for step in range(30_000):
            experiment.log_metric(f"m{step % 7}", step, step=step)
            if step % 100 == 0:
                print("line", step)
                time.sleep(0.01)
        """,
        wait=False,
    )
    for n, event in enumerate(["kill", "stop", "busy", "kill", "stop"], 1):
        until(lambda n=n: len(peer.points) > 2_000 * n, what="more points")
        if event == "kill":
            os.kill(until(lambda: find_child(process.pid, "halley.sdk.sender")), signal.SIGKILL)
        elif event == "stop":
            peer.stop()
            peer.start()
        else:
            with peer.lock:
                peer.answers = [503, 503]
    assert process.wait(60) == 0
    peer.wait_for_end()
    assert sorted(point[3] for point in peer.points) == list(range(30_000))
    assert peer.lines(1) == [f"line {step}" for step in range(0, 30_000, 100)]


def test_two_runs_after_each_other_in_one_process(train, peer, until):
    process = train(
        """
        import halley
        for name in ("first", "second", "third"):
            experiment = halley.Experiment(experiment_name=name)
            experiment.log_metric(name, 1, step=1)
        """
    )
    assert process.returncode == 0, process.err
    until(lambda: len(peer.of(End)) == 3, what="three ends")
    assert {end.state for end in peer.of(End)} == {"finished"}
    assert [start.name for start in sorted(peer.of(Start), key=lambda start: start.time)] == [
        "first",
        "second",
        "third",
    ]
    assert peer.steps("first") == peer.steps("second") == peer.steps("third") == [1]


def test_an_experiment_is_taken_up_again(train, peer, until):
    key = "a1" * 16
    source = f"""
        import halley
        experiment = halley.start(experiment_key="{key}")
        experiment.log_metric("loss", 1, step=STEP)
        """
    for step in (1, 2):
        assert train(source.replace("STEP", str(step))).returncode == 0
    until(lambda: len(peer.of(End, key)) == 2, what="two ends")
    assert sorted(peer.steps("loss")) == [1, 2]
    assert {start.mode for start in peer.of(Start)} == {"get_or_create"}


def test_getting_an_experiment_that_does_not_exist(train, peer):
    source = "import halley\nhalley.start(experiment_key='b2' * 16, mode='get')"
    process = train(source)
    assert process.returncode == 1
    assert "has no experiment b2b2" in process.err
    assert "mode='get_or_create'" in process.err
    assert not peer.batches


def test_creating_an_experiment_that_exists(train, peer):
    peer.keys.add("b2" * 16)
    process = train("import halley\nhalley.start(experiment_key='b2' * 16, mode='create')")
    assert process.returncode == 1
    assert "already has experiment b2b2" in process.err


def test_flush_waits_until_the_server_has_it(train, peer):
    process = train(
        COUNT
        + """
assert experiment.flush(timeout=20) is True
print("flushed", flush=True)
import os
os._exit(0)
"""
    )
    assert process.out == "flushed\n"
    assert peer.steps("loss") == list(range(1000))


def test_flush_gives_up_in_time(train, peer):
    process = train(COUNT + "print(experiment.flush(timeout=0.3))\nexperiment.end(timeout=0)", url=FAR)
    assert process.out == "False\n", process.err


def find_child(parent, module):
    """The living child of a process that runs a module of ours."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                command = (entry / "cmdline").read_text().split("\0")
            except OSError:
                continue
            if int(fields[1]) == parent and fields[0] != "Z" and module in command:
                return int(entry.name)
    return None


def test_a_run_that_is_deleted_while_it_trains_is_let_go(train, peer, runs, until):
    process = train(
        """
        import halley, sys, time
        from halley.sdk.journal import write
        write.Journal.__init__.__kwdefaults__["segment_bytes"] = 10_000
        experiment = halley.Experiment()
        for line in sys.stdin:
            for step in range(1000):
                experiment.log_metric("loss", 1, step=step)
            print("printed")
            print("kept" if experiment.flush(120) else "gone", flush=True)
        """,
        wait=False,
        stdin=-1,
    )
    asked = []

    def say_gone(batch):
        asked.append(batch)
        return 410

    def train_on():
        process.stdin.write("go\n")
        process.stdin.flush()
        assert process.stdout.readline() == "printed\n"
        return process.stdout.readline()

    assert train_on() == "kept\n"
    taken = len(peer.points)
    peer.answers = [say_gone]
    started = time.monotonic()
    assert train_on() == "gone\n"
    (run,) = runs()
    until(lambda: len(list(run.glob("*/*.journal"))) == 2, what="freeing the disk, but for what is being written")
    assert train_on() == "gone\n"
    assert time.monotonic() - started < 60, "flush waits for nothing"
    assert "deleted on the server" in process.stderr.readline() + process.stderr.readline()
    process.stdin.close()
    process.stdin = None
    assert process.wait(30) == 0
    assert "deleted on the server" in process.stderr.read()
    assert len(asked) == 1, "a deleted experiment is not sent again"
    assert len(peer.points) == taken
    until(lambda: not runs(), what="cleaning up")


def test_a_training_that_finds_halley_its_own_way_is_served(train, peer):
    """As in a notebook that adds a folder to its path, or in an archive: nothing of Halley is installed there."""
    places = [path for path in sys.path if path]
    process = train(f"import sys\nsys.path[:0] = {places!r}\n{COUNT}print('printed')", executable=sys._base_executable)
    assert process.returncode == 0, process.err
    assert peer.steps("loss") == list(range(1000))
    assert peer.lines() == ["printed"]


def test_a_sender_that_cannot_work_is_told_of(train, peer, runs):
    process = train(
        """
        import halley
        from halley.sdk import child
        child._BEGIN = "raise SystemExit(3)"
        experiment = halley.Experiment(auto_output_logging=False)
        experiment.log_metric("loss", 1)
        experiment.end(timeout=120)
        """
    )
    assert process.returncode == 0, process.err
    (run,) = runs()
    assert f"as the sender stopped; send it: halley upload {run}" in process.err


def test_the_last_line_names_the_page_where_the_experiment_is(train, peer):
    """An experiment that is continued stays in its project, whatever the script says."""
    peer.project = "earlier"
    process = train(COUNT)
    assert process.err.rstrip().endswith(f"/default/earlier/experiments/{peer.batches[0].experiment_key}")


def test_children_that_are_done_are_forgotten(train, peer):
    process = train(
        """
        import os, time, halley
        experiment = halley.Experiment(auto_output_logging=False)
        for child in range(5):
            if os.fork() == 0:
                experiment.log_metric("child", child, step=child)
                os._exit(0)
            os.wait()
        experiment.flush()
        deadline = time.monotonic() + 20
        while os.listdir(experiment._run.folder) and time.monotonic() < deadline:
            known = experiment._run.delivery().acknowledged
            writers = [name for name in os.listdir(experiment._run.folder) if len(name) == 32]
            if list(known) == writers == [experiment._journal.writer]:
                print("only the parent")
                break
            time.sleep(0.01)
        """
    )
    assert process.out == "only the parent\n", process.err
    assert sorted(peer.steps("child")) == list(range(5))

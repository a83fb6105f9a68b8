"""How a run ends, seen from the server."""

import signal

import pytest

from halley.wire.records import End, Start

BEGIN = """
import os, signal, sys, threading, time, halley
experiment = halley.Experiment()
experiment.log_metric("loss", 0.5, step=1)
"""


@pytest.mark.parametrize(
    ("how", "code", "state", "reason"),
    [
        ("", 0, "finished", ""),
        ("experiment.end()", 0, "finished", ""),
        ("raise OSError('\\udcff')", 1, "failed", "OSError: ?"),
        ("sys.exit(0)", 0, "finished", ""),
        ("1 / 0", 1, "failed", "ZeroDivisionError: division by zero"),
        ("raise KeyError('x')", 1, "failed", "KeyError: 'x'"),
        ("raise KeyboardInterrupt", -signal.SIGINT, "killed", "KeyboardInterrupt (signal SIGINT)"),
        ("os.kill(os.getpid(), signal.SIGTERM); time.sleep(30)", -signal.SIGTERM, "killed", "SIGTERM"),
        ("os.kill(os.getpid(), signal.SIGHUP); time.sleep(30)", -signal.SIGHUP, "killed", "SIGHUP"),
        ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL, "killed", "without a word"),
        ("os._exit(3)", 3, "killed", "without a word"),
        ("os.abort()", -signal.SIGABRT, "killed", "without a word"),
        ("with experiment:\n    pass", 0, "finished", ""),
        ("with experiment:\n    raise ValueError('no\\nluck')", 1, "failed", "ValueError: no"),
        ("with experiment:\n    sys.exit(4)", 4, "failed", "SystemExit: 4"),
        ("with experiment:\n    sys.exit()", 0, "finished", ""),
    ],
)
def test_the_true_end_is_told(train, peer, how, code, state, reason):
    process = train(BEGIN + how)
    assert process.returncode == code, process.err
    end = peer.wait_for_end()
    assert end.state == state
    assert reason in end.reason
    assert len(peer.of(End)) == 1
    assert peer.steps("loss") == [1]
    if state == "failed" and "SystemExit" not in reason:
        assert "Traceback (most recent call last)" in end.traceback
        assert "train0.py" in end.traceback
        assert "Traceback (most recent call last)" in process.err


def test_killed_while_the_server_is_away(train, peer):
    peer.stop()
    train(BEGIN + "time.sleep(1)\nos.kill(os.getpid(), signal.SIGKILL)")
    peer.start()
    assert peer.wait_for_end().state == "killed"
    assert peer.steps("loss") == [1]


def test_every_point_up_to_the_kill_is_there(train, peer, until):
    process = train(
        """
        import halley, itertools
        experiment = halley.Experiment()
        for step in itertools.count():
            experiment.log_metric("loss", 1, step=step)
            if step % 100 == 0:
                print(step, flush=True)
        """,
        wait=False,
    )
    until(lambda: peer.steps("loss"), what="a point")
    process.kill()
    out, _ = process.communicate()
    peer.wait_for_end()
    last = int(out.split()[-1])
    steps = peer.steps("loss")
    assert steps == list(range(len(steps)))
    assert len(steps) > last


def test_a_handler_of_ones_own_stays(train, peer):
    process = train(
        """
        import os, signal, sys, halley
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
        experiment = halley.Experiment()
        os.kill(os.getpid(), signal.SIGTERM)
        """
    )
    assert process.returncode == 7
    assert peer.wait_for_end().state == "finished"


def test_hooks_come_and_go_with_the_experiment(train, peer):
    process = train(
        """
        import signal, sys, halley
        before = sys.excepthook, signal.getsignal(signal.SIGTERM), sys.stdout.write
        experiment = halley.Experiment()
        assert sys.excepthook is not before[0]
        experiment.end()
        assert (sys.excepthook, signal.getsignal(signal.SIGTERM), sys.stdout.write) == before
        assert "write" not in vars(sys.stdout) and "isatty" not in vars(sys.stdout)
        """
    )
    assert process.returncode == 0, process.err
    assert peer.wait_for_end().state == "finished"


def test_children_made_by_fork_log_and_do_not_end_the_run(train, peer):
    process = train(
        """
        import os, sys, halley
        experiment = halley.Experiment()
        experiment.log_metric("parent", 1, step=0)
        children = []
        for child in range(3):
            pid = os.fork()
            if pid == 0:
                for step in range(100):
                    experiment.log_metric(f"child{child}", 1, step=step)
                print("from child", child)
                sys.exit(child)
            children.append(pid)
        for pid in children:
            os.waitpid(pid, 0)
        experiment.log_metric("parent", 1, step=1)
        """
    )
    assert process.returncode == 0, process.err
    assert [end.state for end in [peer.wait_for_end()]] == ["finished"]
    assert len(peer.of(End)) == len(peer.of(Start)) == 1
    assert peer.steps("parent") == [0, 1]
    for child in range(3):
        assert peer.steps(f"child{child}") == list(range(100))
    assert sorted(line for line in peer.lines() if "child" in line) == [f"from child {child}" for child in range(3)]


def test_a_pool_of_processes_logs(train, peer):
    process = train(
        """
        import multiprocessing, halley
        experiment = halley.Experiment()
        def work(step):
            experiment.log_metric("work", step, step=step)
            experiment.log_parameter(f"p{step}", step)
        with multiprocessing.get_context("fork").Pool(3) as pool:
            pool.map(work, range(50))
        """
    )
    assert process.returncode == 0, process.err
    assert peer.wait_for_end().state == "finished"
    assert sorted(peer.steps("work")) == list(range(50))


def test_threads_log(train, peer):
    process = train(
        """
        import threading, halley
        experiment = halley.Experiment()
        def work(name):
            for step in range(500):
                experiment.log_metric(name, step, step=step)
        threads = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        """
    )
    assert process.returncode == 0, process.err
    assert peer.wait_for_end().state == "finished"
    for n in range(4):
        assert peer.steps(f"t{n}") == list(range(500))


def test_after_the_end_logging_warns_once_and_disturbs_nothing(train, peer):
    process = train(
        BEGIN + "experiment.end()\nfor _ in range(3):\n    experiment.log_metric('late', 1)\nexperiment.end()"
    )
    assert process.returncode == 0
    assert process.err.count("has ended") == 1
    peer.wait_for_end()
    assert not peer.steps("late")


def test_a_process_with_many_experiments_keeps_no_dead_child(train, peer):
    process = train(
        """
        import halley, os, time
        for number in range(3):
            with halley.Experiment() as experiment:
                experiment.log_metric("loss", number)
        deadline = time.monotonic() + 20
        try:
            while time.monotonic() < deadline:
                os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
                time.sleep(0.01)
        except ChildProcessError:
            print("no children")
        """
    )
    assert process.out == "no children\n", process.err


def test_a_run_that_is_killed_twice_under_one_sender_is_killed(train, peer, until):
    """The first one's output stays open in a process that it left behind, and its sender with it."""
    key = "e" * 32
    begin = f"import halley, os, subprocess, sys\nexperiment = halley.Experiment(experiment_key='{key}')\n"
    left = train(begin + "subprocess.Popen(['sleep', '3'])\nos.kill(os.getpid(), 9)", wait=False)
    assert left.wait(30) == -signal.SIGKILL
    until(lambda: len(peer.of(End)) == 1, what="the first end")
    train(begin + "os.kill(os.getpid(), 9)", wait=False).wait(30)
    until(lambda: len(peer.of(End)) == 2, what="the second end")
    assert {end.state for end in peer.of(End)} == {"killed"}

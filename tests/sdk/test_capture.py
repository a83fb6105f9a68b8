"""Output: seen wherever it comes from, in order, live, and passed on untouched."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

from halley.wire.records import End

BEGIN = "import ctypes, os, subprocess, sys, time, halley\nexperiment = halley.Experiment(display_summary_level=0)\n"


def test_python_c_code_and_subprocesses_are_seen(train, peer):
    process = train(
        BEGIN
        + """
print("from print")
sys.stdout.flush()
libc = ctypes.CDLL(None)
libc.puts(b"from C")
libc.fflush(None)
subprocess.run(["sh", "-c", "echo from a subprocess; echo and its stderr >&2"])
os.write(1, b"from write\\n")
print("to stderr", file=sys.stderr)
"""
    )
    peer.wait_for_end()
    assert process.out.splitlines() == ["from print", "from C", "from a subprocess", "from write"]
    assert process.err.splitlines() == ["and its stderr", "to stderr"]
    assert peer.lines(1) == process.out.splitlines()
    assert peer.lines(2) == process.err.splitlines()


def test_the_order_between_the_streams_is_kept(train, peer):
    process = train(
        BEGIN
        + """
import logging
logging.basicConfig(level=logging.INFO, format="%(message)s")
for n in range(200):
    print("out", n)
    logging.info("err %d", n) if n % 3 else print("err", n, file=sys.stderr)
"""
    )
    assert process.returncode == 0
    peer.wait_for_end()
    assert peer.lines() == [text for n in range(200) for text in (f"out {n}", f"err {n}")]


def test_progress_bars_keep_their_last_state_and_are_live(train, peer, until):
    process = train(
        BEGIN
        + """
for n in range(0, 101, 10):
    print(f"\\r{n:3d}%", end="", flush=True)
    if n == 50:
        sys.stdin.readline()
print()
print("unfinished", end="")
""",
        wait=False,
        stdin=subprocess.PIPE,
    )
    until(lambda: peer.lines() == [" 50%"], what="the state in the middle")
    process.stdin.write("go\n")
    process.stdin.close()
    process.stdin = None
    assert process.wait(30) == 0
    peer.wait_for_end()
    assert peer.lines() == ["100%", "unfinished"]


def test_huge_output_arrives_whole(train, peer):
    process = train(
        BEGIN
        + """
for n in range(50_000):
    print("line", n)
print("x" * 200_000)
sys.stdout.buffer.write(b"\\xff\\n" + "ä€😀\\n".encode())
sys.stdout.flush()
os.write(1, "€".encode()[:2]); time.sleep(0.05); os.write(1, "€".encode()[2:] + b"\\n")
""",
        binary=True,
    )
    peer.wait_for_end()
    lines = [*(f"line {n}" for n in range(50_000)), "x" * 200_000, "\ufffd", "ä€😀", "€"]
    assert process.out.decode("utf-8", "replace").splitlines() == lines
    assert peer.lines()[:50_000] == lines[:50_000]
    assert "".join(peer.lines()[50_000:-3]) == lines[50_000]
    assert peer.lines()[-3:] == lines[-3:]


def test_the_tee_may_be_killed(train, peer, until):
    process = train(
        BEGIN
        + """
import glob
print("before")
experiment.flush()
tees = [int(path.split("/")[2]) for path in glob.glob("/proc/[0-9]*/cmdline")
        if b"halley.sdk.capture.tee" in open(path, "rb").read()
        and f"\\nPPid:\\t{os.getpid()}\\n" in open(path.replace("cmdline", "status")).read()]
pipe = os.stat(1).st_ino
time.sleep(0.3)
os.kill(tees[0], 9)
for n in range(20_000):
    print("after", n)
    if n == 10:
        while os.stat(1).st_ino == pipe:
            time.sleep(0.001)
experiment.log_metric("loss", 1, step=1)
"""
    )
    assert process.returncode == 0, process.err
    assert process.out.splitlines() == ["before", *(f"after {n}" for n in range(20_000))]
    assert peer.wait_for_end().state == "finished"
    assert peer.lines()[0] == "before"
    assert peer.steps("loss") == [1]


def test_output_ends_with_the_run_and_nothing_is_lost(train, peer):
    process = train(BEGIN + "print('a')\nexperiment.end()\nprint('b')\nos.write(1, b'c\\n')")
    assert process.out == "a\nb\nc\n" or process.out == "a\nc\nb\n"
    peer.wait_for_end()
    assert peer.lines() == ["a"]


def test_output_up_to_kill_9_is_there(train, peer):
    process = train(BEGIN + "print('last words', flush=True)\nos.kill(os.getpid(), 9)")
    assert process.returncode == -signal.SIGKILL
    assert process.out == "last words\n"
    assert peer.wait_for_end().state == "killed"
    assert peer.lines() == ["last words"]


def test_a_process_left_behind_keeps_its_output(train, peer, tmp_path, until):
    done = tmp_path / "done"
    process = train(
        BEGIN
        + f"""
print("start")
subprocess.Popen(["sh", "-c", "echo early; sleep 2.5; echo late && touch {done}"])
""",
        wait=False,
    )
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert peer.wait_for_end().state == "finished"
    assert out.splitlines() == ["start", "early", "late"], "the tee passes on as long as somebody writes"
    until(done.exists, what="the process left behind, which no closed pipe may kill")


def test_colours_and_bars_stay_as_they_were(train, peer):
    process = train(
        """
        import os, sys, halley
        before = sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.fileno()
        experiment = halley.Experiment()
        assert (sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.fileno()) == before
        """
    )
    assert process.returncode == 0, process.err
    peer.wait_for_end()


def test_a_terminal_stays_a_terminal(peer, home, tmp_path, until):
    script = tmp_path / "train.py"
    script.write_text(
        textwrap.dedent(
            """
            import sys, halley
            experiment = halley.Experiment(display_summary_level=0)
            print("terminal:", sys.stdout.isatty(), sys.stderr.isatty())
            """
        )
    )
    master, slave = os.openpty()
    process = subprocess.Popen(
        [sys.executable, str(script)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "HALLEY_URL": peer.url},
    )
    os.close(slave)
    assert process.wait(30) == 0
    assert os.read(master, 4096) == b"terminal: True True\r\n"
    os.close(master)
    peer.wait_for_end()
    assert peer.lines() == ["terminal: True True"]


def test_closed_streams_disturb_nothing(peer, home, tmp_path):
    script = tmp_path / "train.py"
    script.write_text("import halley\ne = halley.Experiment()\ne.log_metric('loss', 1, step=3)\nprint('nobody')\n")
    command = f"exec {sys.executable} {script} <&- >&- 2>&-"
    environment = {**os.environ, "HALLEY_URL": peer.url}
    assert subprocess.run(["sh", "-c", command], env=environment, timeout=30).returncode == 0
    assert peer.wait_for_end().state == "finished"
    assert peer.steps("loss") == [3]


def test_streams_that_python_replaced_are_seen_too(train, peer):
    process = train(
        """
        import io, os, sys, halley
        class Notebook(io.StringIO):
            pass
        sys.stdout = shown = Notebook()
        experiment = halley.Experiment(display_summary_level=0)
        print("in a notebook")
        os.write(1, b"by C code\\n")
        experiment.end()
        assert shown.getvalue() == "in a notebook\\n"
        """
    )
    assert process.returncode == 0, process.err
    assert process.out == "by C code\n"
    peer.wait_for_end()
    assert sorted(peer.lines()) == ["by C code", "in a notebook"]


def test_it_can_be_off(train, peer, monkeypatch):
    process = train("import halley\nhalley.Experiment(auto_output_logging=False)\nprint('unseen')")
    assert process.out == "unseen\n"
    peer.wait_for_end()
    assert peer.lines() == []
    assert len(peer.of(End)) == 1


def test_inside_this_very_test_runner(home, peer, monkeypatch, capfd):
    import halley

    monkeypatch.setenv("HALLEY_URL", peer.url)
    before = files_open()
    experiment = halley.Experiment(display_summary_level=0)
    print("under test")
    experiment.log_metric("loss", 1, step=5)
    experiment.end()
    assert capfd.readouterr().out == "under test\n"
    peer.wait_for_end()
    assert peer.lines() == ["under test"]
    assert peer.steps("loss") == [5]
    assert files_open() == before, "every descriptor is closed again"


def files_open():
    """What this process has open, but for the sockets of the peer."""
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found.append(str(entry.readlink()))
    return sorted(name for name in found if not name.startswith(("socket:", "/proc/")))

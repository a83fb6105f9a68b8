"""`halley server` as a process: ready, stopped, refused."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading

import httpx
import pytest

from halley.cli.main import main
from halley.settings import SETTINGS

pytestmark = pytest.mark.e2e


@pytest.fixture
def start(tmp_path):
    """Start `halley server` with options; the process is gone after the test, whatever happens."""
    processes = []

    def start(*options):
        process = subprocess.Popen(
            [sys.executable, "-m", "halley.cli.main", "server", "--data", str(tmp_path / "data"), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "HALLEY_HOME": str(tmp_path / "home")},
        )
        processes.append(process)
        return process

    try:
        yield start
    finally:
        for process in processes:
            process.kill()
            process.communicate(timeout=20)


def ready(process):
    """Wait for the line that says where the server is, and return its URL."""
    line = process.stdout.readline()
    found = re.match(r"Halley is at (http://\S+) \(data in (.+)\)\. Stop it with Ctrl-C\.$", line)
    assert found, (line, process.stderr.read() if process.poll() is not None else "")
    return found[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_answers_and_stops_quietly(start, number):
    process = start("--port", "0")
    url = ready(process)
    assert httpx.get(f"{url}/api/v1/status").json()["database"] == "sqlite"
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")


def test_stopping_finishes_requests_in_flight_and_ends_live_lines(start):
    process = start("--port", "0")
    url = ready(process)
    port = int(url.rpartition(":")[2])
    body = b'{"workspace": "default", "name": "late"}'
    with (
        socket.create_connection(("127.0.0.1", port), timeout=20) as slow,
        httpx.stream("GET", f"{url}/api/v1/events", timeout=20) as line,
    ):
        rows = line.iter_lines()
        assert next(rows) == "retry: 1000"
        slow.sendall(
            b"POST /api/v1/projects HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            + f"Content-Length: {len(body)}\r\n\r\n".encode()
        )
        assert slow.recv(100).startswith(b"HTTP/1.1 100")  # the server reads the body: the request is in flight
        process.send_signal(signal.SIGTERM)
        assert list(rows)[-1] == ""  # the line ends by itself
        slow.sendall(body)
        reply = b""
        while chunk := slow.recv(10_000):
            reply += chunk
        assert reply.startswith(b"HTTP/1.1 201")
    assert process.wait(20) == 0


def test_what_was_acknowledged_is_there_after_a_restart(start):
    process = start("--port", "0")
    url = ready(process)
    assert httpx.post(f"{url}/api/v1/projects", json={"workspace": "default", "name": "kept"}).status_code == 201
    process.kill()
    process.wait(20)
    again = start("--port", "0")
    assert httpx.get(f"{ready(again)}/api/v1/projects/default/kept").status_code == 200


def test_a_port_in_use_is_named_with_who_has_it_and_a_way_out(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start("--port", str(port))
        out, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert out == ""
    assert f"Port {port} of 127.0.0.1 is in use" in err
    if sys.platform == "linux":
        assert f"process {os.getpid()}" in err
    assert f"halley server --port {port + 1}" in err
    assert "Traceback" not in err


def test_a_data_folder_in_use_is_refused(start):
    ready(start("--port", "0"))
    second = start("--port", "0")
    _, err = second.communicate(timeout=20)
    assert second.returncode == 1
    assert "data" in err
    assert "Traceback" not in err


def test_the_second_interrupt_does_not_wait(start):
    process = start("--port", "0")
    port = int(ready(process).rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as slow:
        slow.sendall(
            b"POST /api/v1/projects HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n"
        )
        assert slow.recv(100).startswith(b"HTTP/1.1 100")
        process.send_signal(signal.SIGINT)
        until_refused(port)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert err == ""  # it would say so if the time it gives the request had run out


def until_refused(port):
    """Wait until the server takes no new connections: it is stopping."""
    waiting = threading.Event()
    for _ in range(2_000):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return
        waiting.wait(0.01)
    raise AssertionError("the server goes on taking connections")


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_other_machines_are_not_let_in_by_accident(host, capsys, tmp_path):
    assert main(["server", "--host", host, "--port", "0", "--data", str(tmp_path / "data")]) == 2
    said = capsys.readouterr().err
    assert "--no-auth" in said
    assert "nobody has to sign in" in said
    assert not (tmp_path / "data").exists()


def test_no_auth_opens_it_to_every_name_and_says_so(start):
    process = start("--host", "0.0.0.0", "--no-auth", "--port", "0")
    url = ready(process)
    assert "Nobody has to sign in" in process.stdout.readline()
    port = url.rpartition(":")[2]
    reply = httpx.get(f"http://127.0.0.1:{port}/api/v1/status", headers={"Host": "lab.example"})
    assert reply.status_code == 200


def test_ipv6_loopback(start):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    url = ready(start("--host", "::1", "--port", "0"))
    assert url.startswith("http://[::1]:")
    assert httpx.get(f"{url}/api/v1/status").status_code == 200


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--port", "abc"], ["abc", "not an integer"]),
        (["--port", "70000"], ["70000", "not a port"]),
        (["--host", "no.such.host.invalid"], ["no.such.host.invalid"]),
        (["--lost-after-seconds", "soon"], ["soon", "not a number"]),
    ],
)
def test_wrong_options_are_named(options, words, capsys, tmp_path):
    assert main(["server", "--data", str(tmp_path / "data"), *options]) == 2
    said = capsys.readouterr().err
    for word in words:
        assert word in said


def test_a_data_folder_that_cannot_be_made_is_named(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    assert main(["server", "--port", "0", "--data", str(tmp_path / "file" / "data")]) == 1
    assert "data folder" in capsys.readouterr().err


def test_help_has_every_setting_of_the_server(capsys):
    assert main(["server", "--help"]) == 0
    said = capsys.readouterr().out
    for setting in SETTINGS:
        is_ours = setting.scope in {"server", "both"}
        assert (setting.variable in said) == is_ours, setting.name
        if is_ours:
            assert "--" + setting.name.replace("_", "-") in said
    assert main(["server", "--prot", "1"]) == 2

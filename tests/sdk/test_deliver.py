"""One batch and its answer: who else may answer, and what is said of it."""

import re
import secrets
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import msgspec
import pytest

from halley.core.output import OutputLine
from halley.errors import ExperimentGone, ServerRefused, ServerUnreachable
from halley.sdk.sender.deliver import Courier
from halley.wire.batch import Batch, BatchReply
from halley.wire.records import Output

BATCH = Batch(experiment_key="k" * 32, workspace="default", project="general", writer="0" * 32, first=0, count=0)
PAGE = b"<!DOCTYPE html>\n<html><body><h1>Some other page</h1></body></html>"
GONE = b'{"error": {"code": "gone", "message": "It was deleted.", "hint": "", "field": ""}}'


@pytest.fixture
def answering():
    """A server that is none of ours and gives every request one answer."""
    servers = []

    def start(status, body, tls=None):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def post(url):
    courier = Courier(url, api_key="secret-" + secrets.token_hex(4))
    try:
        return courier.post(BATCH)
    finally:
        courier.close()


@pytest.mark.parametrize("status", [200, 301, 403, 404, 405, 410, 413])
def test_another_server_is_recognised_and_its_page_is_not_repeated(answering, status):
    url = answering(status, PAGE)
    with pytest.raises(ServerRefused) as refused:
        post(url)
    said = str(refused.value)
    assert f"What answers at {url} is no Halley server" in said
    assert "Set HALLEY_URL" in said
    assert "html" not in said
    assert "secret" not in said
    assert not isinstance(refused.value, ExperimentGone), "only Halley may say that nothing need be kept"


def test_a_proxy_whose_server_is_away_is_asked_again(answering):
    url = answering(502, PAGE)
    with pytest.raises(ServerUnreachable, match=rf"The server at {url} answered 502: Bad Gateway$"):
        post(url)


def test_halley_says_that_an_experiment_was_deleted(answering):
    with pytest.raises(ExperimentGone, match="It was deleted"):
        post(answering(410, GONE))


class Talk:
    """A server that treats its connections, one after the other, as it is told."""

    def __init__(self, *treatments):
        self.requests = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/prefix"
        self._thread = threading.Thread(target=self._serve, args=(treatments,), daemon=True)
        self._thread.start()

    def _serve(self, treatments):
        for treat in treatments:
            connection, _ = self._listener.accept()
            with connection:
                treat(self, connection)

    def read_request(self, connection):
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        assert head.startswith(b"POST /prefix/api/v1/ingest HTTP/1.1\r\n")
        length = int(re.search(rb"Content-Length: (\d+)", head)[1])
        while len(body) < length:
            body += connection.recv(65536)
        self.requests += 1

    def close(self):
        self._listener.close()
        self._thread.join(10)


REPLY = msgspec.json.encode(BatchReply(acknowledged=7, state="running", name="n", path="/p"))
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(REPLY) + REPLY


def answer_whole(talk, connection):
    talk.read_request(connection)
    connection.sendall(WHOLE)


def answer_half(talk, connection):
    talk.read_request(connection)
    connection.sendall(WHOLE[:-9])


@pytest.fixture
def talk():
    talks = []

    def start(*treatments):
        talks.append(Talk(*treatments))
        return talks[-1], Courier(talks[-1].url)

    yield start
    for one in talks:
        one.close()


def test_a_connection_that_was_closed_meanwhile_is_opened_anew(talk):
    server, courier = talk(answer_whole, answer_whole)
    assert courier.post(BATCH).acknowledged == 7
    assert courier.post(BATCH).acknowledged == 7
    assert server.requests == 2
    courier.close()


def test_an_answer_that_stops_in_the_middle_is_none(talk):
    server, courier = talk(answer_half)
    with pytest.raises(ServerUnreachable, match="does not answer: the answer stopped in the middle"):
        courier.post(BATCH)
    assert server.requests == 1


def test_an_answer_that_comes_before_the_body_was_read_is_heard(talk):
    """Such as that it is too large."""

    def refuse(server, connection):
        connection.recv(100)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass

    _, courier = talk(refuse)
    output = Output(time=1, lines=(OutputLine(0, 1, 1, secrets.token_hex(4_000_000)),))
    with pytest.raises(ServerRefused, match="it answered Request Entity Too Large"):
        courier.post(msgspec.structs.replace(BATCH, records=(output,), count=1))


def test_a_server_that_is_not_there_is_named(talk):
    with pytest.raises(
        ServerUnreachable, match=r"The server at http://127.0.0.1:1 does not answer: Connection refused\."
    ):
        post("http://127.0.0.1:1")
    with pytest.raises(ServerUnreachable, match=r"does not answer: .*[Nn]ame"):
        post("http://no-such-host.invalid")


CERTIFICATE = Path(__file__).parent / "tls" / "localhost.pem"
"""Its own authority and of no other use: for localhost and 127.0.0.1, made with `openssl req -x509`; and its key."""


def test_a_server_with_tls_is_spoken_to_if_its_certificate_is_trusted(answering, monkeypatch):
    reply = msgspec.json.encode(BatchReply(acknowledged=7, state="running", name="n", path="/p"))
    url = answering(200, reply, tls=CERTIFICATE).replace("http:", "https:")
    with pytest.raises(ServerUnreachable, match=r"does not answer: .*certificate verify failed"):
        post(url)
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    assert post(url).acknowledged == 7

"""One batch and its answer: who else may answer, and what is said of it."""

import secrets
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from halley.errors import ExperimentGone, ServerRefused, ServerUnreachable
from halley.sdk.sender.deliver import Courier
from halley.wire.batch import Batch

BATCH = Batch(experiment_key="k" * 32, workspace="default", project="general", writer="0" * 32, first=0, count=0)
PAGE = b"<!DOCTYPE html>\n<html><body><h1>Some other page</h1></body></html>"
GONE = b'{"error": {"code": "gone", "message": "It was deleted.", "hint": "", "field": ""}}'


@pytest.fixture
def answering():
    """A server that is none of ours and gives every request one answer."""
    servers = []

    def start(status, body):
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

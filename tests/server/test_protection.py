"""What browsers and other sites may do to a server without sign-in."""

import httpx
import pytest

from halley.errors import Forbidden
from halley.server.http.protect import check_request, host_name
from halley.server.listen import allowed_hosts

LOOPBACK = allowed_hosts("127.0.0.1", is_open_to_all=False)


def test_every_reply_carries_the_security_headers(live):
    for path in ("/", "/api/v1/status", "/api/v1/nowhere"):
        headers = live.client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1986", "127.0.0.1:80", "[::1]:1986", "localhost."])
def test_loopback_names_are_answered(host):
    check_request("GET", {"host": host}, LOOPBACK)


@pytest.mark.parametrize(
    "host", ["", "evil.example", "evil.example:1986", "127.0.0.1.evil.example", "[bad", "localhost@evil"]
)
def test_other_names_are_refused_on_loopback(host):
    with pytest.raises(Forbidden, match="does not answer for host"):
        check_request("GET", {"host": host}, LOOPBACK)


def test_a_server_open_to_all_answers_for_every_name():
    assert allowed_hosts("0.0.0.0", is_open_to_all=True) is None
    check_request("GET", {"host": "lab.example"}, None)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost.evil.example:1986"},
        {"origin": "http://[bad"},
        {"sec-fetch-site": "cross-site"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "PUT"])
def test_another_site_may_not_write(method, headers):
    with pytest.raises(Forbidden, match="may not change anything"):
        check_request(method, {"host": "localhost:1986", **headers}, LOOPBACK)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://localhost:1986"},
        {"origin": "http://127.0.0.1:5173"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
    ],
)
def test_own_pages_and_programs_may_write(headers):
    check_request("POST", {"host": "localhost:1986", **headers}, LOOPBACK)


def test_an_open_server_takes_writes_from_its_own_name_only():
    check_request("POST", {"host": "lab.example:1986", "origin": "http://lab.example:1986"}, None)
    with pytest.raises(Forbidden):
        check_request("POST", {"host": "lab.example:1986", "origin": "http://localhost:1986"}, None)


def test_a_refused_write_changes_nothing(live):
    reply = live.post(
        "/projects", {"workspace": "default", "name": "forged"}, headers={"Origin": "http://evil.example"}
    )
    assert reply.status_code == 403
    assert "http://evil.example" in reply.json()["error"]["message"]
    assert live.get("/projects/default/forged").status_code == 404


def test_names_are_read_out_of_host_headers():
    assert host_name("[::1]:80") == "::1"
    assert host_name("a:b:c") == "a"


def test_no_reply_may_be_read_by_other_sites(live):
    reply = httpx.get(f"{live.url}/api/v1/status", headers={"Origin": "http://evil.example"})
    assert "access-control-allow-origin" not in reply.headers
    assert reply.headers["cross-origin-resource-policy"] == "same-origin"

"""Every error, wherever it comes from, leaves in one shape."""

import pytest

KEY = "0" * 32
SEARCH = {"workspace": "default", "project": "none-such"}


def column(**fields):
    return {**SEARCH, "columns": [{"kind": "metric", "name": "loss", **fields}]}


CASES = [
    # method, path, what is sent, status, code, field, a word of the message
    ("GET", "/nowhere", {}, 404, "not_found", "", "/api/v1/nowhere"),
    ("PUT", "/status", {}, 405, "method_not_allowed", "", "PUT"),
    ("GET", "/status?colour=red", {}, 400, "invalid_request", "colour", "colour"),
    ("GET", "/projects?worksapce=a", {}, 400, "invalid_request", "worksapce", "worksapce"),
    ("GET", f"/experiments/{KEY}/output?limit=abc", {}, 400, "invalid_request", "limit", "abc"),
    ("GET", f"/experiments/{KEY}/output?limit=0", {}, 400, "invalid_request", "limit", "'0'"),
    ("GET", f"/experiments/{KEY}/output?stream=3", {}, 400, "invalid_request", "stream", "'3'"),
    ("GET", f"/experiments/{KEY}/output/search", {}, 400, "invalid_request", "text", "missing"),
    ("GET", f"/experiments/{KEY}/output/search?text=", {}, 400, "invalid_request", "text", "''"),
    ("GET", "/experiments/short", {}, 400, "invalid_request", "key", "short"),
    ("GET", f"/experiments/{KEY}", {}, 404, "not_found", "key", KEY),
    ("GET", f"/experiments/{KEY}/output", {}, 404, "not_found", "key", KEY),
    ("GET", f"/experiments/{KEY}/output/download", {}, 404, "not_found", "key", KEY),
    ("DELETE", f"/experiments/{KEY}", {}, 404, "not_found", "key", KEY),
    ("PATCH", f"/experiments/{KEY}", {"json": {"name": "x"}}, 404, "not_found", "key", KEY),
    ("PATCH", f"/experiments/{KEY}", {"json": {"name": ""}}, 400, "invalid_request", "name", "empty"),
    ("PATCH", f"/experiments/{KEY}", {"json": {"tags": ["a", "\n"]}}, 400, "invalid_request", "tags[1]", "empty"),
    ("GET", "/projects/default/none-such", {}, 404, "not_found", "project", "none-such"),
    ("GET", "/projects/default/none-such/columns", {}, 404, "not_found", "project", "none-such"),
    ("GET", f"/projects/default/{'x' * 101}", {}, 400, "invalid_request", "project", "101"),
    ("POST", "/projects", {"json": {"workspace": 1, "name": "a"}}, 400, "invalid_request", "workspace", "=1"),
    ("POST", "/projects", {"json": {"workspace": "a"}}, 400, "invalid_request", "name", "name"),
    ("POST", "/projects", {"json": {"workspace": "a", "name": "b", "c": 1}}, 400, "invalid_request", "c", "unknown"),
    ("POST", "/projects", {"json": {"workspace": "a", "name": "b/c"}}, 400, "invalid_request", "name", "b/c"),
    ("POST", "/projects", {"content": b"{no"}, 400, "invalid_request", "", "JSON"),
    ("POST", "/projects", {"content": b"\xff\xfe"}, 400, "invalid_request", "", "JSON"),
    ("POST", "/projects", {"content": b"[" * 100_000}, 400, "invalid_request", "", "object"),
    ("POST", "/projects", {"content": b""}, 400, "invalid_request", "", "empty"),
    ("POST", "/experiments/search", {"json": SEARCH}, 404, "not_found", "project", "none-such"),
    ("POST", "/experiments/search", {"json": {**SEARCH, "limit": "7"}}, 400, "invalid_request", "limit", '"7"'),
    ("POST", "/experiments/search", {"json": {**SEARCH, "limit": 1001}}, 400, "invalid_request", "limit", "1001"),
    ("POST", "/experiments/search", {"json": {**SEARCH, "offset": -1}}, 400, "invalid_request", "offset", "-1"),
    (
        "POST",
        "/experiments/search",
        {"json": {**SEARCH, "states": ["dead"]}},
        400,
        "invalid_request",
        "states[0]",
        "dead",
    ),
    ("POST", "/experiments/search", {"json": column(kind="no")}, 400, "invalid_request", "columns[0].kind", "no"),
    ("POST", "/experiments/search", {"json": column(kind="field")}, 400, "invalid_request", "columns[0].name", "loss"),
    ("POST", "/experiments/search", {"json": column(name="")}, 400, "invalid_request", "columns[0].name", "empty"),
    (
        "POST",
        "/experiments/search",
        {"json": {**SEARCH, "sketches": [{"kind": "field", "name": "name"}]}},
        400,
        "invalid_request",
        "sketches[0].kind",
        "field",
    ),
    (
        "POST",
        "/metrics/chart",
        {"json": {"experiments": ["x"], "metrics": []}},
        400,
        "invalid_request",
        "experiments[0]",
        "x",
    ),
    (
        "POST",
        "/metrics/chart",
        {"json": {"experiments": [], "metrics": [], "low": 2, "high": 1}},
        400,
        "invalid_request",
        "low",
        "above",
    ),
    ("POST", "/experiments/search", {"json": {**SEARCH, "offset": 2**70}}, 400, "invalid_request", "offset", "offset"),
    (
        "POST",
        "/metrics/chart",
        {"content": b'{"experiments": [], "metrics": [], "low": 1e999}'},
        400,
        "invalid_request",
        "low",
        "range",
    ),
    ("POST", "/ingest", {"content": b"no batch"}, 400, "invalid_request", "", "batch"),
    ("POST", "/ingest", {"content": b""}, 400, "invalid_request", "", "batch"),
    ("POST", "/projects", {"content": b"x" * (2**20 + 1)}, 413, "too_large", "", "larger"),
    ("POST", "/ingest", {"content": b"x" * (2**24 + 1)}, 413, "too_large", "", "larger"),
    ("GET", "/status", {"headers": {"Host": "evil.example"}}, 403, "forbidden", "", "evil.example"),
]


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "code", "field", "word"),
    CASES,
    ids=[f"{case[3]}-{case[0]}-{case[1][:40]}-{case[5] or case[6]}".replace("/", "_") for case in CASES],
)
def test_error_has_the_one_shape(live, method, path, sent, status, code, field, word):
    reply = live.client.request(method, f"/api/v1{path}", **sent)
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/json"
    body = reply.json()
    assert set(body) == {"error"}
    error = body["error"]
    assert set(error) == {"code", "message", "hint", "field"}
    assert (error["code"], error["field"]) == (code, field)
    assert word in error["message"]
    assert "Traceback" not in reply.text
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_a_failing_route_says_nothing_of_its_inside(start_live, caplog):
    live = start_live()
    live.storage.close()  # every read fails from here on
    reply = live.get("/projects")
    assert reply.status_code in {500, 503}
    assert set(reply.json()["error"]) == {"code", "message", "hint", "field"}
    assert "sqlite" not in reply.text.lower()
    assert "File " not in reply.text
    assert any(record.levelname == "ERROR" for record in caplog.records)


def test_a_body_without_a_length_is_cut_off_at_the_limit(live):
    sent = 0

    def endless():
        nonlocal sent
        for _ in range(64):
            sent += 2**16
            yield b"x" * 2**16

    reply = live.client.post("/api/v1/projects", content=endless())
    assert reply.status_code == 413
    assert reply.json()["error"]["code"] == "too_large"

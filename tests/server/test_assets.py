"""Assets: small ones with their batch, large ones in blobs, whole or in part, and never trusted."""

import asyncio
import hashlib
import os
import secrets
import time

import pytest

from halley.core.asset import BLOB_BYTES
from halley.server.assets.delete import drop_unused
from halley.wire.records import Asset

HOUR = 3_600_000


def wait_until_erased(live):
    deadline = time.monotonic() + 20
    while True:
        with live.storage.read() as session:
            if not session.catalog.list_deleted_runs():
                return
        assert time.monotonic() < deadline
        time.sleep(0.05)


def make_record(name="a.txt", **rest):
    return Asset(**{"time": 1, "id": secrets.token_hex(16), "name": name, **rest})


def say(run, *records, contents=()):
    return run.say(*records, contents=tuple(contents))


def list_assets(live, key, **query):
    reply = live.get(f"/experiments/{key}/assets", params=query)
    assert reply.status_code == 200, reply.text
    return reply.json()


def fetch(live, key, asset, **headers):
    return live.get(f"/experiments/{key}/assets/{asset}/content", headers=headers)


def put_blob(live, data, digest=None):
    digest = digest or hashlib.sha256(data).hexdigest()
    return digest, live.client.put(f"/api/v1/blobs/{digest}", content=data)


def attach(live, key, asset, *pieces):
    digest = hashlib.sha256(b"".join(pieces)).hexdigest()
    blobs = [{"digest": hashlib.sha256(piece).hexdigest(), "size_bytes": len(piece)} for piece in pieces]
    path = f"/api/v1/experiments/{key}/assets/{asset}/content"
    return live.client.put(path, json={"digest": digest, "blobs": blobs})


@pytest.fixture
def large(live, run):
    """An asset of three blobs."""
    record = make_record("model.pt", kind="model", size_bytes=2 * 300_000 + 100)
    say(run, record)
    pieces = [os.urandom(300_000), os.urandom(300_000), os.urandom(100)]
    for piece in pieces:
        assert put_blob(live, piece)[1].status_code == 204
    assert attach(live, run.key, record.id, *pieces).status_code == 204
    return record.id, b"".join(pieces)


def test_a_small_asset_comes_with_its_batch(live, run):
    record = make_record("text/a.txt", kind="text", media_type="text/plain", step=3, metadata='{"a": [1]}', content=0)
    say(run, record, contents=[b"hello"])
    page = list_assets(live, run.key)
    assert page["total"] == 1
    assert page["kinds"] == [{"kind": "text", "count": 1, "size_bytes": 5}]
    assert page["assets"] == [
        {
            "id": record.id,
            "name": "text/a.txt",
            "kind": "text",
            "media_type": "text/plain",
            "step": 3,
            "epoch": None,
            "context": "",
            "metadata": {"a": [1]},
            "size_bytes": 5,
            "digest": hashlib.sha256(b"hello").hexdigest(),
            "link": "",
            "logged_at": 1,
        }
    ]
    reply = fetch(live, run.key, record.id)
    assert (reply.status_code, reply.content) == (200, b"hello")
    assert reply.headers["content-type"].startswith("text/plain")


def test_a_large_asset_comes_in_blobs(live, run, large):
    asset, data = large
    reply = fetch(live, run.key, asset)
    assert reply.content == data
    assert reply.headers["content-length"] == str(len(data))
    assert live.get(f"/experiments/{run.key}/assets/{asset}").json()["digest"] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("wanted", "begin", "end"),
    [("bytes=0-9", 0, 10), ("bytes=299990-300009", 299_990, 300_010), ("bytes=-5", 600_095, 600_100),
     ("bytes=600000-", 600_000, 600_100), ("bytes=10-999999999", 10, 600_100)],
)  # fmt: skip
def test_a_part_can_be_fetched(live, run, large, wanted, begin, end):
    asset, data = large
    reply = fetch(live, run.key, asset, Range=wanted)
    assert reply.status_code == 206
    assert reply.content == data[begin:end]
    assert reply.headers["content-range"] == f"bytes {begin}-{end - 1}/600100"


def test_ranges_that_cannot_be_had(live, run, large):
    asset, data = large
    assert fetch(live, run.key, asset, Range="bytes=600100-").status_code == 416
    for several in ("bytes=0-1,5-6", "lines=1-2", "bytes=x-"):
        reply = fetch(live, run.key, asset, Range=several)
        assert (reply.status_code, reply.content) == (200, data)


def test_what_is_known_is_not_sent_again(live, run, large):
    asset, _ = large
    tag = fetch(live, run.key, asset).headers["etag"]
    reply = fetch(live, run.key, asset, **{"If-None-Match": tag})
    assert (reply.status_code, reply.content) == (304, b"")


def test_a_page_of_somebody_elses_runs_in_a_sandbox(live, run):
    record = make_record("page.html", kind="html", media_type="text/html", content=0)
    say(run, record, contents=[b"<script>alert(1)</script>"])
    reply = fetch(live, run.key, record.id)
    policies = reply.headers.get_list("content-security-policy")
    assert len(policies) == 1
    assert policies[0].startswith("sandbox allow-scripts;")
    assert "allow-same-origin" not in policies[0]
    assert "default-src 'none'" in policies[0]
    assert reply.headers["x-content-type-options"] == "nosniff"
    download = live.get(f"/experiments/{run.key}/assets/{record.id}/content", params={"download": True})
    assert download.headers["content-disposition"].startswith('attachment; filename="page.html"')


def test_names_that_would_break_a_header_do_not(live, run):
    record = make_record('a "b" é % c.txt', content=0)
    say(run, record, contents=[b"x"])
    said = fetch(live, run.key, record.id).headers["content-disposition"]
    assert said == "inline; filename=\"a _b_ _ _ c.txt\"; filename*=UTF-8''a%20%22b%22%20%C3%A9%20%25%20c.txt"


def test_a_name_without_an_ending_is_saved_with_that_of_its_type(live, run):
    record = make_record("samples/first", media_type="image/png", content=0)
    say(run, record, contents=[b"x"])
    assert 'filename="first.png"' in fetch(live, run.key, record.id).headers["content-disposition"]


def test_content_on_its_way_and_elsewhere_is_said(live, run):
    waiting, remote = make_record("w.bin", size_bytes=10), make_record("r.bin", link="s3://bucket/r.bin")
    say(run, waiting, remote)
    for record, words in ((waiting, "still on its way"), (remote, "is at s3://bucket/r.bin")):
        reply = fetch(live, run.key, record.id)
        assert reply.status_code == 404
        assert words in reply.json()["error"]["message"]


def test_blobs_that_are_there_need_not_be_put_again(live):
    data = os.urandom(100)
    digest, reply = put_blob(live, data)
    assert reply.status_code == 204
    other = "0" * 64
    reply = live.post("/blobs/find", {"digests": [other, digest, other]})
    assert reply.json() == {"missing": [other]}
    assert put_blob(live, data)[1].status_code == 204


def test_what_cannot_be_put_is_said(live, run):
    record = make_record(size_bytes=10)
    say(run, record)
    _, wrong = put_blob(live, b"x", digest="0" * 64)
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (400, "digest")
    _, odd = put_blob(live, b"x", digest="../x")
    assert odd.status_code in {400, 404, 405}
    _, large = put_blob(live, bytes(BLOB_BYTES + 1))
    assert (large.status_code, large.json()["error"]["code"]) == (413, "too_large")
    unknown = attach(live, run.key, "f" * 32, b"x")
    assert (unknown.status_code, unknown.json()["error"]["field"]) == (404, "asset")
    missing = attach(live, run.key, record.id, b"never put")
    assert (missing.status_code, missing.json()["error"]["code"]) == (409, "conflict")
    path = f"/api/v1/experiments/{run.key}/assets/{record.id}/content"
    for content in ({"digest": "0", "blobs": []}, {"digest": "0" * 64, "blobs": []}):
        assert live.client.put(path, json=content).status_code == 400


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"id": "x"}, "id"),
        ({"name": "../../etc/passwd"}, "name"),
        ({"name": ""}, "name"),
        ({"kind": "Image!"}, "kind"),
        ({"step": 2**63 - 1}, "step"),
        ({"epoch": float("inf")}, "epoch"),
        ({"metadata": "[1]"}, "metadata"),
        ({"metadata": "{"}, "metadata"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"content": 5}, "content"),
        ({"size_bytes": -1}, "size_bytes"),
        ({"time": -1}, "time"),
        ({"media_type": "text/html\r\nX: y"}, "media_type"),
    ],
)
def test_a_wrong_asset_is_refused_with_its_place(live, run, wrong, field):
    reply = live.send(run.batch(make_record(**wrong)))
    assert reply.status_code == 400
    assert reply.json()["error"]["field"] == f"records[0].{field}"


def test_lists_are_narrowed(live, run):
    say(run, *(make_record(f"{kind}-{number}", kind=kind) for kind in ("image", "text") for number in range(3)))
    assert list_assets(live, run.key, kind="image")["total"] == 3
    assert list_assets(live, run.key, kind=["image", "text"])["total"] == 6
    page = list_assets(live, run.key, text="TEXT", limit=1, offset=1)
    assert (page["total"], [one["name"] for one in page["assets"]]) == (3, ["text-1"])


def test_content_of_an_experiment_that_was_deleted_is_not_wanted(live, run):
    record = make_record(size_bytes=1)
    say(run, record)
    put_blob(live, b"x")
    live.client.delete(f"/api/v1/experiments/{run.key}")
    reply = attach(live, run.key, record.id, b"x")
    assert (reply.status_code, reply.json()["error"]["code"]) == (410, "gone")


def test_deleting_gives_the_bytes_back(live, run, make, large):
    """When no other asset has them, and a day after they were put."""
    asset, data = large
    other = make.run(live)
    twin = make_record("twin.pt")
    say(other, twin)
    pieces = [data[:300_000], data[300_000:600_000], data[600_000:]]
    assert attach(live, other.key, twin.id, *pieces).status_code == 204
    digests = [hashlib.sha256(piece).hexdigest() for piece in pieces]

    def drop():
        return asyncio.run(drop_unused(live.storage, now=live.clock.now + 25 * HOUR))

    assert live.client.delete(f"/api/v1/experiments/{run.key}/assets/{asset}").status_code == 204
    assert live.client.delete(f"/api/v1/experiments/{run.key}/assets/{asset}").status_code == 404
    drop()
    assert live.storage.blobs.find(digests) == set(digests)
    assert fetch(live, other.key, twin.id).content == data
    assert live.client.delete(f"/api/v1/experiments/{other.key}").status_code == 204
    wait_until_erased(live)
    assert asyncio.run(drop_unused(live.storage, now=live.clock.now + 23 * HOUR)) == 0
    assert drop() >= 600_100
    assert live.storage.blobs.find(digests) == set()

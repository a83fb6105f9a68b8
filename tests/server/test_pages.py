"""The web app's files: types, caching, compression, and the app's first page for every address of the app."""

import gzip

import httpx
import pytest

SCRIPT = "console.log('halley');\n" * 200


@pytest.fixture
def site(start_live, tmp_path):
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Halley</title>")
    (folder / "theme.js").write_text("1")
    (folder / "assets" / "index-Ab12Cd34.js").write_text(SCRIPT)
    (folder / "assets" / "font-Ab12Cd34.woff2").write_bytes(b"\0" * 2_000)
    (tmp_path / "secret.txt").write_text("secret")
    return start_live(static=folder)


@pytest.mark.parametrize(
    "path", ["/", "/default/digits/charts", "/default/v1.2/experiments", "/a%20b/c/experiments/" + "0" * 32]
)
def test_every_address_of_the_app_is_its_first_page(site, path):
    reply = site.client.get(path)
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["cache-control"] == "no-cache"
    assert "Halley" in reply.text


def test_hashed_files_are_kept_for_ever_and_others_asked_for_again(site):
    script = site.client.get("/assets/index-Ab12Cd34.js")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert site.client.get("/assets/font-Ab12Cd34.woff2").headers["content-type"] == "font/woff2"
    theme = site.client.get("/theme.js")
    assert theme.headers["cache-control"] == "no-cache"
    again = site.client.get("/theme.js", headers={"If-None-Match": theme.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_scripts_are_compressed(site):
    with httpx.stream("GET", f"{site.url}/assets/index-Ab12Cd34.js") as reply:
        packed = b"".join(reply.iter_raw())
        assert reply.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed).decode() == SCRIPT
    plain = site.client.get("/assets/index-Ab12Cd34.js", headers={"Accept-Encoding": "gzip;q=0"})
    assert "content-encoding" not in plain.headers
    assert plain.text == SCRIPT


@pytest.mark.parametrize("path", ["/assets/index-00000000.js", "/missing.js", "/favicon.ico"])
def test_a_file_that_is_not_there_is_an_error_and_not_the_first_page(site, path):
    reply = site.client.get(path)
    assert reply.status_code == 404
    assert reply.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt"]
)
def test_nothing_outside_the_folder_is_served(site, path):
    assert "secret" not in site.client.get(path).text.replace("secret.txt", "")


def test_head_sends_no_body_and_writing_is_refused(site):
    reply = site.client.head("/")
    assert (reply.status_code, reply.content) == (200, b"")
    assert int(reply.headers["content-length"]) > 0
    assert site.client.post("/default/digits").status_code == 405


def test_a_server_without_the_app_says_how_to_build_it(start_live, tmp_path):
    reply = start_live(static=tmp_path / "none").client.get("/default/digits/charts")
    assert reply.status_code == 200
    assert "make setup" in reply.text
    assert "/api/v1/status" in reply.text

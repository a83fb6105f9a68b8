"""Settings: argument, environment, Comet's environment, file, default, in that order."""

from __future__ import annotations

from pathlib import Path

import pytest

from halley.errors import SettingError
from halley.settings import DEFAULT_URL, SETTINGS, load


def test_the_order_of_sources(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    nothing: dict[str, str] = {}
    assert load(environment=nothing, file=file)["url"] == DEFAULT_URL
    file.write_text('url = "http://file"\n')
    assert load(environment=nothing, file=file)["url"] == "http://file"
    comet = {"COMET_URL_OVERRIDE": "http://comet"}
    assert load(environment=comet, file=file)["url"] == "http://comet"
    both = comet | {"HALLEY_URL": "http://environment"}
    assert load(environment=both, file=file)["url"] == "http://environment"
    assert load({"url": "http://argument"}, environment=both, file=file)["url"] == "http://argument"
    assert load({"url": None}, environment=both, file=file)["url"] == "http://environment"


def test_the_file_is_found_in_home(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('project_name = "from file"\n')
    assert load(environment={"HALLEY_HOME": str(tmp_path)})["project_name"] == "from file"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("url = ", "not valid TOML"),
        ("workspace = 3", "is not text"),
        ('port = "many"', "is not an integer"),
        ("port = true", "is not an integer"),
        ("port = 1.5", "is not an integer"),
        ("port = inf", "is not an integer of at least 0"),
        ("lost_after_seconds = nan", "is not a number of at least 1"),
        ("lost_after_seconds = 0", "is not a number of at least 1"),
        ("max_batch_bytes = -5", "is not an integer of at least 1"),
        ("end_timeout_seconds = -1", "is not a number of at least 0"),
        ('url = "127.0.0.1:1986"', "is not the address of a server, such as http://127.0.0.1:1986"),
        ('url = "http://"', "is not the address of a server"),
        ('url = "http://box:99999"', "is not the address of a server"),
        ('url = "ftp://box"', "is not the address of a server"),
        ('mode = "sideways"', "is not one of online, offline, disabled"),
        ('colour = "blue"', "unknown settings: colour"),
        ("\xff", "cannot be read"),
    ],
)
def test_a_wrong_file_is_named_with_the_fix(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingError, match=says) as caught:
        load(environment={}, file=file)
    assert str(file) in str(caught.value)
    assert caught.value.hint


def test_a_file_that_is_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(SettingError, match=r"config\.toml cannot be read"):
        load(environment={"HALLEY_HOME": str(tmp_path)})


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("api_key = 12345\n")
    with pytest.raises(SettingError) as caught:
        load(environment={}, file=file)
    assert "12345" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "flag"), [("1", True), ("true", True), ("off", False), ("0", False), ("simple", True)]
)
def test_flags(text: str, flag: bool) -> None:
    assert load(environment={"HALLEY_AUTO_OUTPUT_LOGGING": text})["auto_output_logging"] is flag


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http://127.0.0.1:1986/", "http://127.0.0.1:1986"),
        (" https://box/halley// ", "https://box/halley"),
        ("https://www.comet.com/clientlib/", "https://www.comet.com"),
        ("http://[::1]:1986", "http://[::1]:1986"),
    ],
)
def test_addresses(text: str, address: str) -> None:
    assert load({"url": text}, environment={})["url"] == address


def test_an_unknown_argument_is_refused() -> None:
    with pytest.raises(SettingError, match="colour"):
        load({"colour": "blue"}, environment={})


def test_every_row_is_whole() -> None:
    assert len({row.name for row in SETTINGS}) == len(SETTINGS)
    for row in SETTINGS:
        assert row.help.endswith("."), row.name
        if row.unit == "s":
            assert row.name.endswith("_seconds")
        if row.unit == "bytes":
            assert row.name.endswith("_bytes")

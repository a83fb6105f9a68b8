"""Pages as a newcomer uses them, with mouse and keyboard, over a server with real data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.e2e.seed import key_of, seed
from tests.e2e.stories import Server

pytestmark = pytest.mark.e2e

STATES = ("finished", "finished", "failed", "killed", "finished")
EXPERIMENTS = 300


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a project of 300 experiments, one of 3 with long series and long output, and an empty one."""
    server = Server(tmp_path_factory.mktemp("filled") / "data")
    for number in range(EXPERIMENTS):
        seed(server.url, "many", number, state=STATES[number % 5])
    metrics = ("train/loss", "train/accuracy", "eval/loss", "lr")
    lines = [
        f"step {number}" if number % 100 else f"\x1b[31mWARN\x1b[0m <b>needle</b> {number}" for number in range(5_000)
    ]
    for number in range(3):
        seed(server.url, "few", number, steps=3_000, metrics=metrics, state=STATES[number], lines=lines)
    server.post("/projects", {"workspace": "default", "name": "empty"})
    yield server
    server.stop()


def test_an_empty_server_teaches_and_the_first_experiment_appears(server: Server, page: Page) -> None:
    page.goto(server.url)
    expect(page.get_by_text("pip install halley")).to_be_visible()
    expect(page.get_by_text(f"127.0.0.1:{server.port}").first).to_be_visible()
    seed(server.url, "first", 1)
    expect(page.get_by_role("main").get_by_role("link", name="first", exact=True)).to_be_visible(timeout=10_000)
    page.get_by_role("region", name="Recent experiments").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(f"/default/first/experiments/{key_of('first', 1)}/charts"))


def test_the_table_sorts_searches_and_opens(filled: Server, page: Page) -> None:
    page.goto(f"{filled.url}/default/many/experiments")
    table = page.get_by_role("grid", name="Experiments")
    rows = table.get_by_role("row")
    expect(page.get_by_role("main").get_by_text("300", exact=True)).to_be_visible()
    table.get_by_role("button", name="lr", exact=True).click()
    expect(page).to_have_url(re.compile("lr"))
    expect(rows.nth(1)).to_contain_text("a-rather-long-name")
    table.get_by_role("button", name="lr", exact=True).click()
    expect(rows.nth(1).get_by_text("0.299")).to_be_visible()
    page.reload()
    expect(rows.nth(1).get_by_text("0.299")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("lion odd")
    expect(page.get_by_role("main").get_by_text("50", exact=True).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(rows.nth(1)).to_be_visible()
    page.keyboard.press("Escape")  # the first cleared the search, the second leaves it
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/default/many/experiments/many\d+"))


def test_every_row_of_a_long_table_is_reached(filled: Server, page: Page) -> None:
    page.goto(f"{filled.url}/default/many/experiments")
    table = page.get_by_role("grid", name="Experiments")
    expect(table.get_by_role("row").nth(5)).to_be_visible()
    assert table.get_by_role("row").count() < 100  # virtual: only what is in sight is in the page
    table.evaluate(
        "element => { const box = element.closest('[class*=overflow]') ?? element; box.scrollTop = box.scrollHeight }"
    )
    expect(
        table.get_by_text("lively-orbit-1", exact=True).or_(table.get_by_text("solar-coyote-2", exact=True)).first
    ).to_be_visible()


def test_charts_zoom_smooth_and_keep_their_state_in_the_address(filled: Server, page: Page) -> None:
    requests: list[dict[str, object]] = []
    page.on(
        "request",
        lambda request: requests.append(request.post_data_json) if request.url.endswith("/metrics/chart") else None,
    )
    page.goto(f"{filled.url}/default/few/charts")
    chart = page.get_by_role("img", name=re.compile(r"^train\/loss of 3 experiments"))
    expect(chart).to_be_visible()
    box = chart.bounding_box()
    assert box is not None
    with page.expect_request(lambda request: "metrics/chart" in request.url and '"low"' in (request.post_data or "")):
        page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2, steps=5)
        page.mouse.up()
    page.get_by_role("button", name="Show everything").first.click(force=True)
    page.get_by_role("radiogroup", name="X axis").get_by_text("Epoch").click()
    expect(page).to_have_url(re.compile("x=epoch"))
    slider = page.get_by_role("slider", name="Smoothing")
    slider.focus()
    for _ in range(5):
        slider.press("ArrowRight")
    expect(page).to_have_url(re.compile("smoothing"))
    page.reload()
    expect(page.get_by_role("img", name=re.compile(r"^train\/loss of 3 experiments by epoch"))).to_be_visible()
    page.get_by_role("button", name=re.compile("^Hide")).first.click()
    expect(page.get_by_role("img", name=re.compile(r"^train\/loss of 2 experiments"))).to_be_visible()
    assert all(int(str(request["buckets"])) <= 2_000 for request in requests)


def test_one_of_very_many_metrics_is_found(server: Server, page: Page) -> None:
    """More than a page lists: the server is asked for what is typed."""
    seed(server.url, "wide", 1, steps=1, metrics=[*(f"layer/{at:05}" for at in range(5_500)), "zz/needle"])
    page.goto(f"{server.url}/default/wide/experiments")
    page.get_by_role("button", name=re.compile("^Columns")).click()
    page.get_by_role("searchbox", name="Find column").fill("needle zz")
    page.get_by_role("button", name="zz/needle last").click()
    expect(page.get_by_role("grid", name="Experiments").get_by_role("button", name="zz/needle")).to_be_visible()
    page.goto(f"{server.url}/default/wide/charts?metric=needle")
    expect(page.get_by_role("main").get_by_role("img")).to_have_count(1)
    page.get_by_role("searchbox", name="Find metric").fill("no such metric")
    expect(page.get_by_text("No metric is called")).to_be_visible()


def test_the_palette_goes_anywhere(filled: Server, page: Page) -> None:
    page.goto(filled.url)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    expect(page.get_by_role("main").get_by_role("link", name="many", exact=True)).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").nth(2)).to_be_visible()
    for key in ("ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    page.keyboard.type("few")
    page.get_by_role("option", name=re.compile("few")).first.click()
    expect(page).to_have_url(re.compile("/default/few"))
    assert broken == []


def test_output_is_searched_and_never_runs_as_html(filled: Server, page: Page) -> None:
    page.goto(f"{filled.url}/default/few/experiments/{key_of('few', 1)}/output")
    log = page.get_by_role("log", name="Output")
    expect(log.get_by_text("step 3", exact=True)).to_be_visible()
    page.get_by_role("searchbox", name=re.compile("Search")).last.fill("needle")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").get_by_text("1 of 50")).to_be_visible()
    expect(log).to_contain_text("WARN <b>needle</b> 0")
    assert log.locator("b", has_text="needle").count() == 0


def test_an_experiment_is_renamed_tagged_archived_and_deleted(server: Server, page: Page) -> None:
    key = seed(server.url, "care", 1)
    page.goto(f"{server.url}/default/care/experiments/{key}/overview")
    page.get_by_role("button", name="Rename").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("my best run")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="my best run")).to_be_visible()
    assert server.experiment(key)["experiment"]["name"] == "my best run"
    page.get_by_role("button", name="Experiment actions").click()
    page.get_by_role("menuitem", name=re.compile("Delete")).click()
    page.get_by_role("dialog").or_(page.get_by_role("alertdialog")).get_by_role(
        "button", name=re.compile("Delete")
    ).click()
    expect(page).to_have_url(re.compile("/default/care/experiments$"))
    assert server.experiment(key) is None


PAGES = {
    "home": "/",
    "charts": "/default/few/charts",
    "table": "/default/many/experiments",
    "empty": "/default/empty/experiments",
    "experiment": f"/default/few/experiments/{key_of('few', 2)}/charts",
    "overview": f"/default/few/experiments/{key_of('few', 2)}/overview",
    "output": f"/default/few/experiments/{key_of('few', 2)}/output",
    "missing": "/default/none/charts",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_accessible_quiet_and_fit(filled: Server, page: Page, name: str, theme: str, tmp_path: Path) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto(filled.url + PAGES[name])
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    page.wait_for_load_state("load")
    expect(page.locator("main").locator("[aria-busy=true]")).to_have_count(0)
    found = Axe().run(page)
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found.response["violations"]] == []
    for width in (1440, 900, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{width} px"
    if name != "missing":  # the browser itself reports the 404
        assert said == []

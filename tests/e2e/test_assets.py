"""Assets from the training script to the page: shown, stepped through, downloaded, deleted, and never trusted."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.stories import Server, Training

pytestmark = pytest.mark.e2e

LOGS = """
    import halley, numpy as np
    experiment = halley.Experiment(project_name="story", experiment_name="painter")
    for step in range(0, 30, 10):
        experiment.log_image(np.full((8, 8, 3), step * 8, np.uint8), name="samples/first", step=step)
        experiment.log_text(f"a sample of step {step}", name="sample", step=step, metadata={"prompt": "once"})
    experiment.log_html("<h1>Report</h1><script>document.body.dataset.ran = 1;"
                        "try { parent.document.title = 'taken' } catch { document.body.dataset.blocked = 1 }</script>")
    experiment.log_asset(bytes(range(256)) * 1_000, file_name="weights/model.bin")
    experiment.log_asset_data({"rate": 0.1}, name="settings.json")
    experiment.log_remote_asset("https://example.org/data.parquet")
    experiment.end()
"""


def test_assets_are_shown_stepped_through_downloaded_and_deleted(
    server: Server, train: Callable[..., Training], page: Page, tmp_path: Path
) -> None:
    training = train(LOGS, url=server.url)
    training.end()
    page.goto(f"{server.url}/default/story/experiments/{training.key}/overview")
    page.get_by_role("link", name="Assets 10").click()
    listed = page.get_by_role("region", name="Assets")
    expect(listed.get_by_role("button")).to_have_text(
        [
            re.compile(r"samples/first×3"),
            re.compile(r"sample×3"),
            re.compile(r"page.html"),
            re.compile(r"data.parquet"),
            re.compile(r"settings.json"),
            re.compile(r"weights/model.bin"),
        ]
    )
    # the last step is shown first; arrows go through the steps, and the address keeps the place
    shown = page.get_by_role("region", name="samples/first")
    expect(shown.get_by_text("step 20").first).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(shown.get_by_text("2 of 3")).to_be_visible()
    expect(shown.get_by_text("step 10").first).to_be_visible()
    page.reload()
    expect(shown.get_by_text("2 of 3")).to_be_visible()
    expect(shown.get_by_text("8 × 8")).to_be_visible()
    # another asset of the same step
    page.keyboard.press("j")
    expect(page.get_by_role("region", name="Content")).to_have_text("a sample of step 10")
    page.get_by_role("button", name="Show metadata (1)").click()
    expect(page.get_by_text("once")).to_be_visible()
    # a page runs in a sandbox
    listed.get_by_role("button", name="page.html").click()
    frame = page.frame_locator("iframe[title='page.html']")
    expect(frame.get_by_role("heading", name="Report")).to_be_visible()
    body = frame.locator("body")
    expect(body).to_have_attribute("data-ran", "1")
    expect(body).to_have_attribute("data-blocked", "1")
    expect(page).not_to_have_title("taken")
    # a file is downloaded as it was
    listed.get_by_role("button", name="model.bin").click()
    expect(page.get_by_text("No preview")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download").click()
    saved.value.save_as(tmp_path / "saved")
    assert saved.value.suggested_filename == "model.bin"
    assert (tmp_path / "saved").read_bytes() == bytes(range(256)) * 1_000
    listed.get_by_role("button", name="data.parquet").click()
    expect(page.get_by_role("link", name="Open")).to_have_attribute("href", "https://example.org/data.parquet")
    # searched, and deleted
    page.keyboard.press("/")
    page.keyboard.type("settings")
    expect(listed.get_by_role("button")).to_have_count(1)
    expect(page.get_by_role("region", name="Content")).to_contain_text('"rate": 0.1')
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Nothing is called that")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(listed.get_by_role("button")).to_have_count(5)
    expect(page.get_by_role("link", name="Assets 9")).to_be_visible()


def test_an_experiment_without_assets_says_how_to_log_some(
    server: Server, train: Callable[..., Training], page: Page
) -> None:
    training = train("import halley; halley.Experiment(project_name='story').end()", url=server.url)
    training.end()
    page.goto(f"{server.url}/default/story/experiments/{training.key}/assets")
    expect(page.get_by_text("It logged no assets")).to_be_visible()
    expect(page.get_by_label("example", exact=True)).to_contain_text("log_image")

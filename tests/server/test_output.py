"""Output: pages from either end, by stream, search, download."""

import pytest

from halley.core.output import STDERR, STDOUT, OutputLine
from halley.wire.records import Output


@pytest.fixture
def spoken(live, run):
    """A run of 100 lines, every tenth on stderr."""
    lines = tuple(OutputLine(i, STDERR if i % 10 == 0 else STDOUT, 1_000 + i, f"line {i} é") for i in range(100))
    run.say(Output(time=1, lines=lines))
    return run


def read(live, run, **query):
    reply = live.get(f"/experiments/{run.key}/output", params=query)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_a_page_from_the_start_and_from_the_end(live, spoken):
    page = read(live, spoken, first=2, limit=3)
    assert (page["total"], page["first"]) == (100, 2)
    assert page["lines"][0] == {"stream": 1, "time": 1_002, "text": "line 2 é"}
    assert len(page["lines"]) == 3
    page = read(live, spoken, first=-2)
    assert (page["first"], [line["text"] for line in page["lines"]]) == (98, ["line 98 é", "line 99 é"])


def test_one_stream_alone(live, spoken):
    page = read(live, spoken, stream=2)
    assert page["total"] == 10
    assert {line["stream"] for line in page["lines"]} == {2}


def test_a_progress_bar_keeps_its_last_state(live, spoken):
    spoken.say(Output(time=1, lines=(OutputLine(99, STDOUT, 1_099, "100 %"),)))
    page = read(live, spoken, first=-1)
    assert (page["total"], page["lines"][0]["text"]) == (100, "100 %")


def test_search_finds_places_without_case(live, spoken):
    reply = live.get(f"/experiments/{spoken.key}/output/search", params={"text": "LINE 9"})
    assert reply.json() == {"total": 11, "places": [9, *range(90, 100)]}
    nothing = live.get(f"/experiments/{spoken.key}/output/search", params={"text": "nowhere"})
    assert nothing.json() == {"total": 0, "places": []}


def test_the_download_is_every_line(live, spoken):
    reply = live.get(f"/experiments/{spoken.key}/output/download")
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert reply.headers["content-disposition"] == f'attachment; filename="output-{spoken.key}.txt"'
    assert reply.text == "".join(f"line {i} é\n" for i in range(100))


def test_a_silent_run_downloads_as_nothing(live, run):
    run.say()
    assert live.get(f"/experiments/{run.key}/output/download").text == ""
    assert read(live, run) == {"total": 0, "first": 0, "lines": []}

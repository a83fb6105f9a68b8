"""Bytes of a stream to lines of output."""

from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halley.core.output import LINE_LIMIT, STDOUT
from halley.sdk.capture.lines import SHOW_EVERY_MS, LineSplitter


def split(*chunks, end=True):
    splitter = LineSplitter(STDOUT, count())
    lines = [line for now, chunk in enumerate(chunks) for line in splitter.feed(chunk, now)]
    if end:
        lines += splitter.end(len(chunks))
    return [line.text for line in lines]


@pytest.mark.parametrize(
    ("chunks", "lines"),
    [
        ([b"one\ntwo\n"], ["one", "two"]),
        ([b"on", b"e\ntw", b"o"], ["one", "two"]),
        ([b"\n\na\n"], ["", "", "a"]),
        ([b"a\r\nb\r\n"], ["a", "b"]),
        ([b"a\r", b"\nb"], ["a", "b"]),
        ([b" 10%\r 50%\r100%\n"], ["100%"]),
        ([b"\r 10%", b"\r 50%", b"\r100%", b"\n"], ["100%"]),
        ([b"100%\r"], ["100%"]),
        ([b"\r100%\r\r\n"], ["100%"]),
        ([b"\xc3", b"\xa4\xf0\x9f", b"\x98\x80\n"], ["ä😀"]),
        ([b"a\xff\xfeb\n"], ["a\ufffd\ufffdb"]),
        ([b"cut \xe2\x82"], ["cut \ufffd"]),
        ([b"\x1b[31mred\x1b[0m\n"], ["\x1b[31mred\x1b[0m"]),
        ([b"nul\x00byte\n"], ["nul\x00byte"]),
    ],
)
def test_lines(chunks, lines):
    assert split(*chunks) == lines


def test_long_lines_are_split():
    lines = split(b"x" * (LINE_LIMIT * 2 + 5) + b"\nnext\n")
    assert [len(line) for line in lines] == [LINE_LIMIT, LINE_LIMIT, 5, 4]


@given(st.text(alphabet="ab\n\r€", max_size=60), st.lists(st.integers(0, 100), max_size=8))
def test_where_reads_cut_does_not_matter(text, cuts):
    data = text.encode()
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    chunks = [data[a:b] for a, b in pairwise(places)]
    assert split(*chunks) == split(data)


def test_an_unfinished_line_is_shown_at_most_once_a_second_under_its_number():
    splitter = LineSplitter(STDOUT, count(7))
    assert list(splitter.feed(b" 10%\r", 0)) == []
    assert splitter.show(SHOW_EVERY_MS - 1) is None
    shown = splitter.show(SHOW_EVERY_MS)
    assert (shown.number, shown.text, shown.time) == (7, " 10%", 0)
    assert splitter.show(SHOW_EVERY_MS * 3) is None, "nothing new"
    assert list(splitter.feed(b" 90%\r", SHOW_EVERY_MS * 3)) == []
    assert splitter.show(SHOW_EVERY_MS * 3).text == " 90%"
    (last,) = splitter.feed(b"100%\n", SHOW_EVERY_MS * 3 + 1)
    assert (last.number, last.text) == (7, "100%")


def test_streams_share_numbers_in_the_order_in_which_lines_begin():
    numbers = count()
    out, err = LineSplitter(1, numbers), LineSplitter(2, numbers)
    assert list(out.feed(b"progress ", 0)) == []
    (warning,) = err.feed(b"warning\n", 1)
    (progress,) = out.feed(b"done\n", 2)
    assert (progress.number, progress.time, progress.text) == (0, 0, "progress done")
    assert (warning.number, warning.stream) == (1, 2)


@given(st.lists(st.tuples(st.integers(0, 70_000), st.sampled_from([b"", b"\r", b"\n"])), max_size=6))
def test_no_line_is_longer_than_the_server_takes(pieces):
    assert all(len(line) <= LINE_LIMIT for line in split(*(b"x" * length + end for length, end in pieces)))

"""What every adapter of the output port has to do."""

from collections.abc import Callable, Sequence
from typing import ClassVar

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from halley.core.output import STDERR, STDOUT, OutputLine, strip_escapes
from halley.storage.ports.output import BEGINNING
from halley.storage.ports.storage import Storage
from halley.storage.testing.make import WAIT_SECONDS, make_run
from halley.storage.testing.metrics import settings_of_suite

WRITER, LATER = "a" * 32, "b" * 32

_texts = st.one_of(
    st.sampled_from(
        ["", "epoch 1", "Epoch 1 LOSS", "loss red", "loss\x1b[31m red\x1b[0m", "\x1b", "É é", "İstanbul", "a\nb", "ſ"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
_acts = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from([WRITER, LATER]),
            st.integers(0, 7),
            st.lists(st.tuples(st.sampled_from([STDOUT, STDERR]), _texts), min_size=1, max_size=30),
        ),
        st.just("reopen"),
    ),
    min_size=1,
    max_size=12,
)


def make_lines(first: int, count: int, text: str = "line {}") -> list[OutputLine]:
    """Lines by number; every third goes to stderr."""
    return [
        OutputLine(number, STDERR if number % 3 == 0 else STDOUT, 1_000 + number, text.format(number))
        for number in range(first, first + count)
    ]


def put(storage: Storage, run: int, writer: str, lines: Sequence[OutputLine]) -> None:
    """Append lines and wait."""
    storage.write(lambda session: session.output.append(run, writer, lines)).result(WAIT_SECONDS)


class OutputContract:
    """See `storage.ports.output`."""

    replaceable_lines: ClassVar[int] = 1_000

    @settings_of_suite
    @given(acts=_acts, data=st.data())
    def test_any_history_equals_a_list(
        self,
        reopen: Callable[[], Storage],
        acts: list[tuple[str, int, list[tuple[int, str]]] | str],
        data: st.DataObject,
    ) -> None:
        """Lines of two writers, with replacements, read in pages, searched and downloaded."""
        storage = reopen()
        run = make_run(storage)
        model: dict[str, dict[int, OutputLine]] = {}
        for act in acts:
            if isinstance(act, str):
                storage = reopen()
                continue
            writer, back, texts = act
            known = model.setdefault(writer, {})
            first = max(0, len(known) - back)
            lines = [OutputLine(first + at, stream, at, text) for at, (stream, text) in enumerate(texts)]
            put(storage, run, writer, lines)
            known.update({line.number: line for line in lines})
        everything = [known[number] for known in model.values() for number in sorted(known)]
        stream = data.draw(st.sampled_from([None, STDOUT, STDERR]))
        wanted = [line for line in everything if stream is None or line.stream == stream]
        first = data.draw(st.integers(-len(everything) - 2, len(everything) + 2))
        limit = data.draw(st.integers(1, 50))
        text = data.draw(_texts.filter(bool))
        with storage.read() as session:
            page = session.output.read(run, first=first, limit=limit, stream=stream)
            begin = min(len(wanted), first) if first >= 0 else max(0, len(wanted) + first)
            assert (page.total, page.first) == (len(wanted), begin)
            assert list(page.lines) == wanted[begin : begin + limit]
            found = session.output.search(run, text, stream=stream)
            shown = [strip_escapes(line.text).lower() for line in wanted]
            assert list(found.places) == [at for at, one in enumerate(shown) if text.lower() in one]
            assert found.total == len(found.places)
            pieces = list(session.output.stream_all(run))
            assert [line for piece in pieces for line in piece.lines] == everything
            for place, piece in enumerate(pieces):
                assert list(session.output.stream_all(run, after=piece.end)) == pieces[place + 1 :]

    def test_a_number_that_comes_again_replaces_the_line(self, storage: Storage) -> None:
        """A progress bar keeps its last state, also far back among the replaceable lines."""
        run = make_run(storage)
        last = 5 * self.replaceable_lines
        put(storage, run, WRITER, make_lines(0, last))
        number = last - self.replaceable_lines
        put(storage, run, WRITER, [OutputLine(number, STDERR, 5, "100%")])
        with storage.read() as session:
            page = session.output.read(run, first=number, limit=1)
        assert page.total == last
        assert list(page.lines) == [OutputLine(number, STDERR, 5, "100%")]

    def test_pages_of_one_stream(self, storage: Storage) -> None:
        """Places count the stream's own lines; a negative first counts from the end."""
        run = make_run(storage)
        for first in range(0, 9_000, 1_500):
            put(storage, run, WRITER, make_lines(first, 1_500))
        with storage.read() as session:
            page = session.output.read(run, first=2_500, limit=3, stream=STDERR)
            end = session.output.read(run, first=-2, limit=10, stream=STDOUT)
            beyond = session.output.read(run, first=50_000)
        assert (page.total, page.first, [line.number for line in page.lines]) == (3_000, 2_500, [7_500, 7_503, 7_506])
        assert (end.total, end.first, [line.number for line in end.lines]) == (6_000, 5_998, [8_998, 8_999])
        assert (beyond.total, beyond.first, list(beyond.lines)) == (9_000, 9_000, [])

    def test_search_counts_all_and_returns_some(self, storage: Storage) -> None:
        """Without case; `limit` bounds the places, not the total; no match goes across lines."""
        run = make_run(storage)
        put(storage, run, WRITER, make_lines(0, 5_000, "Epoch {}"))
        with storage.read() as session:
            found = session.output.search(run, "ePOCH 49", limit=3)
            assert (found.total, list(found.places)) == (111, [49, 490, 491])
            assert session.output.search(run, "0\nEpoch").total == 0
            assert list(session.output.search(run, "epoch 4999", stream=STDOUT).places) == [3_332]

    def test_search_finds_what_is_shown(self, storage: Storage) -> None:
        """Colours and other escape sequences neither part a phrase nor are found; sealed lines and new ones alike."""
        run = make_run(storage)
        texts = [
            "\x1b[1;31mloss\x1b[0m: \x1b[38;5;208m0.5\x1b[m",
            "loss: 0.5",
            "see \x1b]8;;https://loss: 0.5\x07the page\x1b]8;;\x1b\\ there",
            "\x1b[2K\x1b(Blo\x1b7ss: 0.25",
            "\x1b]a title without an end",
            "\x1b",
        ]
        lines = make_lines(0, 3_000, "line {}")
        for place in (100, 2_900):
            for i, text in enumerate(texts):
                lines[place + i] = msgspec.structs.replace(lines[place + i], text=text)
        put(storage, run, WRITER, lines)
        with storage.read() as session:

            def find(text: str) -> list[int]:
                return list(session.output.search(run, text).places)

            assert find("LOSS: 0.5") == [100, 101, 2_900, 2_901]
            assert find("loss: 0.") == [100, 101, 103, 2_900, 2_901, 2_903]
            assert find("see the page there") == [102, 2_902]
            assert find("31m") == find("https") == []
            assert find("title without") == [104, 2_904]

    def test_long_lines(self, storage: Storage) -> None:
        """Lines of the longest length are kept whole."""
        run = make_run(storage)
        lines = [OutputLine(number, STDOUT, 0, chr(65 + number % 26) * 65_536) for number in range(60)]
        put(storage, run, WRITER, lines)
        with storage.read() as session:
            assert list(session.output.read(run, first=-60).lines) == lines

    def test_nothing_is_nothing(self, storage: Storage) -> None:
        """A run without output has an empty page."""
        run = make_run(storage)
        put(storage, run, WRITER, [])
        with storage.read() as session:
            assert session.output.read(run) == (0, 0, [])
            assert session.output.search(run, "x") == (0, [])
            assert list(session.output.stream_all(run)) == []

    def test_reading_goes_on_behind_a_place_whatever_was_sealed_meanwhile(self, storage: Storage) -> None:
        """Also of several writers, and also if it was read in the middle of what is one piece now."""
        run = make_run(storage)
        lines = make_lines(0, 2_500)
        read: list[OutputLine] = []
        place = BEGINNING
        for count in (3, 700, 1_100, 2_500):
            put(storage, run, WRITER, lines[len(read) : count])
            with storage.read() as session:
                for piece in session.output.stream_all(run, after=place):
                    read += piece.lines
                    place = piece.end
            assert read == lines[:count]
        put(storage, run, "b" * 32, lines[:5])
        with storage.read() as session:
            (rest,) = session.output.stream_all(run, after=place)
        assert list(rest.lines) == lines[:5]

    def test_deleting_a_run_leaves_the_others(self, storage: Storage) -> None:
        """All lines of one run go, none of another."""
        run, other = make_run(storage), make_run(storage)
        for one in (run, other):
            put(storage, one, WRITER, make_lines(0, 4_000))
        while storage.write(lambda session: session.output.delete(run)).result(WAIT_SECONDS):
            pass
        with storage.read() as session:
            assert session.output.read(run).total == 0
            assert session.output.read(other).total == 4_000

    def test_much_output_is_deleted_in_slices(self, storage: Storage) -> None:
        """Each is a job of its own, and in the end nothing is left."""
        run = make_run(storage)
        for place in range(4):
            put(storage, run, f"{place:032x}", make_lines(0, 1_900))
        slices = 1
        while storage.write(lambda session: session.output.delete(run)).result(WAIT_SECONDS):
            slices += 1
        assert slices >= 2
        with storage.read() as session:
            assert session.output.read(run).total == 0

"""The output of one transaction or snapshot; see `storage.ports.output` for what it promises.

The last lines of a writer are rows, because they may be replaced; older ones are sealed in chunks of up to 1,000
lines. A chunk's row says how many lines of each stream it has, so that a page is found without opening others.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from halley.core.output import STDOUT, OutputLine
from halley.storage.ports.output import BEGINNING, OutputMatches, OutputPage, OutputPiece, OutputPlace
from halley.storage.sql.delete import Rows, delete_slice
from halley.storage.sql.link import Link
from halley.storage.sql.output.pack import find_text, pack, unpack

SEAL_LINES = 1_000
"""Lines in a chunk; and how many of the last lines stay rows."""

_SEAL_CHARACTERS = 2**20
"""A chunk is closed when its text is so long."""

_TABLES = (
    Rows("output_writer", "position", 500),
    Rows("output_chunk", "id", 100),
    Rows("output_line", "position, number", 5_000),
)
"""What there is of a run, and how much of it is deleted at a time."""

_ALL = 2**62

_PUT_LINE = """
insert into output_line (run, position, number, stream, time, content) values (?, ?, ?, ?, ?, ?)
on conflict (run, position, number) do update set
    stream = excluded.stream, time = excluded.time, content = excluded.content
"""
_PUT_CHUNK = """
insert into output_chunk (run, position, last, n, n_stdout, facts, texts) values (?, ?, ?, ?, ?, ?, ?)
"""


class Stretch(NamedTuple):
    """Lines that lie together: a chunk, or the rows of a writer (`chunk` is None)."""

    position: int
    chunk: int | None
    n: int


class SqlOutput:
    """Output over SQL.

    Args:
        link: The connection.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    def append(self, run: int, writer: str, lines: Sequence[OutputLine]) -> None:
        """See `Output.append`."""
        if not lines:
            return
        self._link.lock(run)
        position = self._find_position(run, writer)
        self._unseal(run, position, min(line.number for line in lines))
        self._put_lines(run, position, lines)
        self._seal(run, position)

    def _find_position(self, run: int, writer: str) -> int:
        link = self._link
        found: int | None = link.value("select position from output_writer where run = ? and writer = ?", (run, writer))
        if found is None:
            found = link.value(
                "insert into output_writer (run, position, writer)"
                " select ?, coalesce(max(position), -1) + 1, ? from output_writer where run = ? returning position",
                (run, writer, run),
            )
        assert found is not None
        return found

    def _put_lines(self, run: int, position: int, lines: Sequence[OutputLine]) -> None:
        self._link.run_many(
            _PUT_LINE, [(run, position, line.number, line.stream, line.time, line.text) for line in lines]
        )

    def _unseal(self, run: int, position: int, number: int) -> None:
        """Turn the chunks that hold `number` or later lines back into rows; callers promise that it is rare."""
        rows = self._link.rows(
            "select id, facts, texts from output_chunk where run = ? and position = ? and last >= ?",
            (run, position, number),
        )
        for chunk, facts, texts in rows:
            self._put_lines(run, position, unpack(facts, texts))
            self._link.run("delete from output_chunk where id = ?", (chunk,))

    def _seal(self, run: int, position: int) -> None:
        link = self._link
        count = link.value("select count(*) from output_line where run = ? and position = ?", (run, position))
        if count < 2 * SEAL_LINES:
            return
        lines = self._read_rows(run, position, 0, count - SEAL_LINES, None)
        for part in _split(lines):
            stdout = sum(line.stream == STDOUT for line in part)
            link.run(_PUT_CHUNK, (run, position, part[-1].number, len(part), stdout, *pack(part)))
        link.run(
            "delete from output_line where run = ? and position = ? and number <= ?",
            (run, position, lines[-1].number),
        )

    def _list_stretches(self, run: int, stream: int | None) -> list[Stretch]:
        of_chunk = {None: "n", STDOUT: "n_stdout"}.get(stream, "n - n_stdout")
        of_rows = "" if stream is None else f" and stream = {int(stream)}"
        rows = self._link.rows(
            f"select position, id, {of_chunk} from output_chunk where run = ? order by position, last", (run,)
        ) + self._link.rows(
            f"select position, null, count(*) from output_line where run = ?{of_rows} group by position", (run,)
        )
        return sorted((Stretch(*row) for row in rows), key=lambda one: (one.position, one.chunk is None))

    def _read_rows(self, run: int, position: int, skip: int, limit: int, stream: int | None) -> list[OutputLine]:
        of_rows = "" if stream is None else f" and stream = {int(stream)}"
        rows = self._link.rows(
            f"select number, stream, time, content from output_line where run = ? and position = ?{of_rows}"
            " order by number limit ? offset ?",
            (run, position, limit, skip),
        )
        return [OutputLine(*row) for row in rows]

    def _read_chunk(self, chunk: int, stream: int | None) -> list[OutputLine]:
        lines = unpack(*self._link.row("select facts, texts from output_chunk where id = ?", (chunk,)))
        return lines if stream is None else [line for line in lines if line.stream == stream]

    def read(self, run: int, *, first: int = 0, limit: int = 1_000, stream: int | None = None) -> OutputPage:
        """See `Output.read`."""
        stretches = self._list_stretches(run, stream)
        total = sum(stretch.n for stretch in stretches)
        begin = min(first, total) if first >= 0 else max(0, total + first)
        lines: list[OutputLine] = []
        place = 0
        for stretch in stretches:
            skip, wanted = max(0, begin - place), limit - len(lines)
            if wanted > 0 and skip < stretch.n:
                if stretch.chunk is None:
                    lines += self._read_rows(run, stretch.position, skip, wanted, stream)
                else:
                    lines += self._read_chunk(stretch.chunk, stream)[skip : skip + wanted]
            place += stretch.n
        return OutputPage(total, begin, lines)

    def search(self, run: int, text: str, *, stream: int | None = None, limit: int = 10_000) -> OutputMatches:
        """See `Output.search`."""
        places: list[int] = []
        total = place = 0
        for stretch in self._list_stretches(run, stream):
            if stretch.chunk is None:
                facts, texts = pack(self._read_rows(run, stretch.position, 0, stretch.n, stream))
            else:
                facts, texts = self._link.row("select facts, texts from output_chunk where id = ?", (stretch.chunk,))
            found = find_text(facts, texts, text, stream)
            places += [place + at for at in found[: limit - len(places)]]
            total += len(found)
            place += stretch.n
        return OutputMatches(total, places)

    def stream_all(self, run: int, *, after: OutputPlace = BEGINNING) -> Iterator[OutputPiece]:
        """See `Output.stream_all`."""
        is_behind = (
            f"(position > {int(after.position)} or (position = {int(after.position)} and %s > {int(after.number)}))"
        )
        sealed = self._link.rows(
            f"select position, id from output_chunk where run = ? and {is_behind % 'last'} order by position, last",
            (run,),
        )
        loose = self._link.rows(
            f"select distinct position, null from output_line where run = ? and {is_behind % 'number'}", (run,)
        )
        for position, chunk in sorted([*sealed, *loose], key=lambda row: row[0]):  # stable: chunks come before rows
            is_loose = chunk is None
            lines = self._read_rows(run, position, 0, _ALL, None) if is_loose else self._read_chunk(chunk, None)
            if position == after.position:  # what was loose then may be sealed now, together with what came later
                lines = [line for line in lines if line.number > after.number]
            yield OutputPiece(lines, OutputPlace(position, lines[-1].number))

    def delete(self, run: int) -> bool:
        """See `Output.delete`."""
        return delete_slice(self._link, run, _TABLES)


def _split(lines: Sequence[OutputLine]) -> Iterator[Sequence[OutputLine]]:
    part: list[OutputLine] = []
    size = 0
    for line in lines:
        part.append(line)
        size += len(line.text)
        if len(part) == SEAL_LINES or size >= _SEAL_CHARACTERS:
            yield part
            part, size = [], 0
    if part:
        yield part

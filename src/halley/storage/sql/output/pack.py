"""Lines of output as two compressed blobs, texts apart from the rest, and finding text in them."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

import msgspec
import zstandard

from halley.core.output import OutputLine, strip_escapes
from halley.errors import StorageDamaged

_LEVEL = 3
_SIZE_LIMIT = 2**30
_Facts = tuple[list[int], list[int], list[int], list[int]]
"""Numbers, streams, times, and lengths of texts in characters."""

_facts_encoder = msgspec.msgpack.Encoder()
_facts_decoder = msgspec.msgpack.Decoder(_Facts)


def pack(lines: Sequence[OutputLine]) -> tuple[bytes, bytes]:
    """Pack lines into facts and texts."""
    facts: _Facts = (
        [line.number for line in lines],
        [line.stream for line in lines],
        [line.time for line in lines],
        [len(line.text) for line in lines],
    )
    texts = "\n".join(line.text for line in lines).encode("utf-8", "surrogatepass")
    return _compress(_facts_encoder.encode(facts)), _compress(texts)


def unpack(facts: bytes, texts: bytes) -> list[OutputLine]:
    """Unpack lines.

    Raises:
        StorageDamaged: they are not what was written.
    """
    numbers, streams, times, lengths = _read_facts(facts)
    text = _read_text(texts)
    ends = list(accumulate(length + 1 for length in lengths))
    return [
        OutputLine(number, stream, time, text[end - length - 1 : end - 1])
        for number, stream, time, length, end in zip(numbers, streams, times, lengths, ends, strict=True)
    ]


def find_text(facts: bytes, texts: bytes, wanted: str, stream: int | None) -> list[int]:
    """Which lines show a text, without case: their places among the lines of the stream.

    Raises:
        StorageDamaged: they are not what was written.
    """
    _, streams, _, lengths = _read_facts(facts)
    text = _read_text(texts)
    if "\x1b" in text:
        shown = strip_escapes(text).split("\n")  # an escape sequence never goes beyond its line
        if len(shown) != len(lengths):  # some line holds a line end itself
            shown = [strip_escapes(line.text) for line in unpack(facts, texts)]
        text, lengths = "\n".join(shown), [len(line) for line in shown]
    ends = list(accumulate(length + 1 for length in lengths))
    lowered, wanted = text.lower(), wanted.lower()
    if len(lowered) == len(text):
        lines = _find_places(lowered, wanted, ends)
    else:  # a few letters change their length in lower case: then places in the whole text mean nothing
        lines = [
            place
            for place, (length, end) in enumerate(zip(lengths, ends, strict=True))
            if wanted in text[end - length - 1 : end - 1].lower()
        ]
    if stream is None:
        return lines
    places = list(accumulate(one == stream for one in streams))
    return [places[line] - 1 for line in lines if streams[line] == stream]


def _find_places(text: str, wanted: str, ends: Sequence[int]) -> list[int]:
    lines: list[int] = []
    at = text.find(wanted)
    while at >= 0:
        line = bisect_right(ends, at)
        if line >= len(ends):
            break
        if at + len(wanted) < ends[line]:  # not across the end of the line
            lines.append(line)
            at = text.find(wanted, ends[line])
        else:
            at = text.find(wanted, at + 1)
    return lines


def _read_facts(data: bytes) -> _Facts:
    try:
        facts: _Facts = _facts_decoder.decode(_decompress(data))
    except msgspec.DecodeError as error:
        raise _say_damaged() from error
    return facts


def _read_text(data: bytes) -> str:
    try:
        return _decompress(data).decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise _say_damaged() from error


def _compress(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(data)


def _decompress(data: bytes) -> bytes:
    try:
        return zstandard.ZstdDecompressor().decompress(data, max_output_size=_SIZE_LIMIT)
    except zstandard.ZstdError as error:
        raise _say_damaged() from error


def _say_damaged() -> StorageDamaged:
    return StorageDamaged(
        "Some lines of this experiment's output are damaged in the database.",
        hint="Everything else goes on. Restore the database from a copy.",
    )

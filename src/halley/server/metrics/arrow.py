"""Points as an Apache Arrow stream, written straight from the columns they come in.

The format: https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format. A stream is a schema, the
dictionaries of experiments, names and contexts, and record batches; each is a message of metadata (a flatbuffer) and a
body (the columns as they lie in memory). A library would do the same with 170 MB of code; none of the small ones
writes dictionaries.
"""

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import zstandard

from halley.core.metric import MetricId
from halley.server.metrics.flatbuffer import Table, Vector, write
from halley.storage.ports.metrics import PointColumns

MEDIA_TYPE = "application/vnd.apache.arrow.stream"

_V5 = ("h", 4)
_SCHEMA, _DICTIONARY, _RECORDS = 1, 2, 3
_INT, _FLOAT, _UTF8, _TIMESTAMP = 2, 3, 5, 10
_ZSTD = ("b", 1)

_INT32 = Table(("i", 32), ("B", 1))
_INT64 = Table(("i", 64), ("B", 1))
_DOUBLE = Table(("h", 2))
_MILLISECONDS = Table(("h", 1), "UTC")

END = struct.pack("<Ii", 0xFFFFFFFF, 0)
"""Ends a stream."""

Buffers = Sequence[bytes | npt.NDArray[Any]]


class ArrowWriter:
    """Writes the messages of one stream.

    Args:
        experiments: The values of column `experiment`.
        metrics: All metrics that may come: the values of columns `metric` and `context`.
        is_compressed: Whether bodies are compressed with Zstandard.
    """

    def __init__(self, experiments: Sequence[str], metrics: Sequence[MetricId], *, is_compressed: bool) -> None:
        names = {name: place for place, name in enumerate(dict.fromkeys(metric.name for metric in metrics))}
        contexts = {context: place for place, context in enumerate(dict.fromkeys(metric.context for metric in metrics))}
        self._dictionaries = [list(experiments), list(names), list(contexts)]
        self._places = {metric: (names[metric.name], contexts[metric.context]) for metric in metrics}
        self._compressor = zstandard.ZstdCompressor(level=1) if is_compressed else None

    def begin(self) -> bytes:
        """The schema and the dictionaries."""
        fields = [_text_field(name, number) for number, name in enumerate(("experiment", "metric", "context"))]
        fields += [
            _field("step", _INT, _INT64),
            _field("time", _TIMESTAMP, _MILLISECONDS),
            _field("epoch", _FLOAT, _DOUBLE, is_nullable=True),
            _field("value", _FLOAT, _DOUBLE),
        ]
        parts = [_message(_SCHEMA, Table(("h", 0), Vector(fields)), [])]
        for number, texts in enumerate(self._dictionaries):
            encoded = [text.encode() for text in texts]
            ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
            batch, body = _pack(len(texts), [0], [b"", ends, b"".join(encoded)])  # readers want these as they are
            parts.append(_message(_DICTIONARY, Table(("q", number), batch), body))
        return b"".join(parts)

    def write(self, experiment: int, points: PointColumns) -> bytes:
        """A record batch of points of one experiment.

        Args:
            experiment: Its place among the experiments.
            points: The points, metric by metric.
        """
        first, last = int(points.metric[0]), int(points.metric[-1])
        places = np.array([self._places[metric] for metric in points.metrics[first : last + 1]], np.int32)
        names, contexts = places[points.metric - np.uint32(first)].T
        n = len(points.step)
        is_there = ~np.isnan(points.epoch)
        missing = n - int(np.count_nonzero(is_there))
        batch, body = _pack(
            n,
            [0, 0, 0, 0, 0, missing, 0],
            [
                *(b"", np.full(n, experiment, np.int32)),
                *(b"", np.ascontiguousarray(names)),
                *(b"", np.ascontiguousarray(contexts)),
                *(b"", points.step),
                *(b"", points.time),
                *(np.packbits(is_there, bitorder="little") if missing else b"", points.epoch),
                *(b"", points.value),
            ],
            self._compressor,
        )
        return _message(_RECORDS, batch, body)


def _pack(
    n: int, missing: Sequence[int], buffers: Buffers, compressor: zstandard.ZstdCompressor | None = None
) -> tuple[Table, list[bytes]]:
    """A record batch of columns: its metadata and its body.

    Args:
        n: How many rows.
        missing: For every column, how many rows of it are null.
        buffers: For every column, which rows are not null (empty if none is), and its values; texts have two of these.
        compressor: What compresses each of them.
    """
    body: list[bytes] = []
    places: list[tuple[int, ...]] = []
    at = 0
    for buffer in buffers:
        data = buffer if isinstance(buffer, bytes) else buffer.tobytes()
        if compressor is not None and data:
            data = struct.pack("<q", len(data)) + compressor.compress(data)
        padding = bytes(-len(data) % 8)
        places.append((at, len(data)))
        body += (data, padding)
        at += len(data) + len(padding)
    nodes = Vector(structs=[(n, count) for count in missing])
    compression = None if compressor is None else Table(_ZSTD, ("b", 0))
    return Table(("q", n), nodes, Vector(structs=places), compression), body


def _field(name: str, kind: int, type_: Table, *, is_nullable: bool = False, dictionary: Table | None = None) -> Table:
    return Table(name, ("B", is_nullable), ("B", kind), type_, dictionary, Vector())


def _text_field(name: str, number: int) -> Table:
    return _field(name, _UTF8, Table(), dictionary=Table(("q", number), _INT32))


def _message(kind: int, header: Table, body: Sequence[bytes]) -> bytes:
    size = sum(map(len, body))
    metadata = write(Table(_V5, ("B", kind), header, ("q", size)))
    metadata += bytes(-len(metadata) % 8)
    return b"".join([struct.pack("<Ii", 0xFFFFFFFF, len(metadata)), metadata, *body])

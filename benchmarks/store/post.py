"""Posting batches to a server: many connections in one process, each sending its batches one after the other.

Small on purpose: what the sender costs is not measured, but it takes time from the server on a small machine.
`python -m benchmarks.store.post` is one of many client processes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import uvloop
from benchmarks.store.points import bodies

from halley.wire.batch import MEDIA_TYPE

ROOT = Path(__file__).resolve().parents[2]


class Posted(NamedTuple):
    """What became of some batches.

    Attributes:
        latencies: Seconds to the acknowledgement of each.
        refused: How often the server was too busy.
        began: When the first was sent, by the clock that all processes share.
        ended: When the last was acknowledged.
    """

    latencies: list[float]
    refused: int
    began: float
    ended: float

    @property
    def wall(self) -> float:
        """Seconds from the first batch to the last acknowledgement."""
        return self.ended - self.began


def post(port: int, streams: Sequence[Sequence[bytes]]) -> Posted:
    """Post every stream over a connection of its own, all at once; return when all are acknowledged."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_post_all(port, streams))


async def _post_all(port: int, streams: Sequence[Sequence[bytes]]) -> Posted:
    links = [await asyncio.open_connection("127.0.0.1", port) for _ in streams]
    began = time.monotonic()
    done = await asyncio.gather(
        *(_post_stream(*link, stream) for link, stream in zip(links, streams, strict=True)),
    )
    ended = time.monotonic()
    for _, writer in links:
        writer.close()
    return Posted(
        [one for latencies, _ in done for one in latencies], sum(refused for _, refused in done), began, ended
    )


async def _post_stream(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stream: Sequence[bytes]
) -> tuple[list[float], int]:
    latencies, refused = [], 0
    for body in stream:
        request = (
            f"POST /api/v1/ingest HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: {MEDIA_TYPE}\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        ).encode() + body
        began = time.perf_counter()
        while True:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            said = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
            reply = await reader.readexactly(int(said[b"content-length"]))
            status = int(head[9:12])
            if status == 200:
                break
            if status != 429:
                raise RuntimeError(f"The server answered {status}: {reply!r}")
            refused += 1
            await asyncio.sleep(float(said.get(b"retry-after", b"1")))
        latencies.append(time.perf_counter() - began)
    return latencies, refused


def start(port: int, **sizes: int) -> subprocess.Popen[str]:
    """Start a client process with the options of `main`; it is ready when it says so, and posts after a line."""
    options = [word for name, size in sizes.items() for word in (f"--{name}", str(size))]
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.store.post", "--port", str(port), *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def main() -> None:
    """Make the batches of some runs, wait for a line on stdin, post them, a connection a run; say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--run", type=int, required=True)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="so many batches are there already")
    parser.add_argument("--batches", type=int, required=True)
    parser.add_argument("--metrics", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    given = parser.parse_args()
    streams = [
        bodies(run, given.first + given.batches, given.metrics, given.steps, source=run % 10)[given.first :]
        for run in range(given.run, given.run + given.runs)
    ]
    print("ready", flush=True)
    sys.stdin.readline()
    posted = post(given.port, streams)
    print(json.dumps({"refused": posted.refused, "began": posted.began, "ended": posted.ended}), flush=True)


if __name__ == "__main__":
    main()

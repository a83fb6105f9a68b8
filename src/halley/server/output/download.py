"""The whole output of an experiment as a text file."""

from asyncio import get_running_loop
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

from litestar.response import Stream

from halley.core.ids import ExperimentKey
from halley.server.experiments.api import find_run
from halley.storage.ports.storage import Storage


async def download(storage: Storage, key: ExperimentKey) -> Stream:
    """Stream every line.

    Raises:
        NotFound: no experiment has this key.
    """
    pieces = _text(storage, key)
    # A snapshot belongs to one thread: this download has a thread of its own for as long as it lasts.
    thread = ThreadPoolExecutor(1, thread_name_prefix="download")
    try:
        first = await get_running_loop().run_in_executor(thread, next, pieces, None)
    except BaseException:
        thread.shutdown(wait=False)
        raise
    return Stream(
        _run(thread, pieces, first),
        media_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="output-{key}.txt"', "Cache-Control": "no-store"},
    )


def _text(storage: Storage, key: ExperimentKey) -> Iterator[bytes]:
    with storage.read() as session:
        run = find_run(session.catalog, key)
        yield b""
        for lines in session.output.stream_all(run):
            yield "".join(f"{line.text}\n" for line in lines).encode("utf-8", "replace")


async def _run(thread: ThreadPoolExecutor, pieces: Iterator[bytes], piece: bytes | None) -> AsyncIterator[bytes]:
    try:
        while piece is not None:
            if piece:
                yield piece
            piece = await get_running_loop().run_in_executor(thread, next, pieces, None)
    finally:
        thread.submit(pieces.close)  # type: ignore[attr-defined]  # a generator: leaves the snapshot in its own thread
        thread.shutdown(wait=False)

"""`/experiments/{key}/output`: pages of lines, search, download."""

from typing import Annotated

from litestar import Router, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream

from halley.server.http.check import checked_key
from halley.server.http.errors import failures
from halley.server.http.given import GivenStorage
from halley.server.output.download import download
from halley.server.output.read import find_lines, read_lines
from halley.wire.api import OutputMatches, OutputPage

StreamChoice = Annotated[
    int | None,
    QueryParameter(ge=1, le=2, description="1 keeps only the lines of stdout, 2 only those of stderr."),
]


@get(
    "/experiments/{key:str}/output",
    operation_id="readOutput",
    summary="A page of output",
    sync_to_thread=True,
    responses=failures(400, 404),
)
def read_output(
    key: FromPath[str],
    storage: GivenStorage,
    first: Annotated[int, QueryParameter(description="Place of the first line; negative counts from the end.")] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=10_000, description="At most so many lines.")] = 1_000,
    stream: StreamChoice = None,
) -> OutputPage:
    """Lines of stdout and stderr in the order in which they began, from place `first` on."""
    with storage.read() as session:
        return read_lines(session, checked_key(key), first=first, limit=limit, stream=stream)


@get(
    "/experiments/{key:str}/output/search",
    operation_id="searchOutput",
    summary="Where a text stands in the output",
    sync_to_thread=True,
    responses=failures(400, 404),
)
def search_output(
    key: FromPath[str],
    storage: GivenStorage,
    text: Annotated[str, QueryParameter(min_length=1, max_length=1_000, description="What to find, without case.")],
    stream: StreamChoice = None,
) -> OutputMatches:
    """Places of the lines that show a text, as `readOutput` counts them with the same stream; at most 10,000."""
    with storage.read() as session:
        return find_lines(session, checked_key(key), text, stream=stream)


@get(
    "/experiments/{key:str}/output/download",
    operation_id="downloadOutput",
    summary="The whole output as a text file",
    media_type="text/plain",
    sync_to_thread=True,
    responses={
        200: ResponseSpec(str, generate_examples=False, media_type="text/plain", description="All lines."),
        **failures(400, 404),
    },
)
def download_output(key: FromPath[str], storage: GivenStorage) -> Stream:
    """Every line of stdout and stderr, streamed as a text file."""
    return download(storage, checked_key(key))


router = Router("/", route_handlers=[read_output, search_output, download_output], tags=["output"])

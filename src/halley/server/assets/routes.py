"""`/experiments/{key}/assets` and `/blobs`: list, read, send, delete."""

from typing import Annotated, Any

from litestar import Request, Response, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter, SkipValidation
from litestar.response import Stream

from halley.core.asset import KIND_LIMIT
from halley.server.assets.check import check_digest, check_id
from halley.server.assets.delete import delete_one
from halley.server.assets.list import get_one, list_assets
from halley.server.assets.put import BlobIntake, attach
from halley.server.assets.send import send
from halley.server.events.api import GivenBroadcast
from halley.server.http.check import checked_key
from halley.server.http.errors import failures
from halley.server.http.given import GivenClock, GivenStorage
from halley.wire.api import Asset, AssetPage, AttachContent, BlobList, FindBlobs

_content = ResponseSpec(
    bytes, generate_examples=False, media_type="application/octet-stream", description="The content, or a part of it."
)


@get(
    "/experiments/{key:str}/assets",
    operation_id="listAssets",
    summary="A page of an experiment's assets",
    sync_to_thread=True,
    responses=failures(400, 404),
)
def list_some(
    key: FromPath[str],
    storage: GivenStorage,
    kind: Annotated[
        list[Annotated[str, QueryParameter(max_length=KIND_LIMIT)]] | None,
        QueryParameter(description="Only of these kinds."),
    ] = None,
    text: Annotated[
        str, QueryParameter(max_length=1_000, description="Only those whose name holds it, without case.")
    ] = "",
    offset: Annotated[int, QueryParameter(ge=0, description="How many to leave out.")] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=10_000, description="At most so many.")] = 1_000,
) -> AssetPage:
    """Assets by kind, name and step, and how many there are of each kind."""
    with storage.read() as session:
        return list_assets(session, checked_key(key), kinds=kind or [], text=text, offset=offset, limit=limit)


@get(
    "/experiments/{key:str}/assets/{asset:str}",
    operation_id="getAsset",
    summary="One asset",
    sync_to_thread=True,
    responses=failures(400, 404),
)
def get_asset(key: FromPath[str], asset: FromPath[str], storage: GivenStorage) -> Asset:
    """What is known of an asset; its content is behind `getAssetContent`."""
    with storage.read() as session:
        return get_one(session, checked_key(key), check_id(asset, "asset"))


@get(
    "/experiments/{key:str}/assets/{asset:str}/content",
    operation_id="getAssetContent",
    summary="The content of an asset",
    sync_to_thread=True,
    media_type="application/octet-stream",
    responses={200: _content, 206: _content, **failures(400, 404)},
)
def get_content(
    key: FromPath[str],
    asset: FromPath[str],
    storage: GivenStorage,
    request: Request[Any, Any, Any],
    download: Annotated[bool, QueryParameter(description="Save it instead of showing it.")] = False,
) -> Response[bytes] | Stream:
    """The bytes as they were logged, whole or the part that the header `Range` asks for."""
    return send(
        storage,
        checked_key(key),
        check_id(asset, "asset"),
        wanted=request.headers.get("range"),
        known=request.headers.get("if-none-match"),
        is_download=download,
    )


@put(
    "/experiments/{key:str}/assets/{asset:str}/content",
    status_code=204,
    operation_id="attachContent",
    summary="Say which blobs the content of an asset is",
    responses=failures(400, 404, 409, 410, 413),
    request_max_body_size=32 * 2**20,
)
async def attach_content(
    key: FromPath[str],
    asset: FromPath[str],
    data: JSONBody[AttachContent],
    storage: GivenStorage,
    broadcast: GivenBroadcast,
    clock: GivenClock,
) -> None:
    """Say it after all of them were put. The same again does no harm."""
    await attach(storage, broadcast, checked_key(key), check_id(asset, "asset"), data, now=clock())


@delete(
    "/experiments/{key:str}/assets/{asset:str}",
    operation_id="deleteAsset",
    summary="Delete an asset",
    responses=failures(400, 404),
)
async def delete_asset(
    key: FromPath[str], asset: FromPath[str], storage: GivenStorage, broadcast: GivenBroadcast
) -> None:
    """Delete an asset. There is no way back; its space is given back unless other assets have the same content."""
    await delete_one(storage, broadcast, checked_key(key), check_id(asset, "asset"))


@put(
    "/blobs/{digest:str}",
    status_code=204,
    operation_id="putBlob",
    summary="Put a piece of content",
    responses=failures(400, 408, 409, 413, 429),
)
async def put_blob(
    digest: FromPath[str],
    request: Request[Any, Any, Any],
    blob_intake: NamedDependency[SkipValidation[BlobIntake]],
) -> None:
    """Put at most 8 MiB under their SHA-256; again does no harm. A day later they are gone if no asset has them."""
    await blob_intake.take(digest, request.receive, request.headers)


@post(
    "/blobs/find",
    status_code=200,
    operation_id="findBlobs",
    summary="Which pieces of content are not here yet",
    sync_to_thread=True,
    responses=failures(400, 413),
)
def find_blobs(data: JSONBody[FindBlobs], storage: GivenStorage) -> BlobList:
    """Which of these have to be put."""
    digests = [check_digest(digest, f"digests[{place}]") for place, digest in enumerate(data.digests)]
    there = storage.blobs.find(digests)
    return BlobList(missing=[digest for digest in dict.fromkeys(digests) if digest not in there])


router = Router(
    "/",
    route_handlers=[
        list_some,
        get_asset,
        get_content,
        attach_content,
        delete_asset,
        put_blob,
        find_blobs,
    ],
    tags=["assets"],
)

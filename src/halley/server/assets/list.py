"""Listing the assets of an experiment."""

import msgspec

from halley.core.ids import ExperimentKey
from halley.errors import NotFound
from halley.server.experiments.api import find_run
from halley.storage.ports import assets as port
from halley.storage.ports.storage import Session
from halley.wire.api import Asset, AssetKind, AssetPage


def list_assets(
    session: Session, key: ExperimentKey, *, kinds: list[str], text: str, offset: int, limit: int
) -> AssetPage:
    """One page of an experiment's assets, and what kinds there are of them.

    Raises:
        NotFound: no experiment has this key.
    """
    run = find_run(session.catalog, key)
    page = session.assets.list(run, kinds=kinds, text=text, offset=offset, limit=limit)
    return AssetPage(
        total=page.total,
        assets=[describe(asset) for asset in page.assets],
        kinds=[AssetKind(kind=use.kind, count=use.asset_count, size_bytes=use.size_bytes) for use in
               session.assets.count_kinds(run)],
    )  # fmt: skip


def get_one(session: Session, key: ExperimentKey, asset: str) -> Asset:
    """One asset.

    Raises:
        NotFound: no experiment has this key, or it has no such asset.
    """
    found = session.assets.get(find_run(session.catalog, key), asset)
    if found is None:
        raise no_asset(key, asset)
    return describe(found)


def describe(asset: port.Asset) -> Asset:
    """An asset as the API says it."""
    return Asset(
        id=asset.id,
        name=asset.name,
        kind=asset.kind,
        media_type=asset.media_type,
        step=asset.step,
        epoch=asset.epoch,
        context=asset.context,
        metadata=msgspec.json.decode(asset.metadata) if asset.metadata else {},
        size_bytes=asset.size_bytes,
        digest=asset.digest,
        link=asset.link,
        logged_at=asset.logged_at,
    )


def no_asset(key: str, asset: str) -> NotFound:
    """What is said of an asset that is not there."""
    return NotFound(
        f"Experiment {key} has no asset {asset!r}.",
        hint=f"GET /api/v1/experiments/{key}/assets lists its assets.",
        field="asset",
    )

"""Assets: what an experiment logged as files, what is known of each, and where its content is.

**Content** comes with the asset if it is small (`core.asset.INLINE_BYTES`), else later: in blobs that are put one by
one (`Blobs.put`, then `note_blob`), and at last `attach`, which says which blobs they are, in order. Until then the
asset is there without content (`has_content`). A remote asset has a `link` and never any content.

**Once.** An asset is known by its id, which its writer made up; the same id again changes nothing. Names need not be
unique; an asset with `is_overwriting` takes the place of those of its kind, name and step in its run.

**Space.** Blobs are shared by all assets that have them. Those that nobody has, and were not noted lately, are dropped
by `drop_unused`; an asset cannot be attached to a blob that is being dropped.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import msgspec


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an asset.

    Attributes:
        id: 32 hexadecimal digits.
        name: A path with `/`.
        kind: Such as `image`; what it is shown as.
        media_type: Such as `image/png`; empty if it is not known.
        step: The step it belongs to; None for none.
        epoch: The epoch; None for none.
        context: Such as `train`; may be empty.
        metadata: A JSON object as text; empty for none.
        size_bytes: Of its content.
        digest: SHA-256 of its content in hexadecimal; empty as long as that is not there.
        link: Where a remote asset is; empty for others.
        logged_at: Milliseconds since 1970 UTC.
    """

    id: str
    name: str
    kind: str
    media_type: str = ""
    step: int | None = None
    epoch: float | None = None
    context: str = ""
    metadata: str = ""
    size_bytes: int
    digest: str = ""
    link: str = ""
    logged_at: int

    @property
    def has_content(self) -> bool:
        """Whether its content is there."""
        return bool(self.digest)


class NewAsset(NamedTuple):
    """An asset to put: without its digest, with its content if that is small, else None."""

    asset: Asset
    data: bytes | None
    is_overwriting: bool


class Blob(NamedTuple):
    """A part of an asset's content."""

    digest: str
    size_bytes: int


class AssetPage(NamedTuple):
    """Assets `offset` to `offset + limit` of those asked for, and how many those are."""

    total: int
    assets: Sequence[Asset]


class KindUse(NamedTuple):
    """A kind of asset, how many a run has of it, and how large they are together."""

    kind: str
    asset_count: int
    size_bytes: int


class Content(NamedTuple):
    """Where content is: in `data`, or (None) in blobs, in order."""

    data: bytes | None
    blobs: Sequence[Blob]


class Assets(Protocol):
    """See the module's contract."""

    def put(self, run: int, assets: Sequence[NewAsset]) -> None:
        """Note assets."""
        ...

    def attach(
        self, run: int, asset: str, digest: str, blobs: Sequence[Blob], *, now: int, is_there: Callable[[str], bool]
    ) -> Sequence[str] | None:
        """Say which blobs the content of an asset is. The same again changes nothing.

        Args:
            run: Whose asset.
            asset: Its id.
            digest: SHA-256 of the whole content.
            blobs: Its blobs, in order.
            now: The time in ms since 1970 UTC.
            is_there: Whether the bytes of a blob are there that nobody noted; asked while nobody can drop them.

        Returns:
            The digests of blobs that are not there, and nothing is changed if there are any; None if there is no such
            asset.
        """
        ...

    def list(
        self,
        run: int,
        *,
        kinds: Sequence[str] = (),
        text: str = "",
        offset: int = 0,
        limit: int = 1_000,
    ) -> AssetPage:
        """Assets by name and step, in the order in which they came where those are the same.

        Args:
            run: Whose.
            kinds: Only of these kinds; empty for all.
            text: Only those whose name holds it, without case.
            offset: How many to leave out.
            limit: At most so many.
        """
        ...

    def count_kinds(self, run: int) -> Sequence[KindUse]:
        """What kinds of assets a run has, by name."""
        ...

    def get(self, run: int, asset: str) -> Asset | None:
        """One asset, or None."""
        ...

    def find_content(self, run: int, asset: str) -> Content | None:
        """Where its content is; None if there is no such asset, or no content."""
        ...

    def delete_asset(self, run: int, asset: str) -> bool:
        """Delete an asset; say whether there was one."""
        ...

    def delete(self, run: int) -> bool:
        """Delete assets of a run as `Metrics.delete` deletes its points; say whether there may be more."""
        ...

    # blobs

    def note_blob(self, blob: Blob, *, now: int, is_there: Callable[[str], bool]) -> bool:
        """Note that a blob was put, or that somebody counts on it; False if it is not there any more: put it again.

        Args:
            blob: Which.
            now: The time in ms since 1970 UTC. It is kept for some time from then on.
            is_there: Whether the bytes are there; asked while nobody can drop them.
        """
        ...

    def drop_unused(self, *, before: int, limit: int, drop: Callable[[str], None]) -> Sequence[Blob]:
        """Drop blobs that no asset has, and that were not noted since a time; say which.

        Args:
            before: A time in ms since 1970 UTC.
            limit: At most so many.
            drop: Deletes the bytes; called inside the transaction, so that nobody can begin to count on them.
        """
        ...

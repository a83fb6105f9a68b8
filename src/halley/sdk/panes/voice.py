"""What a pane may use of the experiment it is part of."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from halley.core.parameter import Value
from halley.sdk.encode.asset import Source
from halley.sdk.journal.write import Series
from halley.wire.records import AnyRecord


class AssetInfo(TypedDict):
    """What logging an asset returns: its id, its page and where its content is; None for those when offline."""

    web: str | None
    api: str | None
    assetId: str


class Voice:
    """The experiment as its panes see it. Declares, and holds nothing."""

    __slots__ = ()

    _context: str
    _step: int | None
    _epoch: float | None
    _series: dict[tuple[str, str], Series]
    _parameters: dict[str, Value]
    _others: dict[str, Value]
    _tags: dict[str, None]

    def _move(self, *, step: int | None = None, epoch: float | None = None) -> None:
        """Set the step or epoch or both; None leaves it."""
        raise NotImplementedError

    def _enter(self, context: str) -> str:
        """Set the context; give the one before."""
        raise NotImplementedError

    def _now(self) -> int:
        """The time in milliseconds since 1970 UTC."""
        raise NotImplementedError

    def _emit(self, record: AnyRecord) -> None:
        """Append a record to the journal."""
        raise NotImplementedError

    def _emit_point(
        self, name: str, value: float, step: int | None, epoch: float | None, include_context: bool
    ) -> None:
        """Append a metric's point to the journal; `step` and `epoch` stick."""
        raise NotImplementedError

    def _emit_points(
        self, pairs: Sequence[tuple[str, float]], step: int | None, epoch: float | None, include_context: bool
    ) -> None:
        """Append points of several metrics, of one moment, to the journal; their names are checked already."""
        raise NotImplementedError

    def _emit_asset(
        self,
        source: Source,
        *,
        kind: str,
        step: int | None = None,
        epoch: float | None = None,
        metadata: Mapping[str, Any] | None = None,
        is_overwriting: bool = False,
        is_copied: bool = True,
        is_stepped: bool = True,
    ) -> AssetInfo | None:
        """Keep content and append its asset to the journal; None if it is not kept."""
        raise NotImplementedError

    def _emit_link(
        self,
        link: str,
        name: str,
        *,
        kind: str,
        step: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        is_overwriting: bool = False,
    ) -> AssetInfo | None:
        """Append a remote asset to the journal; None if it is not kept."""
        raise NotImplementedError

"""The assets of one transaction or snapshot; see `storage.ports.assets` for what it promises."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from halley.storage.ports.assets import Asset, AssetPage, Blob, Content, KindUse, NewAsset
from halley.storage.sql.delete import Rows, delete_slice
from halley.storage.sql.link import ASSETS, Link

_FIELDS = "id, name, kind, media_type, step, epoch, context, metadata, size_bytes, digest, link, logged_at"
_COLUMNS = tuple(_FIELDS.split(", "))
_NEW = f"""
insert into asset (run, position, {_FIELDS}, content) values (?, ?, {", ".join("?" * len(_COLUMNS))}, ?)
on conflict (run, id) do nothing
"""
_TABLES = (Rows("asset_blob", "asset_id, position", 2_000), Rows("asset", "id", 200))
_AT_A_TIME = 500


class SqlAssets:
    """Assets over SQL.

    Args:
        link: The connection.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    def put(self, run: int, assets: Sequence[NewAsset]) -> None:
        """See `Assets.put`."""
        link = self._link
        link.lock(run)
        position = link.value("select coalesce(max(position), -1) from asset where run = ?", (run,))
        for asset, data, is_overwriting in assets:
            if is_overwriting:
                self._delete_older(run, asset)
            position += 1
            digest = "" if data is None else hashlib.sha256(data).hexdigest()
            fields = [digest if name == "digest" else getattr(asset, name) for name in _COLUMNS]
            link.run(_NEW, (run, position, *fields, data))

    def _delete_older(self, run: int, asset: Asset) -> None:
        step = "step is null" if asset.step is None else f"step = {int(asset.step)}"
        rows = self._link.rows(
            f"select id from asset where run = ? and kind = ? and name = ? and {step} and id <> ?",
            (run, asset.kind, asset.name, asset.id),
        )
        for (older,) in rows:
            self.delete_asset(run, older)

    def attach(
        self, run: int, asset: str, digest: str, blobs: Sequence[Blob], *, now: int, is_there: Callable[[str], bool]
    ) -> Sequence[str] | None:
        """See `Assets.attach`."""
        link = self._link
        link.lock(run)
        had = link.value("select digest from asset where run = ? and id = ?", (run, asset))
        if had is None:
            return None
        if had:
            return []
        link.lock(ASSETS)  # nobody drops a blob meanwhile
        wanted = {blob.digest: blob for blob in blobs}
        there = self._find_blobs([*wanted])
        missing = [one for one, blob in wanted.items() if one not in there and not self._note(blob, now, is_there)]
        if not missing:
            link.run_many(
                "insert into asset_blob (run, asset_id, position, digest, size_bytes) values (?, ?, ?, ?, ?)",
                [(run, asset, place, blob.digest, blob.size_bytes) for place, blob in enumerate(blobs)],
            )
            size = sum(blob.size_bytes for blob in blobs)
            link.run("update asset set digest = ?, size_bytes = ? where run = ? and id = ?", (digest, size, run, asset))
        return missing

    def _find_blobs(self, digests: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for begin in range(0, len(digests), _AT_A_TIME):
            some = digests[begin : begin + _AT_A_TIME]
            places = ", ".join(["?"] * len(some))
            found.update(one for (one,) in self._link.rows(f"select digest from blob where digest in ({places})", some))
        return found

    def list(
        self, run: int, *, kinds: Sequence[str] = (), text: str = "", offset: int = 0, limit: int = 1_000
    ) -> AssetPage:
        """See `Assets.list`."""
        where = "run = ?"
        values: list[Any] = [run]
        if kinds:
            where += f" and kind in ({', '.join('?' * len(kinds))})"
            values += kinds
        if text:
            where += f" and {self._link.dialect.contains('lower(name)')}"
            values.append(text.lower())
        total = self._link.value(f"select count(*) from asset where {where}", values)
        rows = self._link.rows(
            f"select {_FIELDS} from asset where {where}"
            " order by kind, substr(name, 1, 100), name, coalesce(step, -4611686018427387905), position"
            " limit ? offset ?",
            (*values, limit, offset),
        )
        return AssetPage(total, [_read(row) for row in rows])

    def count_kinds(self, run: int) -> Sequence[KindUse]:
        """See `Assets.count_kinds`."""
        rows = self._link.rows(
            "select kind, count(*), sum(size_bytes) from asset where run = ? group by kind order by kind", (run,)
        )
        return [KindUse(kind, count, int(size)) for kind, count, size in rows]

    def get(self, run: int, asset: str) -> Asset | None:
        """See `Assets.get`."""
        row = self._link.row(f"select {_FIELDS} from asset where run = ? and id = ?", (run, asset))
        return None if row is None else _read(row)

    def find_content(self, run: int, asset: str) -> Content | None:
        """See `Assets.find_content`."""
        row = self._link.row("select digest, content from asset where run = ? and id = ?", (run, asset))
        if row is None or not row[0]:
            return None
        if row[1] is not None:
            return Content(bytes(row[1]), [])
        rows = self._link.rows(
            "select digest, size_bytes from asset_blob where run = ? and asset_id = ? order by position", (run, asset)
        )
        return Content(None, [Blob(*row) for row in rows])

    def delete_asset(self, run: int, asset: str) -> bool:
        """See `Assets.delete_asset`."""
        link = self._link
        link.lock(run)
        link.deleted_rows += link.run("delete from asset_blob where run = ? and asset_id = ?", (run, asset)).rowcount
        deleted = link.run("delete from asset where run = ? and id = ?", (run, asset)).rowcount
        link.deleted_rows += deleted
        return deleted > 0

    def delete(self, run: int) -> bool:
        """See `Assets.delete`."""
        return delete_slice(self._link, run, _TABLES)

    # blobs

    def note_blob(self, blob: Blob, *, now: int, is_there: Callable[[str], bool]) -> bool:
        """See `Assets.note_blob`."""
        self._link.lock(ASSETS)
        return self._note(blob, now, is_there)

    def _note(self, blob: Blob, now: int, is_there: Callable[[str], bool]) -> bool:
        if not is_there(blob.digest):
            return False
        self._link.run(
            "insert into blob (digest, size_bytes, noted_at) values (?, ?, ?)"
            " on conflict (digest) do update set noted_at = excluded.noted_at",
            (blob.digest, blob.size_bytes, now),
        )
        return True

    def drop_unused(self, *, before: int, limit: int, drop: Callable[[str], None]) -> Sequence[Blob]:
        """See `Assets.drop_unused`."""
        self._link.lock(ASSETS)
        rows = self._link.rows(
            "select digest, size_bytes from blob where noted_at < ?"
            " and not exists (select 1 from asset_blob where asset_blob.digest = blob.digest) limit ?",
            (before, limit),
        )
        self._forget(digest for digest, _ in rows)
        for digest, _ in rows:
            drop(digest)
        return [Blob(*row) for row in rows]

    def _forget(self, digests: Iterable[str]) -> None:
        self._link.run_many("delete from blob where digest = ?", [(digest,) for digest in digests])


def _read(row: Sequence[object]) -> Asset:
    return Asset(**dict(zip(_COLUMNS, row, strict=True)))  # type: ignore[arg-type]

"""What every adapter of the assets port has to do."""

import hashlib
import itertools

from halley.storage.ports.assets import Asset, Blob, Content, KindUse, NewAsset
from halley.storage.ports.storage import Storage
from halley.storage.testing.make import WAIT_SECONDS, make_run

_ids = itertools.count(1)


def make_asset(
    name: str = "a.txt",
    *,
    kind: str = "file",
    step: int | None = None,
    size_bytes: int = 0,
    metadata: str = "",
    asset_id: str | None = None,
) -> Asset:
    """An asset with an id that no test had before."""
    return Asset(
        id=asset_id or f"{next(_ids):032x}",
        name=name,
        kind=kind,
        step=step,
        size_bytes=size_bytes,
        metadata=metadata,
        logged_at=5,
    )


def put(storage: Storage, run: int, *assets: NewAsset | Asset) -> None:
    """Note assets and wait; those without content are without."""
    new = [one if isinstance(one, NewAsset) else NewAsset(one, None, False) for one in assets]
    storage.write(lambda session: session.assets.put(run, new)).result(WAIT_SECONDS)


def note(storage: Storage, *blobs: Blob, now: int = 100, is_there: bool = True) -> list[bool]:
    """Note blobs and wait."""
    return storage.write(
        lambda session: [session.assets.note_blob(blob, now=now, is_there=lambda _: is_there) for blob in blobs]
    ).result(WAIT_SECONDS)


def attach(storage: Storage, run: int, asset: str, *blobs: Blob, is_there: bool = False) -> list[str] | None:
    """Attach content and wait."""
    missing = storage.write(
        lambda session: session.assets.attach(run, asset, "e" * 64, blobs, now=100, is_there=lambda _: is_there)
    ).result(WAIT_SECONDS)
    return None if missing is None else list(missing)


def make_blob(text: str) -> Blob:
    """A blob."""
    return Blob(hashlib.sha256(text.encode()).hexdigest(), len(text))


class AssetsContract:
    """See `storage.ports.assets`."""

    def test_small_content_is_there_at_once(self, storage: Storage) -> None:
        """Byte by byte, with the digest of it; also if there is none of it."""
        run = make_run(storage)
        asset, empty = make_asset("µ/a.bin", metadata='{"a": "é\\u0000"}', step=-3), make_asset("empty")
        data = bytes(range(256))
        put(storage, run, NewAsset(asset, data, False), NewAsset(empty, b"", False))
        with storage.read() as session:
            found = session.assets.get(run, asset.id)
            assert found is not None
            assert found.digest == hashlib.sha256(data).hexdigest()
            assert found.has_content
            assert (found.name, found.step, found.metadata) == ("µ/a.bin", -3, asset.metadata)
            assert session.assets.find_content(run, asset.id) == Content(data, [])
            assert session.assets.find_content(run, empty.id) == Content(b"", [])
            assert session.assets.get(run, "f" * 32) is None
            assert session.assets.find_content(run, "f" * 32) is None

    def test_the_same_id_again_changes_nothing(self, storage: Storage) -> None:
        """Neither its facts nor its content."""
        run = make_run(storage)
        asset = make_asset("first")
        put(storage, run, NewAsset(asset, b"1", False))
        put(storage, run, NewAsset(make_asset("second", asset_id=asset.id), b"2", True))
        with storage.read() as session:
            found = session.assets.get(run, asset.id)
            assert found is not None
            assert found.name == "first"
            assert session.assets.find_content(run, asset.id) == Content(b"1", [])

    def test_large_content_comes_later_in_blobs(self, storage: Storage) -> None:
        """Not before all of them are there; attached again it stays as it is."""
        run, other = make_run(storage), make_run(storage)
        asset = make_asset(size_bytes=7)
        put(storage, run, asset)
        first, second = make_blob("one"), make_blob("other")
        assert attach(storage, other, asset.id, first) is None
        assert attach(storage, run, asset.id, first, second, first) == [first.digest, second.digest]
        assert note(storage, first) == [True]
        assert attach(storage, run, asset.id, first, second, first) == [second.digest]
        with storage.read() as session:
            assert session.assets.find_content(run, asset.id) is None
        assert note(storage, second, is_there=False) == [False]
        assert attach(storage, run, asset.id, second) == [second.digest]
        note(storage, second)
        assert attach(storage, run, asset.id, first, second, first) == []
        assert attach(storage, run, asset.id, first) == []
        with storage.read() as session:
            found = session.assets.get(run, asset.id)
            assert found is not None
            assert (found.digest, found.size_bytes) == ("e" * 64, 11)
            assert session.assets.find_content(run, asset.id) == Content(None, [first, second, first])

    def test_bytes_that_nobody_noted_are_found_again(self, storage: Storage) -> None:
        """As after a database was restored from an older copy."""
        run = make_run(storage)
        asset, blob = make_asset(), make_blob("there")
        put(storage, run, asset)
        assert attach(storage, run, asset.id, blob) == [blob.digest]
        assert attach(storage, run, asset.id, blob, is_there=True) == []
        with storage.read() as session:
            assert session.assets.find_content(run, asset.id) == Content(None, [blob])

    def test_assets_are_listed_by_kind_name_and_step(self, storage: Storage) -> None:
        """Page by page; in the order in which they came where those are the same."""
        run, other = make_run(storage), make_run(storage)
        wanted = [
            make_asset("b", kind="file"),
            make_asset("a", kind="image"),
            make_asset("a", kind="image", step=-1),
            make_asset("a", kind="image", step=2),
            make_asset("a", kind="image", step=2),
            make_asset("a", kind="image", step=10),
            make_asset("B/c%_\\x", kind="image"),
        ]
        order = [0, 6, 1, 2, 3, 4, 5]
        put(storage, run, *(wanted[place] for place in (6, 5, 3, 4, 0, 2, 1)))
        put(storage, other, make_asset("a", kind="image", size_bytes=5))
        with storage.read() as session:
            page = session.assets.list(run)
            assert [one.id for one in page.assets] == [wanted[place].id for place in order]
            assert page.total == 7
            page = session.assets.list(run, kinds=["image", "text"], offset=1, limit=2)
            assert (page.total, [one.id for one in page.assets]) == (6, [wanted[1].id, wanted[2].id])
            for text, names in (("C%_\\", ["B/c%_\\x"]), ("%", ["B/c%_\\x"]), ("nothing", [])):
                assert [one.name for one in session.assets.list(run, text=text).assets] == names
            assert session.assets.count_kinds(run) == [KindUse("file", 1, 0), KindUse("image", 6, 0)]
            assert session.assets.count_kinds(other) == [KindUse("image", 1, 5)]

    def test_one_that_overwrites_takes_the_place_of_its_like(self, storage: Storage) -> None:
        """Of those with its kind, name and step in its run, and of no others."""
        run, other = make_run(storage), make_run(storage)
        kept = [make_asset("a"), make_asset("b", step=1), make_asset("a", step=2), make_asset("a", kind="text", step=1)]
        put(storage, run, *kept, make_asset("a", step=1), make_asset("a", step=1))
        elsewhere = make_asset("a", step=1)
        put(storage, other, elsewhere)
        new = make_asset("a", step=1)
        put(storage, run, NewAsset(new, b"new", True))
        put(storage, run, NewAsset(new, b"new", True))
        with storage.read() as session:
            assert {one.id for one in session.assets.list(run).assets} == {one.id for one in [*kept, new]}
            assert session.assets.list(other).total == 1

    def test_deleting_an_asset_and_a_run(self, storage: Storage) -> None:
        """Slice by slice; other runs keep theirs."""
        run, other = make_run(storage), make_run(storage)
        blob = make_blob("shared")
        note(storage, blob)
        assets = [make_asset(str(number)) for number in range(450)]
        put(storage, run, *assets)
        mine, theirs = assets[0], make_asset()
        put(storage, other, theirs)
        for one, asset in ((run, mine), (other, theirs)):
            attach(storage, one, asset.id, blob)
        for expected in (True, False):
            deleted = storage.write(lambda session: session.assets.delete_asset(run, assets[1].id))
            assert deleted.result(WAIT_SECONDS) is expected
        slices = 1
        while storage.write(lambda session: session.assets.delete(run)).result(WAIT_SECONDS):
            slices += 1
        assert slices > 1
        with storage.read() as session:
            assert session.assets.list(run).total == 0
            assert session.assets.find_content(other, theirs.id) == Content(None, [blob])

    def test_blobs_of_nobody_are_dropped_after_a_while(self, storage: Storage) -> None:
        """Not what any asset has, nor what was noted lately; what is dropped has to be put again."""
        run = make_run(storage)
        used, old, fresh = make_blob("used"), make_blob("old"), make_blob("fresh")
        note(storage, used, old, now=100)
        note(storage, fresh, now=100)
        note(storage, fresh, now=300)
        asset, late = make_asset(), make_asset()
        put(storage, run, asset, late)
        attach(storage, run, asset.id, used)
        dropped: list[str] = []

        def drop(before: int) -> list[Blob]:
            job = storage.write(
                lambda session: session.assets.drop_unused(before=before, limit=10, drop=dropped.append)
            )
            return list(job.result(WAIT_SECONDS))

        assert drop(100) == []
        assert drop(200) == [old]
        assert dropped == [old.digest]
        assert attach(storage, run, late.id, old) == [old.digest]
        storage.write(lambda session: session.assets.delete_asset(run, asset.id)).result(WAIT_SECONDS)
        assert sorted(drop(1_000)) == sorted([used, fresh])
        assert sorted(dropped) == sorted([old.digest, used.digest, fresh.digest])

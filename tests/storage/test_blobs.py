"""Blobs in a folder: whole or not at all, private, and never outside of it."""

import hashlib
import os
import stat
import threading

import pytest

from halley.errors import ArgumentError, StorageDamaged, StorageError
from halley.storage.blobs.folder import FolderBlobs, NoBlobs


@pytest.fixture
def blobs(tmp_path):
    return FolderBlobs(tmp_path / "blobs")


def put(blobs, data):
    digest = hashlib.sha256(data).hexdigest()
    blobs.put(digest, data)
    return digest


def test_what_is_put_is_there_byte_by_byte(blobs):
    data = os.urandom(100_000)
    digest, empty = put(blobs, data), put(blobs, b"")
    assert blobs.read(digest) == data
    assert blobs.read(digest, 10, 20) == data[10:20]
    assert blobs.read(digest, 99_990) == data[-10:]
    assert blobs.read(digest, 99_990, 200_000) == data[-10:]
    assert blobs.read(empty) == b""
    assert blobs.find([digest, "0" * 64, empty]) == {digest, empty}


def test_it_is_for_this_user_alone(blobs, tmp_path):
    digest = put(blobs, b"private")
    path = tmp_path / "blobs" / digest[:2] / digest
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == [digest]


def test_bytes_with_another_digest_are_refused(blobs):
    with pytest.raises(ArgumentError, match="have SHA-256"):
        blobs.put("0" * 64, b"x")
    assert blobs.find(["0" * 64]) == set()


@pytest.mark.parametrize("digest", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 65, "/" * 64])
def test_no_digest_leads_out_of_the_folder(blobs, digest):
    for ask in (lambda: blobs.read(digest), lambda: blobs.find([digest]), lambda: blobs.delete(digest)):
        with pytest.raises(ArgumentError):
            ask()


def test_damage_is_said(blobs, tmp_path):
    digest = put(blobs, b"what was put")
    path = tmp_path / "blobs" / digest[:2] / digest
    path.write_bytes(b"what was pux")
    with pytest.raises(StorageDamaged, match=r"is damaged.*Restore it from a backup"):
        blobs.read(digest)
    path.unlink()
    with pytest.raises(StorageDamaged, match="is missing"):
        blobs.read(digest)


def test_half_a_file_is_put_anew(blobs, tmp_path):
    digest = put(blobs, b"what was put")
    (tmp_path / "blobs" / digest[:2] / digest).write_bytes(b"what")
    put(blobs, b"what was put")
    assert blobs.read(digest) == b"what was put"


def test_deleting_twice_does_no_harm(blobs, tmp_path):
    digest = put(blobs, b"x")
    blobs.delete(digest)
    blobs.delete(digest)
    assert blobs.find([digest]) == set()
    assert list((tmp_path / "blobs").iterdir()) == []


def test_many_threads_put_the_same(blobs):
    data = os.urandom(2_000_000)
    threads = [threading.Thread(target=put, args=(blobs, data)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert blobs.read(hashlib.sha256(data).hexdigest()) == data


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "blobs").write_text("a file")
    with pytest.raises(StorageError, match=f"cannot be written in {tmp_path / 'blobs'}"):
        put(FolderBlobs(tmp_path / "blobs"), b"x")


def test_without_a_folder_nothing_can_be_put():
    with pytest.raises(StorageError, match="has no folder for files"):
        put(NoBlobs(), b"x")
    assert NoBlobs().find(["0" * 64]) == set()

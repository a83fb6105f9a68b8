"""Bytes by their SHA-256: the content of assets, in pieces.

**Durability.** What `put` returned for is on the disk. A blob is there whole or not at all, whatever dies meanwhile.

**Concurrency.** Thread-safe, and safe between processes. Putting what is there already is harmless and keeps it.

**Forgetting.** Nothing is deleted but by `delete`. Who may call it: `Assets.drop_unused`, inside its transaction.
"""

from collections.abc import Iterable
from typing import Protocol


class Blobs(Protocol):
    """See the module's contract."""

    def put(self, digest: str, data: bytes) -> None:
        """Keep bytes.

        Args:
            digest: Their SHA-256 in hexadecimal.
            data: At most `core.asset.BLOB_BYTES`.

        Raises:
            ArgumentError: the digest is not theirs.
            StorageError: they cannot be written.
        """
        ...

    def read(self, digest: str, begin: int = 0, end: int | None = None) -> bytes:
        """Bytes of a blob, from `begin` up to `end`, which is not inside; None for all.

        Raises:
            StorageDamaged: it is not there, or what is there is not what was put (as far as all of it is read).
        """
        ...

    def find(self, digests: Iterable[str]) -> set[str]:
        """Which of these are there."""
        ...

    def delete(self, digest: str) -> None:
        """Delete a blob; nothing if it is not there."""
        ...

"""Sending the content of assets, piece by piece, in between batches: a large file never holds up a metric."""

import hashlib
from collections.abc import Callable
from io import BufferedReader
from pathlib import Path

import msgspec

from halley.core.asset import BLOB_BYTES
from halley.errors import ServerRefused
from halley.sdk.journal.stage import FILES, list_files
from halley.sdk.sender.deliver import Courier
from halley.wire.api import AttachContent, BlobList, BlobRef, FindBlobs

_JSON = "application/json"
_BYTES = "application/octet-stream"


class Files:
    """Sends the files that wait in a run folder.

    Args:
        run: The run folder.
        courier: Delivers to the server.
        say: Called with lines for people.

    Attributes:
        refused_count: Files that could not be delivered; what there was of them is in `refused`.
    """

    def __init__(self, run: Path, courier: Courier, say: Callable[[str], None]) -> None:
        self._run = run
        self._courier = courier
        self._say = say
        self._reading: _Reading | None = None
        self._early: set[str] = set()
        self.refused_count = 0

    @property
    def waiting(self) -> list[Path]:
        """The files that are left to send, the oldest first."""
        return list_files(self._run)

    def send_some(self, *, is_last: bool) -> bool:
        """Send the next piece of the oldest file, or say of what pieces it is; say whether there was anything to do.

        Args:
            is_last: Whether everything else was sent: an asset that the server does not know now, it will never know.

        Raises:
            DeliveryError: the server did not take it.
        """
        if self._reading is None:
            path = next((path for path in self.waiting if is_last or path.name not in self._early), None)
            if path is None:
                self._early.clear()  # their assets may be known by now
                return False
            try:
                self._reading = _Reading(path)
            except OSError as error:
                self._put_aside(path, f"it cannot be read any more: {error.strerror or error}")
                return True
        self._go_on(self._reading, is_last=is_last)
        return True

    def _go_on(self, reading: "_Reading", *, is_last: bool) -> None:
        try:
            piece = reading.next_piece()
        except OSError as error:
            self._put_aside(reading.path, f"it cannot be read any more: {error.strerror or error}")
            return
        try:
            if piece is None:
                self._attach(reading)
            else:
                self._put(reading, piece)
        except ServerRefused as error:
            if error.status == 404 and not is_last:
                self._early.add(reading.path.name)  # its record is still on its way
                self._stop()
            elif error.status == 409:
                self._stop()  # pieces were dropped meanwhile: from the beginning
            elif error.status in {400, 404, 413}:
                self._put_aside(reading.path, str(error))
            else:
                raise

    def _put(self, reading: "_Reading", piece: bytes) -> None:
        digest = hashlib.sha256(piece).hexdigest()
        asked = msgspec.json.encode(FindBlobs([digest]))
        found = msgspec.json.decode(self._courier.ask("POST", "/api/v1/blobs/find", asked, _JSON), type=BlobList)
        if digest in found.missing:
            self._courier.ask("PUT", f"/api/v1/blobs/{digest}", piece, _BYTES)
        reading.keep(BlobRef(digest, len(piece)))

    def _attach(self, reading: "_Reading") -> None:
        content = msgspec.json.encode(AttachContent(reading.digest, reading.blobs))
        path = f"/api/v1/experiments/{self._run.name}/assets/{reading.path.name}/content"
        self._courier.ask("PUT", path, content, _JSON)
        reading.path.unlink(missing_ok=True)
        self._stop()

    def _put_aside(self, path: Path, reason: str) -> None:
        self._stop()
        self.refused_count += 1
        aside = self._run / "refused"
        aside.mkdir(exist_ok=True)
        path.rename(aside / path.name)
        self._say(f"The file of asset {path.name} cannot be delivered and is kept in {aside}: {reason}")

    def _stop(self) -> None:
        if self._reading is not None:
            self._reading.close()
            self._reading = None

    def close(self) -> None:
        """Close what is open, and remove the folder if nothing waits."""
        self._stop()
        if not self.waiting:
            for hidden in (self._run / FILES).glob(".*"):
                hidden.unlink(missing_ok=True)  # half a copy, made by a process that died
            try:
                (self._run / FILES).rmdir()
            except OSError:
                return


class _Reading:
    """A file that is being sent.

    Raises:
        OSError: it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.blobs: list[BlobRef] = []
        self._file: BufferedReader = path.open("rb")
        self._whole = hashlib.sha256()
        self._piece: bytes | None = None

    def next_piece(self) -> bytes | None:
        """The piece to send now, until it is kept; None at the end. Even an empty file has one.

        Raises:
            OSError: it cannot be read.
        """
        if self._piece is None:
            piece = self._file.read(BLOB_BYTES)
            if not piece and self.blobs:
                return None
            self._piece = piece
        return self._piece

    def keep(self, blob: BlobRef) -> None:
        """The server has the piece."""
        assert self._piece is not None
        self._whole.update(self._piece)
        self._piece = None
        self.blobs.append(blob)

    @property
    def digest(self) -> str:
        """SHA-256 of what was read."""
        return self._whole.hexdigest()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

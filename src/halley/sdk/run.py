"""The local half of a running experiment: its run folder, its journal, its sender, its captured output."""

import os
import subprocess
import threading
import time
from collections.abc import Callable

import msgspec

from halley.core.asset import INLINE_BYTES
from halley.errors import JournalError
from halley.sdk.capture.output import OutputCapture
from halley.sdk.encode.asset import Source
from halley.sdk.journal.delivery import Delivery, open_delivery, read_delivery
from halley.sdk.journal.stage import list_files, stage_bytes, stage_file
from halley.sdk.journal.write import Journal
from halley.sdk.place import Place
from halley.sdk.say import say
from halley.sdk.sender.launch import Orders, start_sender
from halley.wire.records import Asset, End, Start

_GONE = "it was deleted on the server, so nothing of it is kept any more"
_WATCH_SECONDS = 1.0
_RESTARTS_MOST = 20
_GIVE_UP_SECONDS = 3.0
"""At the end, a server that has not answered for so long is not waited for any longer."""


class Run:
    """Everything of a running experiment that lives on this machine.

    Args:
        place: Where it belongs.
        start: Its first record.
        orders: Whom the sender talks to; None keeps everything here.
        is_quiet: Whether to say nothing.

    Raises:
        JournalError: the run folder cannot be made.
    """

    def __init__(self, place: Place, start: Start, *, orders: Orders | None, is_quiet: bool) -> None:
        self.place = place
        self.folder = place.run
        self._orders = orders
        self._is_quiet = is_quiet
        self._said: set[str] = set()
        self._restarts = 0
        self._gate = threading.RLock()
        self._is_over = threading.Event()
        _fill_standard_descriptors()
        try:
            self.journal = Journal(
                self.folder,
                experiment_key=place.key,
                workspace=place.workspace,
                project=place.project,
                kind="trainer",
            )
            self._delivery = open_delivery(self.folder)
        except OSError as error:
            raise JournalError(
                f"The run folder {self.folder} cannot be made: {error.strerror or error}.",
                hint="Free space or make it writable, or set HALLEY_HOME to another folder.",
            ) from error
        self.journal.append(start)
        self._sender: subprocess.Popen[bytes] | None = None
        self._start_sender()
        self.output: OutputCapture | None = None
        threading.Thread(target=self._watch, name="halley-watch", daemon=True).start()

    @property
    def is_online(self) -> bool:
        """Whether a sender is at work."""
        return self._orders is not None

    def capture_output(self) -> None:
        """Capture stdout and stderr from now on."""
        try:
            self.output = OutputCapture(self.journal, self.place)
        except OSError as error:
            self.say(f"output cannot be captured: {error}", once="output")

    def delivery(self) -> Delivery:
        """How far the sender is."""
        if os.fstat(self._delivery).st_nlink == 0 and (self.folder / "delivery").exists():
            # The sender of an earlier run of this experiment cleaned up; the next one began a new file.
            os.close(self._delivery)
            self._delivery = open_delivery(self.folder)
        return read_delivery(self._delivery) or Delivery()

    def flush(self, timeout: float) -> bool:
        """Wait until everything logged so far is on the server (offline: on the disk); False if time is up."""
        deadline = time.monotonic() + timeout
        is_written = self.journal.retry()
        number, writer = self.journal.number, self.journal.writer
        if not self.is_online:
            return is_written

        def is_there() -> bool:
            return self.delivery().acknowledged.get(writer, 0) >= number

        self._wait(deadline, lambda: self.delivery().is_gone or is_there())
        return is_written and is_there()

    def close(self, end: End, timeout: float) -> None:
        """Write down how it ended, wait a bounded time for the server, and say what became of the records."""
        deadline = time.monotonic() + timeout
        with self._gate:  # nobody watches any more behind this line
            self._is_over.set()
        output_folder = None
        if self.output is not None:
            output_folder = self.output.folder
            self.output.close()
        while not self.journal.retry() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.journal.close(end)

        def is_done() -> bool:
            if self.delivery().is_done:
                return True
            has_writers = self.journal.folder.exists() or (output_folder is not None and output_folder.exists())
            return not has_writers and not list_files(self.folder)

        can_wait = self.is_online and timeout > 0 and self.journal.is_closed
        done = can_wait and self._wait(deadline, is_done)
        self._summarise(end, is_done=done)
        os.close(self._delivery)

    def keep(self, asset: Asset, source: Source, *, is_copied: bool) -> Asset | None:
        """Keep the content of an asset: in its record if it is small, else among the files that are sent apart.

        Returns:
            Its record; None if it cannot be kept, which is said once.
        """
        try:
            data, path = source.data, source.path
            if path is not None and path.stat().st_size <= INLINE_BYTES:
                data = path.read_bytes()
            if data is not None and len(data) <= INLINE_BYTES:
                return msgspec.structs.replace(asset, media_type=source.media_type, size_bytes=len(data), data=data)
            if data is not None:
                size = stage_bytes(self.folder, asset.id, [data])
            else:
                assert path is not None  # a source has one of the two
                size = stage_file(self.folder, asset.id, path, is_copied=is_copied)
        except OSError as error:
            self.say(f"asset {asset.name!r} is not kept: {error.strerror or error}", once=f"asset {error.errno}")
            return None
        return msgspec.structs.replace(asset, media_type=source.media_type, size_bytes=size)

    def abandon(self) -> None:
        """In a forked child: close the journal this child may have begun, and nothing else."""
        self.journal.close()

    def say(self, text: str, *, once: str = "") -> None:
        """Say a line, unless told to be quiet or having said it already."""
        if self._is_quiet or once in self._said:
            return
        if once:
            self._said.add(once)
        say(text)

    @property
    def _upload(self) -> str:
        """What sends by hand what is in the run folder."""
        return f"halley upload {self.folder}"

    def _start_sender(self) -> None:
        if self._orders is None:
            return
        try:
            self._sender = start_sender(self.folder, self._orders)
        except OSError as error:
            self.say(f"the sender cannot be started ({error}); afterwards run: {self._upload}", once="sender")

    def _is_served(self) -> bool:
        """Whether the sender still works."""
        return self._sender is not None and self._sender.poll() is None

    def _wait(self, deadline: float, is_true: Callable[[], bool]) -> bool:
        pause = 0.005
        while not is_true():
            now = time.monotonic()
            if now >= deadline or (self._is_over.is_set() and self._is_away()):
                return False
            if self._is_over.is_set() and not self._is_served():
                return is_true()  # its last word may have come between the two questions
            time.sleep(min(pause, deadline - now))
            pause = min(0.05, pause * 1.5)
        return True

    def _is_away(self) -> bool:
        failing_since = self.delivery().failing_since
        return failing_since > 0 and time.time() - failing_since / 1000 > _GIVE_UP_SECONDS

    def _watch(self) -> None:
        while not self._is_over.wait(_WATCH_SECONDS):
            with self._gate:
                if not self._is_over.is_set():
                    self._look()
        if self._sender is not None:
            self._sender.wait()  # it may go on for long; a process that nobody waits for stays as a zombie

    def _look(self) -> None:
        journal, delivery = self.journal, self.delivery()
        if delivery.error and time.time() - delivery.failing_since / 1000 > _WATCH_SECONDS:
            self.say(f"{delivery.error} Everything is kept in {self.folder} and will be sent.", once="away")
        if delivery.is_gone:
            self.say(f"experiment {self.place.key}: {_GONE}", once="gone")
        if delivery.refused:
            self.say(f"the server refused records; they are kept in {self.folder / 'refused'}", once="refused")
        if not journal.retry():
            self.say(
                f"{journal.trouble} at {journal.folder}: free space. {journal.held_count:,} records are held in "
                "memory, which is possible up to 64 MiB",
                once="full",
            )
        self._revive_sender()

    def _revive_sender(self) -> None:
        if self._sender is None or self._is_served():
            return
        if self._restarts == _RESTARTS_MOST:
            log = self.folder / "sender.log"
            self.say(f"the sender stops again and again, see {log}; afterwards run: {self._upload}", once="sender")
            return
        self._restarts += 1
        self._start_sender()

    def _summarise(self, end: End, *, is_done: bool) -> None:
        delivery, journal = self.delivery(), self.journal
        parts = [f"experiment {end.state}"]
        if not self.is_online:
            parts.append(f"{journal.number:,} records are in {self.folder}; send them: {self._upload}")
        elif delivery.is_gone:
            parts.append(_GONE)
        elif is_done:
            parts.append(f"all {journal.number:,} records delivered")
        else:
            delivered = delivery.acknowledged.get(journal.writer, 0)
            files = len(list_files(self.folder))
            rest = "and being sent" if self._is_served() else f"as the sender stopped; send it: {self._upload}"
            apart = f", {files:,} {'file' if files == 1 else 'files'} to send" if files else ""
            parts.append(
                f"{delivered:,} of {journal.number:,} records delivered{apart}, the rest is in {self.folder} {rest}"
            )
            if delivery.error:
                parts.append(delivery.error.rstrip("."))
        if delivery.refused:
            parts.append(f"{delivery.refused:,} refused by the server and kept in {self.folder / 'refused'}")
        if journal.dropped_count:
            parts.append(
                f"{journal.dropped_count:,} records lost, as the disk was full and memory too ({journal.trouble})"
            )
        if self.is_online and not delivery.is_gone:
            parts.append(self.place.url + delivery.path if delivery.path else self.place.page)
        self.say("; ".join(parts))


def _fill_standard_descriptors() -> None:
    """Open what is closed of 0, 1 and 2, so that no file of ours takes its place and is written to as output."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one

"""Draining a run folder: everything its writers wrote goes to the server, once, however often that takes.

The sender process and `halley upload` run this same code.
"""

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from halley.errors import DeliveryError, ExperimentGone, JournalCorrupt, ServerRefused, ServerUnreachable
from halley.sdk.journal.delivery import Delivery
from halley.sdk.journal.folder import list_writers
from halley.sdk.journal.stage import remove_files
from halley.sdk.sender.collect import make_gap
from halley.sdk.sender.deliver import Courier, Gap
from halley.sdk.sender.ending import Endings
from halley.sdk.sender.files import Files
from halley.sdk.sender.follow import Follower
from halley.wire.batch import Batch, BatchReply

POLL_SECONDS = 0.05
HEARTBEAT_SECONDS = 5.0
RETRY_LEAST_SECONDS = 0.2
RETRY_MOST_SECONDS = 15.0
REFUSED_RETRY_SECONDS = 30.0
"""How long to wait when the server refuses everything: a wrong key, a wrong address."""
PATIENCE_SECONDS = 24 * 3600.0
"""How long a sender tries to reach a server after the training ended; `halley upload` sends what is left then."""


class Outcome(NamedTuple):
    """What became of a run folder.

    Attributes:
        is_complete: Whether everything that can be delivered is.
        delivery: The counts.
        already_count: Records the server had before.
        error: Why it is not complete; empty if it is.
    """

    is_complete: bool
    delivery: Delivery
    already_count: int
    error: str


class Drain:
    """Drains one run folder. The caller holds its lock.

    Args:
        run: The run folder.
        courier: Delivers to the server.
        report: Called with every change of how far it is.
        say: Called with lines for people.
        patience_seconds: How long to try when nobody writes any more and the server does not take it.
        clock: Seconds, for delays.
        wait: Sleeps.
        spread: A random number from 0 to 1, so that many senders do not retry in step.
    """

    def __init__(
        self,
        run: Path,
        courier: Courier,
        *,
        report: Callable[[Delivery], None],
        say: Callable[[str], None],
        patience_seconds: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
        spread: Callable[[], float] = random.random,
    ) -> None:
        self._run = run
        self._courier = courier
        self._report = report
        self._say = say
        self._patience_seconds = patience_seconds
        self._clock = clock
        self._wait = wait
        self._spread = spread
        self._followers: dict[str, Follower] = {}
        self._acknowledged: dict[str, int] = {}
        self._delivered = 0
        self._already = 0
        self._refused = 0
        self._broken = 0
        self._name = self._path = ""
        self._error = ""
        self._said = ""
        self._failures = 0
        self._is_refused = False
        self._failing_at = 0.0
        self._failing_since = 0
        self._next_try = 0.0
        self._posted_at = clock()
        self._last_report: Delivery | None = None
        self._endings = Endings(run, say)
        self._files = Files(run, courier, say)
        self._is_gone = False

    def run(self) -> Outcome:
        """Drain until every writer is dead and everything is acknowledged, or patience ends.

        Raises:
            JournalVersionError: a newer Halley wrote one of the journals.
            ExperimentGone: the experiment was deleted on the server.
        """
        while True:
            is_busy = self._step()
            is_drained = not self._followers and not self._discover()
            if not is_busy and self._clock() >= self._next_try:
                is_busy = self._send_file(is_last=is_drained)
            if is_drained and not self._files.waiting:
                self._files.close()
                return Outcome(True, self._tell(is_done=True), self._already, "")
            now = self._clock()
            if self._failures and not self._anyone_alive() and self._is_out_of_patience(now):
                return Outcome(False, self._tell(), self._already, self._error)
            self._tell()
            if not is_busy:
                pause = min(0.5, max(POLL_SECONDS, self._next_try - now)) if self._failures else POLL_SECONDS
                self._wait(pause)

    def ask_what_is_there(self) -> None:
        """Ask the server what it has of each writer, so that it is not sent again, and count it.

        A server that does not answer is asked again by what follows, when it says or when it is time.

        Raises:
            ExperimentGone: the experiment was deleted on the server.
        """
        self._discover()
        for follower in self._followers.values():
            follower.look(self._clock())
            header = follower.header
            if header is None:
                continue
            try:
                reply = self._courier.post(make_gap(header, 0, 0))
            except DeliveryError as error:
                self._fail(error)
                return
            if reply.acknowledged > follower.first:
                self._already += reply.acknowledged - follower.first
                follower.rewind(reply.acknowledged)
                self._acknowledged[follower.folder.name] = reply.acknowledged

    def discard(self) -> None:
        """Throw away what is here and what still comes, until nobody writes: the experiment was deleted.

        A training that goes on would fill its disk otherwise, with what no server takes.
        """
        self._is_gone = True
        self._error, self._failing_since = "", 0
        self._tell()  # before anything is gone that the training looks at
        while self._discover():
            for follower in list(self._followers.values()):
                follower.look(self._clock())
                follower.discard()
                if follower.is_drained:
                    del self._followers[follower.folder.name]
                    follower.remove()
            self._tell()
            self._wait(POLL_SECONDS)
        self._files.close()
        remove_files(self._run)
        self._tell(is_done=True)

    def _step(self) -> bool:
        """Look at every writer once and send what is due; say whether something was sent."""
        self._discover()
        sent = False
        for follower in list(self._followers.values()):
            follower.look(self._clock())
            now = self._clock()
            if follower.is_drained:
                self._retire(follower)
            elif now >= self._next_try and follower.is_due(now):
                sent = self._send(follower) or sent
        now = self._clock()
        if now >= self._next_try and now - self._posted_at >= HEARTBEAT_SECONDS:
            self._beat()
        return sent

    def _send_file(self, *, is_last: bool) -> bool:
        """Send a piece of a file; say whether there was one to send."""
        try:
            is_sent = self._files.send_some(is_last=is_last)
        except DeliveryError as error:
            self._fail(error)
            return False
        if is_sent and self._failures:
            self._recover()
        return is_sent

    def _discover(self) -> bool:
        try:
            folders = list_writers(self._run)
        except FileNotFoundError:
            folders = []
        for folder in folders:
            if folder.name not in self._followers:
                self._followers[folder.name] = Follower(folder)
        present = {folder.name for folder in folders}
        for name in [name for name in self._followers if name not in present]:
            self._followers.pop(name).reader.close()  # somebody removed it
        return bool(folders)

    def _is_out_of_patience(self, now: float) -> bool:
        is_hopeless = self._is_refused and self._patience_seconds < REFUSED_RETRY_SECONDS
        return is_hopeless or now - self._failing_at > self._patience_seconds

    def _anyone_alive(self) -> bool:
        return any(follower.is_alive for follower in self._followers.values())

    def _send(self, follower: Follower) -> bool:
        first = follower.first
        try:
            batch = follower.next_batch()
        except JournalCorrupt as error:
            return self._refuse(follower, str(error))
        try:
            reply = self._courier.post(batch)
        except ServerRefused as error:
            if error.status in {400, 413, 422}:
                return follower.halve(batch.count) or self._refuse(follower, str(error))
            self._fail(error)
            return False
        except ServerUnreachable as error:
            self._fail(error)
            return False
        return self._take(follower, batch, reply, first)

    def _take(self, follower: Follower, batch: Batch, reply: BatchReply | Gap, first: int) -> bool:
        if isinstance(reply, Gap):
            if reply.acknowledged == first or batch.is_resend_after_loss:
                self._fail(ServerUnreachable(f"The server says it lacks records that it was sent ({first})."))
                return False
            self._posted_at = self._clock()
            if reply.acknowledged > first:
                self._already += reply.acknowledged - first
            follower.rewind(reply.acknowledged)
            return True
        self._succeed(reply)
        if reply.acknowledged > first + batch.count:
            self._already += batch.count  # the server knew more than this batch: it had it
        elif not follower.is_gap:
            self._delivered += batch.count
        follower.acknowledge(reply.acknowledged)
        self._acknowledged[follower.folder.name] = reply.acknowledged
        return True

    def _refuse(self, follower: Follower, reason: str) -> bool:
        """Keep the one record that cannot be delivered elsewhere, and go on behind it."""
        header, first = follower.header, follower.first
        if follower.is_gap or header is None:
            self._fail(ServerRefused(reason, status=400))
            return False
        try:
            reply = self._courier.post(make_gap(header, first, 1, after_loss=follower.after_loss))
        except DeliveryError as error:
            self._fail(error)
            return False
        if isinstance(reply, Gap):
            follower.rewind(reply.acknowledged)
            return True
        aside = self._run / "refused"
        aside.mkdir(exist_ok=True)
        (aside / f"{follower.folder.name}-{first:012d}.msgpack").write_bytes(follower.first_waiting())
        self._say(f"Record {first} of {header.writer} was refused and is kept in {aside}: {reason}")
        self._refused += 1
        self._succeed(reply)
        follower.acknowledge(reply.acknowledged)
        self._acknowledged[follower.folder.name] = reply.acknowledged
        return True

    def _beat(self) -> None:
        for follower in self._followers.values():
            batch = follower.heartbeat() if follower.is_alive else None
            if batch is not None:
                try:
                    reply = self._courier.post(batch)
                except DeliveryError as error:
                    self._fail(error)
                    return
                if isinstance(reply, Gap):
                    follower.rewind(reply.acknowledged)
                else:
                    self._succeed(reply)
                self._posted_at = self._clock()
                return

    def _retire(self, follower: Follower) -> None:
        """A writer is dead and everything it wrote is on the server: say how it ended, and clean up behind it."""
        try:
            self._endings.settle(follower, self._followers.values())
        except OSError as error:
            self._fail(ServerUnreachable(f"{self._run} cannot be written: {error}."))
            return
        self._broken += follower.broken_count
        if follower.broken_count:
            self._say(f"{follower.broken_count} records could not be read; the bytes are in {self._run / 'broken'}.")
        del self._followers[follower.folder.name]
        if follower.kind == "fork":
            self._acknowledged.pop(follower.folder.name, None)  # nobody asks for it, and there may be thousands
        follower.remove()

    def _succeed(self, reply: BatchReply) -> None:
        self._name, self._path = reply.name, reply.path
        self._recover()
        self._posted_at = self._clock()

    def _recover(self) -> None:
        if self._said:
            self._say("The server takes records again.")
        self._error = self._said = ""
        self._failures = self._failing_since = 0
        self._next_try = 0.0

    def _fail(self, error: DeliveryError) -> None:
        if isinstance(error, ExperimentGone):
            raise error
        now = self._clock()
        if not self._failures:
            self._failing_at = now
            self._failing_since = time.time_ns() // 1_000_000
        self._failures += 1
        self._is_refused = isinstance(error, ServerRefused)
        delay = min(RETRY_MOST_SECONDS, RETRY_LEAST_SECONDS * 1.7 ** min(self._failures - 1, 20))
        if self._is_refused:
            delay = REFUSED_RETRY_SECONDS
        delay *= 0.75 + 0.25 * self._spread()
        if isinstance(error, ServerUnreachable):  # not before the server asks for it, and not all at the same moment
            delay = max(delay, error.after_seconds * (1 + 0.25 * self._spread()))
        self._next_try = now + delay
        self._error = str(error)
        if self._said != self._error:
            self._said = self._error
            self._say(f"{self._error} Everything is kept, and sent when it does.")

    def _tell(self, *, is_done: bool = False) -> Delivery:
        delivery = Delivery(
            acknowledged=dict(self._acknowledged),
            delivered=self._delivered,
            refused=self._refused + self._files.refused_count,
            files=len(self._files.waiting),
            broken=self._broken + sum(follower.broken_count for follower in self._followers.values()),
            error=self._error,
            failing_since=self._failing_since,
            name=self._name,
            path=self._path,
            is_gone=self._is_gone,
            is_done=is_done,
        )
        if delivery != self._last_report:
            self._last_report = delivery
            self._report(delivery)
        return delivery


def remove_run(run: Path) -> bool:
    """Remove a drained run folder; False if it holds what a person should see, or somebody writes in it again."""
    for name in ("delivery", "sender.log", "sender.lock"):
        if not ((run / "refused").exists() or (run / "broken").exists()) or name != "sender.log":
            (run / name).unlink(missing_ok=True)
    try:
        run.rmdir()
    except OSError:
        return False
    return True

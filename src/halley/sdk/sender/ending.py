"""How a training ended that could not say it itself: told once, by the sender, in a journal of its own."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from halley.sdk.journal.folder import read_death
from halley.sdk.journal.layout import Header
from halley.sdk.journal.write import Journal
from halley.sdk.sender.follow import Follower
from halley.wire.records import End


class Endings:
    """Sees to it that the last training process of a run folder has an end.

    Args:
        run: The run folder.
        say: Called with lines for people.
    """

    def __init__(self, run: Path, say: Callable[[str], None]) -> None:
        self._run = run
        self._say = say
        self._told_at = 0
        """When the process whose end is told last began its journal, milliseconds since 1970 UTC."""

    def settle(self, follower: Follower, others: Iterable[Follower]) -> None:
        """A writer is dead and everything it wrote is on the server: say how it ended if nobody else does.

        Args:
            follower: Follows the dead writer.
            others: All that are followed.

        Raises:
            OSError: the run folder cannot be written.
        """
        header = follower.header
        if header is None or header.kind != "trainer":
            return
        if follower.reader.has_end:
            self._told_at = max(self._told_at, header.created_at)
        elif self._is_taken_up(header, others):
            self._say(f"Writer {follower.folder.name} died; the experiment was taken up again.")
        else:
            self._write(follower, header)
            self._told_at = header.created_at

    def _is_taken_up(self, header: Header, others: Iterable[Follower]) -> bool:
        """Whether another training process says how the experiment ends, or has said it: a living or a later one."""
        return header.created_at < self._told_at or any(
            other.is_alive or other.created_at > header.created_at for other in others if other.kind == "trainer"
        )

    def _write(self, follower: Follower, header: Header) -> None:
        death = read_death(follower.folder)
        ended_at = time.time_ns() // 1_000_000 if follower.was_alive else follower.last_time()
        journal = Journal(
            self._run,
            experiment_key=header.experiment_key,
            workspace=header.workspace,
            project=header.project,
            kind="sender",
            segment_bytes=1 << 14,
        )
        journal.close(End(time=ended_at, state=death.state, reason=death.reason))

"""An experiment's states and the rule by which one follows another."""

from enum import StrEnum


class State(StrEnum):
    """How an experiment stands.

    `running` speaks; `finished` ended by itself; `failed` ended by an exception; `killed` was ended from outside
    (a signal, kill -9, out of memory); `lost` has not spoken for a while, and becomes running if it speaks again.
    """

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    KILLED = "killed"
    LOST = "lost"

    @property
    def is_ended(self) -> bool:
        """Whether the experiment said, or its sender saw, that it ended."""
        return self in {State.FINISHED, State.FAILED, State.KILLED}

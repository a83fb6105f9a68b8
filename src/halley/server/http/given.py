"""What a route is given besides its request: the store, the clock, the broadcast. `app.py` provides them by name."""

import time
from collections.abc import Callable
from typing import Any

from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation

from halley.storage.ports.storage import Storage

Clock = Callable[[], int]
"""Tells the time in milliseconds since 1970 UTC."""

GivenStorage = NamedDependency[SkipValidation[Storage]]
"""The open store, under the name `storage`."""

GivenClock = NamedDependency[SkipValidation[Clock]]
"""The clock, under the name `clock`."""


def now_ms() -> int:
    """Tell the time by the system's clock."""
    return time.time_ns() // 1_000_000


def provide(value: Any) -> Provide:
    """Give routes this very value."""
    return Provide(lambda: value, sync_to_thread=False)

"""What other slices may use: the broadcast."""

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from halley.server.events.broadcast import Broadcast

__all__ = ["Broadcast", "GivenBroadcast"]

GivenBroadcast = NamedDependency[SkipValidation[Broadcast]]
"""The broadcast, under the name `broadcast`."""

"""What other slices may use: the tidier."""

from halley.server.metrics.tidy import Tidier

__all__ = ["Tidier"]

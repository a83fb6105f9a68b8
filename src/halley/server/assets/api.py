"""What other slices may call: checking an asset that a batch says."""

from halley.server.assets.check import read_asset

__all__ = ["read_asset"]

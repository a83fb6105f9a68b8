"""Projects: listing, making, their columns."""

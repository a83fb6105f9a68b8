"""Ingest: taking batches of what experiments said, once."""

"""Metrics: drawing charts, tidying points."""

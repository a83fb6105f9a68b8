"""Experiments: searching, reading, changing, deleting, losing."""

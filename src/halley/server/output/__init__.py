"""Output: lines of stdout and stderr."""

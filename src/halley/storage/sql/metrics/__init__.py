"""Points of metrics over SQL: a journal of small batches, compressed chunks, and a summary of every series."""

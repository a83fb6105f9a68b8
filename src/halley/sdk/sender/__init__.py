"""Journal to server: batches, retries, heartbeat and the true end. Runs in its own process, outlives the training."""

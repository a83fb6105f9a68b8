"""Assets: files of experiments."""

"""Lines for people, on standard error. Nothing else in the SDK prints."""

import sys


def say(text: str) -> None:
    """Print one line; a standard error that is closed or broken is no reason to disturb training."""
    stream = sys.stderr
    try:
        stream.write(f"Halley: {text}\n")
        stream.flush()
    except (AttributeError, OSError, ValueError):
        pass

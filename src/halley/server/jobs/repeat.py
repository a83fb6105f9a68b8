"""Doing something again and again, whatever happens to it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from halley.errors import StorageError

logger = logging.getLogger("halley.server")


async def repeat(job: Callable[[], Awaitable[None]], *, every_seconds: float, name: str) -> None:
    """Run a job, wait, and again, until cancelled; a run that fails is logged and does not end the others.

    Args:
        job: What to do.
        every_seconds: The pause between the end of a run and the begin of the next.
        name: What the log calls it.
    """
    while True:
        await asyncio.sleep(every_seconds)
        try:
            await job()
        except StorageError as error:  # it says itself what is wrong
            logger.error("Could not %s: %s It is tried again in %g s.", name, error, every_seconds)
        except Exception:
            logger.exception("Could not %s; it is tried again in %g s.", name, every_seconds)

"""The sender process: `python -m halley.sdk.sender RUN_FOLDER`. Its orders come as JSON on standard input."""

import os
import sys
import time
from pathlib import Path

import msgspec

from halley.errors import ExperimentGone, JournalError
from halley.sdk.journal.delivery import Delivery, open_delivery, write_delivery
from halley.sdk.sender.deliver import Courier
from halley.sdk.sender.drain import Drain, remove_run
from halley.sdk.sender.launch import Orders
from halley.sdk.sender.lock import try_lock

LOG_LIMIT_BYTES = 1 << 20


def main() -> int:
    """Drain a run folder until nobody writes in it and the server has everything."""
    run = Path(sys.argv[1])
    orders = msgspec.json.decode(sys.stdin.buffer.readline(), type=Orders)
    os.nice(5)  # training comes first
    lock = _wait_for_lock(run)
    if lock is None:
        return 0
    descriptor = open_delivery(run)

    def report(delivery: Delivery) -> None:
        try:
            write_delivery(descriptor, delivery)
        except OSError as error:
            say(f"{run / 'delivery'} cannot be written: {error}.")

    drain = Drain(run, Courier(orders.url, orders.api_key), report=report, say=say)
    try:
        outcome = drain.run()
    except ExperimentGone as error:
        say(f"{error} Nothing of it is kept.")
        drain.discard()
        remove_run(run)
        return 0
    except JournalError as error:
        say(str(error))
        return 1
    if not outcome.is_complete:
        say(f"Giving up. Send it later: halley upload {run}")
        return 1
    remove_run(run)
    return 0


def say(text: str) -> None:
    """Write a line into the sender's log, as long as that is small."""
    if os.fstat(1).st_size < LOG_LIMIT_BYTES:
        sys.stdout.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {text}\n")
        sys.stdout.flush()


def _wait_for_lock(run: Path) -> int | None:
    """Wait until no other sender serves this folder; None if it is gone by then."""
    while True:
        try:
            lock = try_lock(run)
        except FileNotFoundError:
            return None
        if lock is not None:
            return lock
        time.sleep(0.25)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # nothing is left to clean up

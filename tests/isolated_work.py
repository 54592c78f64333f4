"""Work for the isolation tests; workers import it by name."""

import os
import signal
import time


def work(item: str) -> str:
    """Does what `item` says, well or badly."""
    if item == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if item == "hang":
        time.sleep(600)
    if item == "bomb":
        return str(len(bytearray(8 * 1024**3)))
    if item == "raise":
        raise ValueError("no such page")
    return item.upper()

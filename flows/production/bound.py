"""`python -m flows.production.bound server start …`: Prefect's commands, bound to whoever started them.

They live as long as their standard input is open. A server that Prefect starts beside a run by itself outlives a run
that is killed, for good, and takes orders from every account of the machine.
"""

import os
import runpy
import signal
import sys
from threading import Thread


def main() -> None:
    """Be `prefect`, with the same arguments, until the other end of standard input is gone."""
    Thread(target=_end_with_starter, args=(sys.stdin.fileno(),), daemon=True).start()
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)


def _end_with_starter(descriptor: int) -> None:
    while os.read(descriptor, 1):
        """Nothing is said there; the end of it is what counts."""
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()

"""Serves every replica until stopped: `python -m tests.replicas [--port N]`."""

import argparse
import time
from pathlib import Path

from tests.replicas.server import load_sites, serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.replicas", description=__doc__)
    parser.add_argument("--port", type=int, default=8700)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--log", type=Path, help="one line a request")
    arguments = parser.parse_args()
    sites = load_sites()
    with serve(sites, port=arguments.port, latency=arguments.latency, log=arguments.log) as replica:
        hosts = ", ".join(host for site in sites for host in site.hosts)
        print(f"{replica.address} answers for {hosts}", flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()

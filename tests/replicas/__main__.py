"""Serves every replica: until stopped (`python -m tests.replicas`), or for one night (`… --night demo-data`)."""

import argparse
import subprocess
import sys
import time
from pathlib import Path

from tests.replicas.server import load_sites, serve

PERENNIAL = Path(sys.executable).with_name("perennial")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.replicas", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="any that is free by default")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--log", type=Path, help="a file for one line a request")
    parser.add_argument("--night", type=Path, metavar="DATA", help="run one night against them into this data folder")
    arguments = parser.parse_args()
    sites = load_sites()
    with serve(sites, port=arguments.port, latency=arguments.latency, log=arguments.log) as replica:
        hosts = [host for site in sites for host in site.hosts]
        print(f"{replica.address} answers for {len(hosts)} hosts: {', '.join(hosts)}", flush=True)
        if arguments.night:
            command = [str(PERENNIAL), "run", "--replica", replica.address, "--data", str(arguments.night)]
            return subprocess.run(command, check=False).returncode
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    sys.exit(main())

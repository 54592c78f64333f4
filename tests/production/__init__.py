"""The production form, for real on this machine: a server, a worker, a crash. `python -m tests.production`."""

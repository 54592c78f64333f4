"""A PostgreSQL server of our own, reached by a socket in its folder, for as long as it is needed."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ACCOUNT = "postgres"  # PostgreSQL will not run as root
PLACES = Path("/usr/lib/postgresql")  # where Debian keeps what it does not put on the path


def find_programs() -> Path | None:
    """The folder of `initdb` and `postgres`; None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(PLACES.glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


class NoPostgres(RuntimeError):
    """PostgreSQL is installed, and cannot make a database on this machine."""


@contextmanager
def postgres_served(programs: Path) -> Iterator[str]:
    """The address of an empty database for Prefect. Raises `NoPostgres` with what `initdb` says."""
    account = ACCOUNT if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    folder = Path(tempfile.mkdtemp(prefix="perennial-postgres-"))
    shutil.chown(folder, account)

    def run(program: str, *arguments: str | Path) -> None:
        command = [programs / program, *arguments]
        subprocess.run(command, user=account, cwd=folder, check=True, capture_output=True)

    try:  # in a locale of its own, because that of the machine may be named and not installed
        kind = ("--encoding=UTF8", "--no-locale", "--no-sync", "--auth=trust", f"--username={ACCOUNT}")
        run("initdb", "-D", folder / "data", *kind)
    except (subprocess.CalledProcessError, OSError) as error:
        shutil.rmtree(folder)
        said = getattr(error, "stderr", b"") or str(error).encode()
        raise NoPostgres(said.decode(errors="replace").strip()) from error
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    run("pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", options, "start")
    try:
        run("createdb", "-h", folder, "-U", ACCOUNT, "prefect")
        yield f"postgresql+asyncpg://{ACCOUNT}@/prefect?host={folder}"
    finally:
        run("pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)

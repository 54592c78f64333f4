"""Local accounts of the review page: names with salted scrypt hashes, appended to the ledger; the last line counts."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.refusal import Refusal
from pipeline.store import append_twice, read_lines

# RFC 7914 and the OWASP cheat sheet for passwords: about 60 ms and 64 MiB a try.
COST, BLOCK, LANES, MEMORY = 2**16, 8, 1, 128 * 2**20
SHORTEST = 12  # characters; length protects, not odd signs (NCSC)


class BadAccount(Refusal):
    """A name or password that cannot be used, in one sentence."""


@dataclass(frozen=True, slots=True)
class Account:
    """One line: who, the salt and hash of their password (hexadecimal), and whether they may see restricted rows."""

    recorded_at: datetime
    name: str
    salt: str
    hash: str
    may_see_restricted: bool = False
    is_closed: bool = False


_ACCOUNTS = TypeAdapter(Account)


def add_account(path: Path, name: str, password: str, now: datetime, *, may_see_restricted: bool = False) -> None:
    """Open the account `name`, or give it a new password. Raises `BadAccount`."""
    plain = _plain(name)
    if not plain or len(plain) > 80 or not plain.isprintable():
        raise BadAccount("An account needs a name of at most 80 characters.")
    if len(password) < SHORTEST:
        raise BadAccount(f"The password is too short; use at least {SHORTEST} characters, such as three words.")
    salt = secrets.token_bytes(16)
    account = Account(now, plain, salt.hex(), _hash(password, salt).hex(), may_see_restricted)
    append_twice(path, [_ACCOUNTS.dump_json(account)])
    path.chmod(0o600)


def close_account(path: Path, name: str, now: datetime) -> None:
    """Let the account `name` sign in no more; what it judged stays. Raises `BadAccount` when it is not open."""
    known = _read_open(path)
    account = known.get(_plain(name).casefold())
    if account is None:
        names = ", ".join(sorted(one.name for one in known.values())) or "none"
        raise BadAccount(f"There is no open account {name!r}; open are: {names}.")
    append_twice(path, [_ACCOUNTS.dump_json(replace(account, recorded_at=now, salt="", hash="", is_closed=True))])


def is_open(path: Path, name: str) -> bool:
    """Whether `name` may use the page still: somebody signed in may have been closed out since."""
    return _plain(name).casefold() in _read_open(path)


def find_account(path: Path, name: str, password: str) -> Account | None:
    """The account when the password is right. A wrong name takes as long as a wrong password."""
    account = _read_open(path).get(_plain(name).casefold())
    salt = bytes.fromhex(account.salt) if account else b"\0" * 16
    found = _hash(password, salt).hex()
    if account is None or not hmac.compare_digest(found, account.hash):
        return None
    return account


def has_accounts(path: Path) -> bool:
    """True when anybody can sign in."""
    return bool(_read_open(path))


def _read_open(path: Path) -> dict[str, Account]:
    """The last line of each account that is not closed, by its name in lower case."""
    latest = {one.name.casefold(): one for one in read_lines(path, _ACCOUNTS).records}
    return {name: one for name, one in latest.items() if not one.is_closed}


def _plain(name: str) -> str:
    return " ".join(name.split())


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=COST, r=BLOCK, p=LANES, maxmem=MEMORY)

"""Which addresses may be asked: the hosts a source names, over TLS, that lie on the public internet."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

PORTS = {"https": 443, "http": 80}


class Refused(ValueError):
    """Something this side will not ask for or take; one sentence."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """The hosts one source may ask, in lower case; `plain` are those that have no TLS."""

    hosts: frozenset[str]
    plain: frozenset[str] = frozenset()


def check_address(url: str, allowed: Allowed) -> SplitResult:
    """The parts of `url`. Raises `Refused` unless its host, scheme and port are ones this source may ask."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Refused(f"{_short(url)} is not an address.") from error
    if parts.scheme not in PORTS or not host:
        raise Refused(f"{_short(url)} is not a web address.")
    if host not in allowed.hosts:
        raise Refused(f"{_short(url)} is on {host}, which this source does not name.")
    if parts.scheme == "http" and host not in allowed.plain:
        raise Refused(f"{_short(url)} is not encrypted (http), and {host} is not known to lack TLS.")
    if parts.username or parts.password or port not in (None, PORTS[parts.scheme]):
        raise Refused(f"{_short(url)} names a user or a port of its own.")
    return parts


def join_location(url: str, location: str) -> str:
    """Where a redirect leads, without a fragment. Raises `Refused` for one that is no address."""
    try:
        return urljoin(url, location).partition("#")[0]
    except ValueError as error:
        raise Refused(f"{_short(url)} redirects to {location[:80]!r}, which is not an address.") from error


def resolve_publicly(host: str) -> tuple[str, ...]:
    """The addresses of `host`. Raises `Refused` when one is not on the public internet, `OSError` when there is none.

    The connection is then made to one of these, so that a name that changes its mind in between gains nothing.
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if not is_public(address):
            raise Refused(f"{host} resolves to {address}, which is not an address of the public internet.")
    return addresses


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet: not private, loopback, link-local, multicast, reserved."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped else ip
    return inner.is_global and not inner.is_multicast


def _short(url: str) -> str:
    return url if len(url) <= 120 else url[:117] + "…"

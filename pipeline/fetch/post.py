"""Tells a web address of the operator's own: one JSON message, over TLS, never anything else."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from pipeline.fetch.connection import Unreachable

SECONDS = 15.0  # without any progress


class NoAnswer(RuntimeError):
    """A message was handed over and nobody said whether it was taken; in a few words."""


def post_json(
    url: str, message: Mapping[str, object], *, token: str | None = None, ca_file: Path | None = None
) -> None:
    """POST `message`. `token` goes along as a bearer's; `ca_file` names whom to trust besides the usual authorities.

    Redirects are not followed: they would carry the message, and the token, to somebody else. Raises `Unreachable` in
    one sentence that names the host alone, because the rest of such an address is often a secret, and `NoAnswer`.
    """
    host = urlsplit(url).hostname
    try:
        context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        with (
            httpx.Client(verify=context, trust_env=False, follow_redirects=False, timeout=SECONDS) as client,
            client.stream("POST", url, json=message, headers=headers) as answer,  # what it says in return is not read
        ):
            if not answer.is_success:
                raise Unreachable(f"{host} answered {answer.status_code}")
    except (httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError) as error:
        raise NoAnswer(f"{host} took the message and did not answer") from error
    except httpx.TimeoutException as error:
        raise Unreachable(f"{host} did not answer in time") from error
    except (httpx.TransportError, ssl.SSLError, FileNotFoundError) as error:
        raise Unreachable(f"{host} cannot be reached ({type(error).__name__})") from error

"""[edge] The only way to the network: a polite fetcher. httpx and protego live here and nowhere else.

`addresses` says what may be asked, `robots` what the host asks for, `hosts` when, `connection` does it within limits,
`judging` says what came back, and `fetcher` puts them together.
"""

from pipeline.fetch.addresses import Allowed
from pipeline.fetch.fetcher import Fetcher, Policy, Validators

__all__ = ["Allowed", "Fetcher", "Policy", "Validators"]

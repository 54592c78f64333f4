"""Web pages in the manner of the publishers, for tests. Every word is invented; class names vary with the seed.

`pages/<name>.html` holds each, with `{{name}}` where a class may stand; `pages/gold.json` what a person takes out.
"""

import re
from pathlib import Path

from tests.replicas.dress import Dress

FOLDER = Path(__file__).with_name("pages")
NAMES = ("inspection", "government", "complaint", "paragraph_28a", "authority", "coroner")


def draw(name: str, seed: int = 0) -> bytes:
    """The page in the dress of `seed`."""
    dress = Dress(seed, name)
    text = (FOLDER / f"{name}.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda match: dress.css(match.group(1)), text).encode()

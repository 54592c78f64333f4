"""Gives a replica's pages another dress for each seed: class names, wrappers and heading levels nobody can rely on."""

import hashlib
from dataclasses import dataclass

WRAPPERS = ("div", "section", "article")


@dataclass(frozen=True, slots=True)
class Dress:
    """How one page is dressed: the same seed and page give the same dress."""

    seed: int
    page: str = ""

    def draw(self, name: str, many: int) -> int:
        """A number below `many` that depends on seed, page and name only."""
        return int.from_bytes(hashlib.sha256(f"{self.seed}|{self.page}|{name}".encode()).digest()[:4], "big") % many

    def css(self, name: str) -> str:
        """A class attribute that tells nothing, or none at all."""
        number = self.draw(name, 10_000)
        return "" if number % 5 == 0 else f' class="x{number:04d} u-{number % 7}"'

    def wrap(self, name: str, inside: str) -> str:
        """`inside` in none to three wrappers."""
        for depth in range(self.draw(f"{name} depth", 4)):
            tag = WRAPPERS[self.draw(f"{name} tag {depth}", len(WRAPPERS))]
            inside = f"<{tag}{self.css(f'{name} {depth}')}>{inside}</{tag}>"
        return inside

    def heading(self, name: str, text: str, levels: tuple[int, ...] = (2, 3, 4)) -> str:
        """A heading of one of `levels`."""
        level = levels[self.draw(f"{name} level", len(levels))]
        return f"<h{level}{self.css(name)}>{text}</h{level}>"

    def body(self, title: str, rest: str) -> str:
        """The main part with its `h1`; in some dresses the heading stands in a banner above the main part."""
        heading = self.heading("title", title, (1,))
        if self.draw("banner", 2):
            return self.wrap("page", f"<div{self.css('banner')}>{heading}</div><main>{rest}</main>")
        return self.wrap("page", f"<main>{heading}{rest}</main>")

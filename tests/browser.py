"""A real Chromium for tests and pictures, and axe-core in it. Tests skip, visibly, where there is none."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def find_chromium() -> str | None:
    """The path of an installed Chromium."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A headless Chromium. Skips the test where none is installed."""
    path = find_chromium()
    if path is None:
        pytest.skip("needs Chromium (on Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def find_barriers(page: Page) -> list[str]:
    """What axe-core holds against the page by WCAG 2.2 A and AA, one line a fault."""
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {node['target']}" for one in found for node in one["nodes"]]


def open_page(browser: Browser, address: str | Path, *, scheme: str = "light", width: int = 1280) -> Page:
    """A page in a context of its own. axe-core is put into it, which the page's own policy would forbid."""
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 900},
        bypass_csp=True,
        locale="en-GB",
    )
    page = context.new_page()
    page.goto(address.as_uri() if isinstance(address, Path) else address)
    return page

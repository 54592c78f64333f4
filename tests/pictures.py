"""Pictures for the README, made from the bundled, invented sample: `python -m tests.pictures DATA`.

DATA is the data folder of a night over the sample (`make run`). Needs Chromium. The pictures go to warehouse/pictures.
"""

import io
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from PIL import Image
from playwright.sync_api import Browser

from flows.review_app.accounts import add_account
from flows.review_app.web import make_app
from pipeline.settings import read_settings
from pipeline.workspace import Workspace
from tests.browser import open_browser, open_page
from warehouse.csv_cells import read_csv

TARGET = Path(__file__).parents[1] / "warehouse" / "pictures"
THEME = "missing-persons"
SHOWN_COLUMNS = (
    "section",
    "text",
    "body",
    "published",
    "page",
    "status",
    "deadline",
    "theme_right",
    "new_status",
    "note",
)
COLOURS = 128  # of a picture; more make it large and no clearer


def main(data: Path) -> None:
    """Write the pictures of the night in `data`."""
    settings = read_settings(data)
    workspace = Workspace(settings.data)
    night = max(workspace.digests.glob("????-??-??"))
    TARGET.mkdir(exist_ok=True)
    with open_browser() as browser:
        keep("bulletin", shoot(browser, night / f"{THEME}.html", height=1150))
        keep("bulletin-dark-phone", shoot(browser, night / f"{THEME}.html", height=900, width=390, scheme="dark"))
        keep("board", shoot(browser, night / "index.html", height=1500))
        with TemporaryDirectory() as folder:
            page = Path(folder) / "workbook.html"
            page.write_text(draw_sheet(night / f"{THEME}.csv"), encoding="utf-8")
            keep("digest", shoot(browser, page, height=470, width=1500))
        keep("review", shoot_review(browser, settings.data))


def shoot(browser: Browser, file: Path, *, height: int, width: int = 1100, scheme: str = "light") -> bytes:
    """The upper part of a page."""
    page = open_page(browser, file, width=width, scheme=scheme)
    return page.screenshot(clip={"x": 0, "y": 0, "width": width, "height": height}, full_page=True)


def shoot_review(browser: Browser, data: Path) -> bytes:
    """The review page on the first row of the queue, signed in by an account that is closed with the server."""
    with TemporaryDirectory() as folder:
        settings = read_settings(data)
        copy = Path(folder) / "data"
        copy.mkdir()
        for name in ("archive", "published", "stages"):
            (copy / name).symlink_to(data / name)
        add_account(Workspace(copy).accounts, "Reviewer", "three plain words", datetime.now().astimezone())
        app = make_app(settings.model_copy(update={"data": copy}))
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
        threading.Thread(target=server.run, daemon=True).start()
        while not server.started:
            time.sleep(0.05)
        try:
            port = server.servers[0].sockets[0].getsockname()[1]
            page = open_page(browser, f"http://127.0.0.1:{port}/?theme={THEME}", width=1400)
            page.fill("#name", "Reviewer")
            page.fill("#password", "three plain words")
            page.click("button.main")
            page.locator(".queue li", has_not_text="Coroner").first.locator("a").click()  # nobody's death in a README
            page.wait_for_function("document.querySelector('.paper img').naturalWidth > 0")
            page.check("input[name=theme_right][value=no]")
            return page.screenshot()
        finally:
            server.should_exit = True


def draw_sheet(file: Path) -> str:
    """The digest as a spreadsheet shows it: a page with its first rows in a grid."""
    from jinja2 import Template

    rows = read_csv(file.read_bytes())[:9]
    return Template(SHEET, autoescape=True).render(columns=SHOWN_COLUMNS, rows=rows, judged=SHOWN_COLUMNS[-3:])


SHEET = """<!doctype html><html lang="en"><title>Digest</title><style>
body { margin: 0; font: 13px Calibri, Carlito, "Liberation Sans", sans-serif; }
table { border-collapse: collapse; }
td, th { border: 1px solid #d0d7de; padding: 3px 6px; vertical-align: top; text-align: left; }
th { background: #1f3a5f; color: #fff; } th.judged { background: #ffe699; color: #000; }
td.judged { background: #fff8e1; min-width: 80px; } td.text { width: 620px; }
td.published, td.deadline { white-space: nowrap; }
td.section { min-width: 130px; }
</style><table>
<tr>{% for c in columns %}<th{% if c in judged %} class="judged"{% endif %}>{{ c }}</th>{% endfor %}</tr>
{% for row in rows %}<tr>
{% for c in columns %}<td class="{{ 'judged' if c in judged else c }}">{{ row[c] | truncate(230) }}</td>{% endfor %}
</tr>{% endfor %}
</table></html>"""


def keep(name: str, png: bytes) -> None:
    """Write a picture with few colours, so that a checkout stays small."""
    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(TARGET / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

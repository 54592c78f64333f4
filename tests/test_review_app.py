"""The review page end to end: a real server and a real browser; and what it must refuse."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import uvicorn

from flows.review_app.accounts import BadAccount, add_account, close_account, find_account, has_accounts
from flows.review_app.desk import Desk, Reviewer
from flows.review_app.web import make_app
from pipeline.ledger import Ledger
from pipeline.reading.opening import UnreadableDocument
from pipeline.reading.render import PageOrder, render_page
from pipeline.records import Box
from pipeline.settings import Settings
from pipeline.workspace import Workspace
from tests.browser import find_barriers, open_browser, open_page
from tests.review_data import draw_pdf, make_review_data
from tests.warehouse_facts import SECRET

PASSWORD = "correct horse battery"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HEADER = "X-Forwarded-User"


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The page on a free port of this machine; its address."""
    config = uvicorn.Config(make_app(settings), host="127.0.0.1", port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A published night; Ann may see restricted rows, Bob may not."""
    made = make_review_data(tmp_path_factory.mktemp("review") / "data")
    path = Workspace(made.data).accounts
    add_account(path, "Ann", PASSWORD, NOW, may_see_restricted=True)
    add_account(path, "Bob", PASSWORD, NOW)
    return made


@pytest.fixture(scope="module")
def address(settings: Settings) -> Iterator[str]:
    with serving(settings) as found:
        yield found


@contextmanager
def signed_in(address: str, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, follow_redirects=True, timeout=60) as client:
        token = read_token(client.get("/login").text)
        done = client.post("/login", data={"token": token, "name": name, "password": PASSWORD, "back": "/"})
        assert done.status_code == 200, done.text
        yield client


def read_token(page: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f]+)"', page)
    assert found
    return found[1]


def find_ask(client: httpx.Client, words: str) -> str:
    found = re.search(r'href="(/ask/r[0-9a-f]+)', client.get("/search", params={"q": words}).text)
    assert found
    return found[1]


def reviews(settings: Settings) -> list[tuple[str, str, str | None, str]]:
    records = Ledger(Workspace(settings.data).ledger).reviews().records
    return [(one.reviewer, one.question, one.theme, one.answer) for one in records]


def test_a_reviewer_judges_with_the_keyboard_alone(settings: Settings, address: str) -> None:
    with open_browser() as browser:
        page = open_page(browser, f"{address}/?theme=missing-persons")
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        assert find_barriers(page) == []
        page.keyboard.type("Ann")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/?theme=missing-persons")
        assert find_barriers(page) == []
        page.keyboard.press("b")
        page.wait_for_url("**/ask/**")
        page.wait_for_function("document.querySelector('.paper img').naturalWidth > 0")
        assert find_barriers(page) == []
        assert "missing children" in page.inner_text("blockquote")
        assert is_marked(page.locator(".paper").screenshot()), "the quote's box is marked on the page"
        page.keyboard.press("y")
        page.keyboard.press("Enter")
        page.wait_for_url("**saved=**")
        assert ("Ann", "theme", "missing-persons", "right") in reviews(settings)
        page.keyboard.press("/")
        page.keyboard.type("drunk detainees")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search**")
        assert page.locator(".queue li").count() >= 2
        assert find_barriers(page) == []
        assert errors == []


def is_marked(png: bytes) -> bool:
    import io

    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    return sum(r > 230 and g > 200 and 90 < b < 190 for r, g, b in picture.getdata()) > 500


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(address: str, scheme: str) -> None:
    with open_browser() as browser:
        page = open_page(browser, f"{address}/login", scheme=scheme, width=360)
        page.fill("#name", "Ann")
        page.fill("#password", PASSWORD)
        page.click("button.main")
        page.click(".queue a >> nth=0")
        page.wait_for_selector("blockquote")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert find_barriers(page) == []


def test_all_that_a_file_can_say_can_be_clicked_and_taken_back(settings: Settings, address: str) -> None:
    with signed_in(address, "Bob") as client:
        path = find_ask(client, "intoxicated")
        token = read_token(client.get(path).text)
        form = {
            "token": token, "theme": "death-police-contact", "theme_right": "no", "other_theme": "mental-health",
            "same_ask": "no", "new_status": "done", "addressee_is": "The force", "note": "Seen at the board",
        }  # fmt: skip
        assert client.post(path, data=form).status_code == 200
        said = {one[1:] for one in reviews(settings) if one[0] == "Bob"}
        assert said == {
            ("theme", "death-police-contact", "wrong"), ("theme", "mental-health", "add"), ("same_ask", None, "no"),
            ("status", None, "done"), ("addressee", None, "The force"),
        }  # fmt: skip
        before = len(reviews(settings))
        client.post(path, data=form)
        assert len(reviews(settings)) == before, "the same form twice changes nothing"
        client.post(path, data={"token": token, "theme": "death-police-contact", "theme_right": "withdrawn"})
        client.post(path, data={"token": token, "theme": "death-police-contact", "theme_right": "no"})
        own = [one[3] for one in reviews(settings) if one[:3] == ("Bob", "theme", "death-police-contact")]
        assert own == ["wrong", "withdrawn", "wrong"], "changing back on the same day counts"


def test_whether_a_row_is_an_ask_at_all_can_be_said(settings: Settings, address: str) -> None:
    with signed_in(address, "Ann") as client:
        found = re.search(r'href="(/ask/[^"]+question=extraction[^"]*)"', client.get("/").text)
        assert found
        path = found[1].replace("&amp;", "&")
        page = client.get(path).text
        assert "Is this an ask at all?" in page
        form = {"token": read_token(page), "question": "extraction", "theme": "", "is_an_ask": "no"}
        assert client.post(path.partition("?")[0], data=form).status_code == 200
        assert ("Ann", "extraction", None, "no") in reviews(settings)
        assert "question=extraction" not in client.get("/").text, "what was judged today is not asked again"


def test_a_bad_judgement_comes_back_with_what_was_typed(settings: Settings, address: str) -> None:
    before = len(reviews(settings))
    with signed_in(address, "Bob") as client:
        path = find_ask(client, "intoxicated")
        token = read_token(client.get(path).text)
        answer = client.post(path, data={"token": token, "new_status": "finished", "note": "kept <b>words</b>"})
    assert answer.status_code == 422
    assert "new_status says &#39;finished&#39;" in answer.text
    assert "kept &lt;b&gt;words&lt;/b&gt;" in answer.text
    assert len(reviews(settings)) == before


def test_restricted_rows_are_for_those_allowed(settings: Settings, address: str) -> None:
    with signed_in(address, "Ann") as ann, signed_in(address, "Bob") as bob:
        path = find_ask(ann, SECRET)
        assert SECRET in ann.get(path).text
        assert ann.get(f"{path}/page/2.png").status_code == 200
        for page in (path, f"{path}/page/2.png", f"{path}?page=2"):
            answer = bob.get(page)
            assert answer.status_code == 404, page
            assert SECRET not in answer.text
        for page in ("/", f"/search?q={SECRET}", find_ask(bob, "drunk detainees")):
            assert SECRET not in bob.get(page).text.replace(f'value="{SECRET}"', "").replace(f"“{SECRET}”", "")
        token = read_token(bob.get("/").text)
        assert bob.post(path, data={"token": token, "theme_right": "yes"}).status_code == 404


def test_forms_of_others_are_refused(settings: Settings, address: str) -> None:
    before = len(reviews(settings))
    with signed_in(address, "Bob") as client:
        path = find_ask(client, "intoxicated")
        token = read_token(client.get(path).text)
        good = {"token": token, "note": "not from here"}
        assert client.post(path, data={**good, "token": "0" * 64}).status_code == 403
        assert client.post(path, data={"note": "no token"}).status_code == 403
        assert client.post(path, data=good, headers={"Origin": "https://evil.example"}).status_code == 403
        assert client.post(path, data=good, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert client.post(path, content=b"a" * 70_000).status_code == 413
        with signed_in(address, "Ann") as ann:
            assert ann.post(path, data=good).status_code == 403, "a token is bound to its user"
    with httpx.Client(base_url=address, timeout=60) as nobody:
        assert nobody.post(path, data=good).status_code == 403
        assert nobody.get(path).headers["location"].startswith("/login?back=%2Fask%2F")
        assert nobody.get(f"{path}/page/2.png").status_code == 403
        assert nobody.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert len(reviews(settings)) == before


def test_signing_in_is_guarded(settings: Settings, address: str) -> None:
    with httpx.Client(base_url=address, timeout=60) as client:
        page = client.get("/login")
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        token = read_token(page.text)
        wrong = {"token": token, "name": "Mallory", "password": "guess guess guess", "back": "https://evil.example/"}
        for _ in range(8):
            assert client.post("/login", data=wrong).status_code == 403
        assert client.post("/login", data=wrong).status_code == 429
        done = client.post(
            "/login", data={"token": token, "name": "bob", "password": PASSWORD, "back": "//evil.example"}
        )
        assert done.headers["location"] == "/", "never to another site"
        cookie = done.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        client.post("/logout", data={"token": read_token(client.get("/").text)})
        assert client.get("/").status_code == 303


def test_a_proxy_may_say_who_people_are(tmp_path: Path) -> None:
    settings = make_review_data(tmp_path / "data", user_header=HEADER, restricted_users=("ann@example.org",))
    with serving(settings) as address, httpx.Client(base_url=address, timeout=60) as client:
        assert client.get("/").status_code == 403
        assert client.get("/login", headers={HEADER: "x"}).status_code == 404
        assert "ann@example.org" in client.get("/", headers={HEADER: "ann@example.org"}).text
        assert SECRET in client.get("/", headers={HEADER: "ann@example.org"}).text
        assert SECRET not in client.get("/", headers={HEADER: "bob@example.org"}).text


def test_passwords_are_hashed_and_changed(tmp_path: Path) -> None:
    path = tmp_path / "accounts.jsonl"
    add_account(path, "Ann", PASSWORD, NOW)
    assert PASSWORD.encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert find_account(path, " ann ", PASSWORD)
    assert find_account(path, "Ann", "wrong") is None
    add_account(path, "Ann", "another long one", NOW)
    assert find_account(path, "Ann", PASSWORD) is None
    for name, password in (("", PASSWORD), ("Ann", "short")):
        with pytest.raises(BadAccount):
            add_account(path, name, password, NOW)


def test_a_closed_account_is_out_at_once(settings: Settings, address: str) -> None:
    path = Workspace(settings.data).accounts
    add_account(path, "Carol", PASSWORD, NOW)
    with httpx.Client(base_url=address, timeout=60) as client:
        token = read_token(client.get("/login").text)
        client.post("/login", data={"token": token, "name": "carol", "password": PASSWORD})
        assert client.get("/").status_code == 200
        close_account(path, " carol ", NOW)
        assert client.get("/").status_code == 303, "also where somebody is signed in"
        again = client.post("/login", data={"token": token, "name": "carol", "password": PASSWORD})
        assert again.status_code == 403
    with pytest.raises(BadAccount, match="open are: "):
        close_account(path, "carol", NOW)
    add_account(path, "Carol", "yet another long one", NOW)
    assert find_account(path, "carol", "yet another long one")
    close_account(path, "Carol", NOW)


def test_nobody_can_sign_in_where_every_account_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "accounts.jsonl"
    add_account(path, "Ann", PASSWORD, NOW)
    assert has_accounts(path)
    close_account(path, "Ann", NOW)
    assert not has_accounts(path)


def test_the_queue_leaves_out_what_was_judged_today(settings: Settings) -> None:
    desk, reviewer = Desk(settings), Reviewer("Cy", may_see_restricted=True)
    rows = desk.queue(reviewer, None).rows
    ask = desk.ask(reviewer, rows[0]["recommendation_id"])
    assert ask
    assert (
        desk.judge(reviewer, ask, {"theme": rows[0]["theme"], "theme_right": "yes"}, datetime.now().astimezone()) == 1
    )
    left = desk.queue(reviewer, None).rows
    assert (rows[0]["recommendation_id"], rows[0]["theme"]) not in {(r["recommendation_id"], r["theme"]) for r in left}


def test_a_page_is_drawn_with_its_boxes() -> None:
    content = draw_pdf("A title", {2: "The quote stands here."}, 2)
    plain = render_page(PageOrder(content, 2))
    marked = render_page(PageOrder(content, 2, (Box(2, 70, 150, 525, 182), Box(1, 0, 0, 9, 9))))
    assert plain != marked
    assert is_marked(marked)
    assert not is_marked(plain)
    assert marked == render_page(PageOrder(content, 2, (Box(2, 70, 150, 525, 182),))), "only this page's boxes"
    for page in (0, 3):
        with pytest.raises(UnreadableDocument):
            render_page(PageOrder(content, page))

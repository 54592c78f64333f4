"""HTTP for the review page: who asks, forms that only this page can have made, and pages in plain HTML.

A user is known by the header a reverse proxy sets, when the settings name one, else by a session after signing in.
Every form carries a token bound to the user and session, and requests from other sites are refused.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from flows.review_app.accounts import find_account, is_open
from flows.review_app.desk import PDF, Desk, Reviewer
from flows.review_app.forms import check_origin, parse_form, safe_path
from pipeline.settings import Settings
from pipeline.workspace import Workspace
from warehouse.judgements import STATUS_ANSWERS, CellError
from warehouse.review_rows import Ask

EXTRACTION = "extraction"  # the question whether a row is an ask at all
COOKIE = "perennial_review"
SESSION_HOURS = 10
MOST_TRIES, PAUSE = 8, timedelta(minutes=5)
STATIC = {"review.css": "text/css", "review.js": "text/javascript"}
GUARDS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(slots=True)
class Door:
    """Sessions and failed tries of one running server; gone when it stops."""

    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    sessions: dict[str, tuple[Reviewer, datetime]] = field(default_factory=dict)
    tries: dict[str, list[datetime]] = field(default_factory=dict)

    def token(self, reviewer: str, session: str) -> str:
        """What a form of this user and session must carry."""
        return hmac.new(self.secret, f"{reviewer}\n{session}".encode(), hashlib.sha256).hexdigest()

    def may_try(self, name: str, now: datetime) -> bool:
        """False after too many wrong passwords for a name in a short time."""
        recent = [at for at in self.tries.get(name.casefold(), []) if now - at < PAUSE]
        self.tries[name.casefold()] = recent
        return len(recent) < MOST_TRIES


def make_app(settings: Settings) -> Starlette:
    """The application on the data folder of `settings`."""
    pages = Pages(settings)
    routes = [
        Route("/", pages.queue),
        Route("/search", pages.search),
        Route("/next", pages.next),
        Route("/ask/{id}", pages.ask),
        Route("/ask/{id}", pages.judge, methods=["POST"]),
        Route("/ask/{id}/page/{page:int}.png", pages.picture),
        Route("/login", pages.login),
        Route("/login", pages.sign_in, methods=["POST"]),
        Route("/logout", pages.sign_out, methods=["POST"]),
        Route("/static/{name}", _send_static),
    ]
    middleware = [
        Middleware(TrustedHostMiddleware, allowed_hosts=list(settings.review.names)),
        Middleware(BaseHTTPMiddleware, dispatch=_add_guards),
    ]
    return Starlette(routes=routes, middleware=middleware, exception_handlers={HTTPException: pages.explain})


class Pages:
    """The pages, each a function from a request to a response."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._desk = Desk(settings)
        self._door = Door()
        self._templates = Environment(
            loader=PackageLoader("flows.review_app", "templates"),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    async def queue(self, request: Request) -> Response:
        """The rows most worth judging."""
        if (reviewer := self._find_reviewer(request)) is None:
            return self._send_to_login(request)
        theme = request.query_params.get("theme") or None
        queue = await run_in_threadpool(self._desk.queue, reviewer, theme)
        saved = request.query_params.get("saved")
        return self._show(request, "queue.html", reviewer=reviewer, queue=queue, theme=theme, saved=saved)

    async def next(self, request: Request) -> Response:
        """To the first row of the queue that is not the one just seen."""
        if (reviewer := self._find_reviewer(request)) is None:
            return self._send_to_login(request)
        theme, seen = request.query_params.get("theme") or None, request.query_params.getlist("seen")
        queue = await run_in_threadpool(self._desk.queue, reviewer, theme)
        for row in queue.rows:
            if f"{row['recommendation_id']} {row['theme']}" not in seen:
                saved = request.query_params.get("saved")
                query = urlencode({
                    "theme": row["theme"], "question": row["question"], "within": theme or "",
                    **({"saved": saved} if saved else {}),
                })  # fmt: skip
                return RedirectResponse(f"/ask/{row['recommendation_id']}?{query}", 303)
        return RedirectResponse(f"/?{urlencode({'theme': theme or '', 'saved': 'all'})}", 303)

    async def search(self, request: Request) -> Response:
        """Asks that hold some words."""
        if (reviewer := self._find_reviewer(request)) is None:
            return self._send_to_login(request)
        words = request.query_params.get("q", "").strip()[:300]
        rows = await run_in_threadpool(self._desk.search, reviewer, words) if words else []
        return self._show(request, "search.html", reviewer=reviewer, words=words, rows=rows)

    async def ask(self, request: Request) -> Response:
        """One ask beside its page."""
        if (reviewer := self._find_reviewer(request)) is None:
            return self._send_to_login(request)
        ask = await self._load_ask(request, reviewer)
        return await self._show_ask(request, reviewer, ask, {}, None, 200)

    async def judge(self, request: Request) -> Response:
        """Take a judgement in, then on to the next; a bad one comes back with the reason and all that was typed."""
        reviewer, form = await self._read_form(request)
        ask = await self._load_ask(request, reviewer)
        try:
            added = await run_in_threadpool(self._desk.judge, reviewer, ask, form, datetime.now().astimezone())
        except CellError as problem:
            return await self._show_ask(request, reviewer, ask, form, str(problem), 422)
        seen = f"{ask.row['recommendation_id']} {'' if form.get('question') == EXTRACTION else form.get('theme', '')}"
        query = urlencode({"theme": form.get("within", ""), "seen": seen, "saved": str(added)})
        return RedirectResponse(f"/next?{query}", 303)

    async def picture(self, request: Request) -> Response:
        """The page of an ask's document, as PNG."""
        if (reviewer := self._find_reviewer(request)) is None:
            raise HTTPException(403, "Sign in first.")
        ask = await self._load_ask(request, reviewer)
        picture = await run_in_threadpool(self._desk.picture, ask, request.path_params["page"])
        if picture is None:
            raise HTTPException(404, "This page cannot be drawn.")
        return Response(picture, media_type="image/png")

    async def login(self, request: Request) -> Response:
        """The form to sign in; not where a proxy says who people are."""
        if self._settings.review.user_header:
            raise HTTPException(404, "There is nothing here.")
        return self._show(
            request, "login.html", reviewer=None, problem=None, back=safe_path(request.query_params.get("back"))
        )

    async def sign_in(self, request: Request) -> Response:
        """Check name and password, and open a session."""
        if self._settings.review.user_header:
            raise HTTPException(404, "There is nothing here.")
        form = await parse_form(request)
        check_origin(request)
        name, back, now = form.get("name", ""), safe_path(form.get("back")), datetime.now().astimezone()
        self._check_token(request, "", form)
        if not self._door.may_try(name, now):
            problem = "Too many wrong passwords for this name. Wait five minutes."
            return self._show(request, "login.html", 429, reviewer=None, problem=problem, back=back)
        path = Workspace(self._settings.data).accounts
        account = await run_in_threadpool(find_account, path, name, form.get("password", ""))
        if account is None:
            self._door.tries.setdefault(name.casefold(), []).append(now)
            problem = "The name or the password is wrong."
            return self._show(request, "login.html", 403, reviewer=None, problem=problem, back=back)
        session = secrets.token_urlsafe(32)
        restricted = account.may_see_restricted or account.name in self._settings.review.restricted_users
        self._door.sessions[session] = (Reviewer(account.name, restricted), now + timedelta(hours=SESSION_HOURS))
        answer = RedirectResponse(back, 303)
        is_secure = request.url.scheme == "https"
        answer.set_cookie(
            COOKIE, session, httponly=True, samesite="strict", secure=is_secure, max_age=SESSION_HOURS * 3600
        )
        return answer

    async def sign_out(self, request: Request) -> Response:
        """Close the session."""
        await self._read_form(request)
        self._door.sessions.pop(request.cookies.get(COOKIE, ""), None)
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE)
        return answer

    async def explain(self, request: Request, error: Exception) -> Response:
        """A page for what cannot be had."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        detail = error.detail if isinstance(error, HTTPException) else "Something went wrong."
        return self._show(request, "problem.html", status, reviewer=self._find_reviewer(request), detail=detail)

    def _find_reviewer(self, request: Request) -> Reviewer | None:
        header = self._settings.review.user_header
        if header:
            name = " ".join(request.headers.get(header, "").split())
            return Reviewer(name, name in self._settings.review.restricted_users) if name else None
        reviewer, until = self._door.sessions.get(request.cookies.get(COOKIE, ""), (None, None))
        if reviewer is None or until is None or until <= datetime.now().astimezone():
            return None
        return reviewer if is_open(Workspace(self._settings.data).accounts, reviewer.name) else None

    def _send_to_login(self, request: Request) -> Response:
        if self._settings.review.user_header:
            raise HTTPException(403, "The proxy in front of this page did not say who you are.")
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?{urlencode({'back': back})}", 303)

    async def _read_form(self, request: Request) -> tuple[Reviewer, dict[str, str]]:
        """The form of somebody signed in, made by a page of ours. Raises `HTTPException` otherwise."""
        check_origin(request)
        reviewer = self._find_reviewer(request)
        if reviewer is None:
            raise HTTPException(403, "Sign in first; what you typed was not saved.")
        form = await parse_form(request)
        self._check_token(request, reviewer.name, form)
        return reviewer, form

    def _check_token(self, request: Request, name: str, form: Mapping[str, str]) -> None:
        wanted = self._door.token(name, request.cookies.get(COOKIE, "") if name else "")
        if not hmac.compare_digest(wanted, form.get("token", "")):
            raise HTTPException(403, "This form has expired. Go back, load the page again, and send it once more.")

    async def _load_ask(self, request: Request, reviewer: Reviewer) -> Ask:
        ask = await run_in_threadpool(self._desk.ask, reviewer, request.path_params["id"])
        if ask is None:
            raise HTTPException(404, "There is no such recommendation, or it is not for you.")
        return ask

    async def _show_ask(
        self, request: Request, reviewer: Reviewer, ask: Ask, typed: Mapping[str, str], problem: str | None, status: int
    ) -> Response:
        document = await run_in_threadpool(self._desk.document, reviewer, ask.row["sha256"])
        themes = await run_in_threadpool(self._desk.themes)
        page = _page_wanted(request, ask, document)
        theme = typed.get("theme") or request.query_params.get("theme", "")
        if not theme and ask.questions:
            theme = ask.questions[0]["theme"]
        return self._show(
            request, "ask.html", status, reviewer=reviewer, ask=ask, document=document, page=page, theme=theme,
            themes=themes, typed=typed, problem=problem, saved=request.query_params.get("saved"),
            asked=typed.get("question") or request.query_params.get("question", "theme"),
            within=typed.get("within") or request.query_params.get("within", ""),
            question=next((one for one in ask.questions if one["theme"] == theme), None),
            said=await run_in_threadpool(self._desk.said, ask.row["recommendation_id"]),
            statuses=list(dict.fromkeys(STATUS_ANSWERS.values())),
            is_pdf=document is not None and document["media_type"] == PDF,
        )  # fmt: skip

    def _show(self, request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401
        reviewer = values["reviewer"]
        name = reviewer.name if reviewer else ""
        token = self._door.token(name, request.cookies.get(COOKIE, "") if name else "")
        signs_out = not self._settings.review.user_header
        page = self._templates.get_template(template).render(token=token, signs_out=signs_out, **values)
        return HTMLResponse(page, status)


def _page_wanted(request: Request, ask: Ask, document: Mapping[str, Any] | None) -> int:
    last = (document or {}).get("page_count") or 1
    wanted = request.query_params.get("page", "")
    return min(max(int(wanted), 1), last) if wanted.isdecimal() and len(wanted) < 6 else int(ask.row["page"])


async def _send_static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC:
        raise HTTPException(404, "There is nothing here.")
    content = files("flows.review_app").joinpath("static", name).read_bytes()
    return Response(content, media_type=STATIC[name])


async def _add_guards(request: Request, call_next: RequestResponseEndpoint) -> Response:
    response = await call_next(request)
    response.headers.update(GUARDS)
    return response

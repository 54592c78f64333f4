"""What an answer is, told by its content: a document, a page, a challenge for browsers, a page that says it is gone."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from pipeline.web import Outcome

HTML = re.compile(
    rb"\s*+(?:<\?xml[^>]*+>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s+html|html|head|body|script|title|meta)\b",
    re.I | re.S,
)
TITLE = re.compile(rb"<title[^>]*>(.{0,300}?)</title", re.I | re.S)
CHALLENGE = re.compile(
    rb"just a moment|attention required|checking your browser|pardon our interruption|request unsuccessful"
    rb"|are you (a )?(human|robot)|access denied|verify you are human",
    re.I,
)
CHALLENGE_CODE = re.compile(rb"/cdn-cgi/challenge-platform|cf-chl-|_Incapsula_Resource|captcha-delivery", re.I)
MISSING = re.compile(
    rb"\b(page|file|document) (was |is |could |can ?)?not (be )?found\b|\b404\b.{0,20}\b(error|not found)\b", re.I
)
OPENING = 4096  # bytes looked at

Verdict = tuple[Outcome, str | None]


def looks_like_html(content: bytes) -> bool:
    """Whether the first bytes are those of an HTML page."""
    return HTML.match(content[:OPENING].lstrip(b"\xef\xbb\xbf")) is not None


def judge_answer(
    asked: str, final: str, status: int, headers: Mapping[str, str], content: bytes, *, is_file: bool
) -> Verdict:
    """What came of asking for `asked`, and why in one sentence where it gave nothing. `is_file`: HTML will not do."""
    if status == 304:
        return Outcome.UNCHANGED, None
    if status in (404, 410):
        return Outcome.GONE, f"{asked} is gone ({status})."
    challenged = _is_challenge(headers, content)
    if status in (401, 403, 451):
        why = "a challenge for browsers" if challenged else "a refusal"
        return (Outcome.CHALLENGE if challenged else Outcome.BLOCKED), f"{asked} answered with {why} ({status})."
    if status != 200:
        return Outcome.FAILED, f"{asked} answered with status {status}."
    if challenged:
        return Outcome.CHALLENGE, f"{asked} answered with a challenge for browsers."
    return _judge_content(asked, final, content, is_file=is_file)


def _judge_content(asked: str, final: str, content: bytes, *, is_file: bool) -> Verdict:
    if not content.strip():
        return Outcome.FAILED, f"{asked} answered with nothing."
    if urlsplit(final).path in ("", "/") and urlsplit(asked).path not in ("", "/"):
        return Outcome.GONE, f"{asked} leads to the front page: it is gone, without saying so."
    if looks_like_html(content):
        title = TITLE.search(content[:OPENING])
        if title and MISSING.search(title[1]):
            return Outcome.GONE, f"{asked} answers as if all were well, and its title says that it was not found."
        if is_file:
            return Outcome.CHALLENGE, f"{asked} answered with an HTML page where a file was due."
    return Outcome.OK, None


def _is_challenge(headers: Mapping[str, str], content: bytes) -> bool:
    if headers.get("cf-mitigated") == "challenge":
        return True
    opening = content[:OPENING]
    title = TITLE.search(opening)
    return looks_like_html(content) and bool((title and CHALLENGE.search(title[1])) or CHALLENGE_CODE.search(opening))

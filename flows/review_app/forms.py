"""What comes in with a request, and where it may come from and lead to."""

from urllib.parse import parse_qsl, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

LARGEST_FORM = 64_000  # bytes


def safe_path(back: str | None) -> str:
    """A path on this server, never an address elsewhere."""
    parts = urlsplit(back or "/")
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith("/") and not parts.path.startswith("//")
    return (parts.path + (f"?{parts.query}" if parts.query else "")) if is_ours and "\\" not in (back or "") else "/"


def check_origin(request: Request) -> None:
    """Browsers say where a form comes from; another site's is refused before it is read. Raises `HTTPException`."""
    origin = request.headers.get("origin")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "This form came from another site.")
    if origin and origin != "null" and urlsplit(origin).netloc != request.headers.get("host"):
        raise HTTPException(403, "This form came from another site.")


async def parse_form(request: Request) -> dict[str, str]:
    """The fields of a small form. Raises `HTTPException` for a large one."""
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST_FORM:
            raise HTTPException(413, "That is more than a form may hold.")
    return dict(parse_qsl(content.decode("utf-8", errors="replace"), keep_blank_values=True))

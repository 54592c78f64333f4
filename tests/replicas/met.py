"""The Metropolitan Police's publication scheme: replies to IOPC learning recommendations, as web pages only.

The address of a reply and its labels as they were seen; list and markup are not known, so they change with the seed.
All content is invented.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from tests.replicas.dress import Dress
from tests.replicas.site import NOT_FOUND, Answer, Asked, Site, html

HOST = "www.met.police.uk"
HOME = f"https://{HOST}"
LIST = "/foi-ai/af/accessing-information/published-items/"
A_PAGE = 2
TITLE = "IOPC Learning Recommendation Made Under Paragraph 28A of Schedule 3 to the Police Reform Act 2002"


@dataclass(frozen=True, slots=True)
class Reply:
    """One invented reply."""

    year: int
    month: str
    slug: str
    own_reference: str
    iopc_reference: str | None
    ask: str
    answer: str
    published: str | None = None

    @property
    def url(self) -> str:
        return f"{HOME}/foi-ai/metropolitan-police/iopc/{self.year}/{self.month}/{self.slug}/"


REPLIES = (
    Reply(
        2024, "apr", "IOPC-learning-recommendation-response-custody-handover-PC401223", "PC/4012/23", "2022/170001",
        "The IOPC recommends that the Metropolitan Police Service should make sure that a custody officer who hands "
        "over a detained person records the risks that were told to them.",
        "The MPS accepts this recommendation. The custody record has had a field for it since June.", "22 April 2024",
    ),
    Reply(
        2023, "nov", "IOPC-learning-recommendation-response-searches-PC220922", "PC/2209/22", None,
        "The IOPC recommends that the Metropolitan Police Service should tell a person why they are searched.",
        "The MPS does not accept this recommendation: officers tell them already.",
    ),
    Reply(
        2022, "jan", "IOPC-learning-recommendation-response-radio-PC101521", "PC/1015/21", "2020 / 150009",
        "The IOPC recommends that the Metropolitan Police Service should test its radios.", "Accepted in part.",
    ),
    Reply(
        2019, "feb", "IOPC-learning-recommendation-response-old-PC100018", "PC/1000/18", None,
        "The IOPC recommends something long past.", "Accepted.",
    ),
)  # fmt: skip


def make_site(replies: Sequence[Reply] = REPLIES, *, seed: int = 0, lists: bool = True) -> Site:
    """The replica; `lists`: whether the publication scheme's list is where it is thought to be."""
    by_path = {reply.url.removeprefix(HOME): reply for reply in replies}

    def respond(asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return html("<html><body><h1>Metropolitan Police</h1></body></html>")  # a shell where text was due
        if asked.path == LIST and lists:
            return listing(replies, asked, seed)
        if asked.path == "/sitemap.xml":
            return site_map(replies)
        reply = by_path.get(asked.path)
        return reply_page(reply, seed) if reply else NOT_FOUND

    return Site("met", (HOST,), respond)


def listing(replies: Sequence[Reply], asked: Asked, seed: int) -> Answer:
    number = int(asked.query.get("page", "1"))
    dress = Dress(seed, f"list {number}")
    items = "".join(
        dress.wrap(reply.slug, f'<p><a href="{reply.url}">{TITLE}</a></p><p>{reply.month.title()} {reply.year}</p>')
        for reply in replies[(number - 1) * A_PAGE : number * A_PAGE]
    )
    more = number * A_PAGE < len(replies)
    onward = f'<a href="{LIST}?q={asked.query.get("q", "")}&amp;page={number + 1}">Next</a>' if more else ""
    other = '<p><a href="/foi-ai/metropolitan-police/disclosure-2024/april-2024/horses/">Horses</a></p>'
    return shell(dress, f"<h1>Published items</h1>{items}{other}<nav>{onward}</nav>")


def site_map(replies: Sequence[Reply]) -> Answer:
    rows = "".join(f"<url><loc>{reply.url}</loc></url>" for reply in replies)
    text = f'<?xml version="1.0"?><urlset><url><loc>{HOME}/</loc></url>{rows}</urlset>'
    return Answer(text.encode(), 200, {"Content-Type": "application/xml"})


def reply_page(reply: Reply, seed: int) -> Answer:
    """A reply: labels, background, the recommendation, the answer."""
    dress = Dress(seed, reply.slug)
    stated = [
        ("Title", TITLE), ("MPS Reference", reply.own_reference),
        ("Author", "Prevention and Learning Team, Directorate of Professional Standards, Metropolitan Police Service"),
    ]  # fmt: skip
    if reply.iopc_reference and dress.draw("labelled", 2):
        stated.append(("IOPC reference", reply.iopc_reference))
    told = f" (IOPC investigation {reply.iopc_reference})" if reply.iopc_reference else ""
    if reply.published:
        stated.append(("Published", reply.published))
    lines = "".join(dress.wrap(name, f"<p><strong>{name}:</strong> {value}</p>") for name, value in stated)
    body = (
        f"<p>An invented person was stopped in an invented street{told}, and the officers wrote down nothing of it.</p>"
        f"{dress.heading('ask', 'Recommendation')}<p>{escape(reply.ask)}</p>"
        f"{dress.heading('answer', 'MPS response')}<p>{escape(reply.answer)}</p>"
    )
    return shell(dress, f"{dress.heading('head', 'Published item', (1,))}{dress.wrap('lines', lines)}{body}")


def shell(dress: Dress, content: str) -> Answer:
    return html(
        "<html><body><p>Quickly exit this site by pressing the Escape key</p><p>We use some essential cookies.</p>"
        f"<p>This site is a beta.</p><main{dress.css('main')}>{dress.wrap('content', content)}</main></body></html>"
    )

"""RSS, Atom and sitemaps give addresses and days; anything else is refused."""

from datetime import date

import pytest

from pipeline.feeds import read_feed
from pipeline.web import LayoutChanged, Page, Request

URL = "https://site.example/feed/"
RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><link>https://site.example/</link><item><title>A</title>'
    "<link> https://site.example/a/ </link><pubDate>Tue, 12 Mar 2024 10:00:00 +0000</pubDate></item></channel></rss>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://site.example/"/><entry><link rel="edit" href="x"/>'
    '<link href="https://site.example/a/"/><updated>2024-03-12T10:00:00Z</updated></entry></feed>'
)
SITEMAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://site.example/a/</loc>'
    "<lastmod>2024-03-12</lastmod></url></urlset>"
)


def feed(text: str) -> Page:
    return Page(Request(URL, "feed"), URL, 200, text.encode())


@pytest.mark.parametrize("text", [RSS, ATOM, SITEMAP])
def test_each_form_gives_address_and_day(text: str) -> None:
    (entry,) = read_feed(feed(text))
    assert (entry.url, entry.day, entry.is_list) == ("https://site.example/a/", date(2024, 3, 12), False)


def test_a_sitemap_of_sitemaps() -> None:
    (entry,) = read_feed(feed("<sitemapindex><sitemap><loc>https://site.example/s1.xml</loc></sitemap></sitemapindex>"))
    assert (entry.url, entry.day, entry.is_list) == ("https://site.example/s1.xml", None, True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<html><body>Just a moment...</body></html>", "neither a feed nor a sitemap"),
        ("<rss><channel>", "not XML"),
        ("", "not XML"),
        ('<!DOCTYPE x [<!ENTITY a "aaaa">]><rss>&a;</rss>', "document type"),
    ],
)
def test_what_is_no_feed_is_refused(text: str, told: str) -> None:
    with pytest.raises(LayoutChanged, match=told):
        read_feed(feed(text))

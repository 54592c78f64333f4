"""What kind of file some bytes are, told by content and not by what a server or a name claims."""

import codecs
import re

PDF, CSV, HTML, OTHER = "application/pdf", "text/csv", "text/html", "application/octet-stream"
PDF_MAGIC = b"%PDF-"
MAGIC_WITHIN = 1024  # bytes; readers accept a header that starts a little late
_HTML_WITHIN = 1500  # bytes; comments and white space may come first
_OPENING = re.compile(
    rb"(?:\s|\x00|\xef\xbb\xbf|<\?xml[^>]*>|<!--.*?(?:-->|\Z))*<(?:!doctype\s+html|(?:html|head|body|title|meta|main|"
    rb"article|section|header|div|p|h[1-6]|table|ul|ol|blockquote|span|strong|b|a|br)[\s/>])",
    re.IGNORECASE | re.DOTALL,
)
SUFFIXES = {PDF: ".pdf", CSV: ".csv", HTML: ".html"}


def media_type(content: bytes, name: str) -> str:
    """The type of `content`, whose first two kilobytes are enough; the name decides only whether text is a CSV.

    HTML is what opens with its doctype or one of its elements: a fragment is enough, as services wrap them in JSON.
    """
    if PDF_MAGIC in content[:MAGIC_WITHIN]:
        return PDF
    if name.casefold().endswith(".csv"):
        return CSV
    return HTML if _OPENING.match(_readable(content[:_HTML_WITHIN])) else OTHER


def _readable(head: bytes) -> bytes:
    """The start of a file in UTF-16 as ASCII; anything else as it is."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "replace").encode("ascii", "replace")
    return head

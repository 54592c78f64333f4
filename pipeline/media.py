"""What kind of file some bytes are, told by content and not by what a server or a name claims."""

PDF, CSV, OTHER = "application/pdf", "text/csv", "application/octet-stream"
PDF_MAGIC = b"%PDF-"
MAGIC_WITHIN = 1024  # bytes; readers accept a header that starts a little late


def media_type(content: bytes, name: str) -> str:
    """The type of `content`; the name decides only whether text is a CSV."""
    if PDF_MAGIC in content[:MAGIC_WITHIN]:
        return PDF
    return CSV if name.casefold().endswith(".csv") else OTHER

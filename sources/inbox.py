"""The inbox: PDFs and CSV proformas that people put in with `perennial add`. Its listing is a file of JSON lines."""

from pydantic import TypeAdapter

from pipeline.records import Listed

LINES = TypeAdapter(Listed)


def list_documents(listing: bytes) -> tuple[Listed, ...]:
    """Each line of the manifest. Raises `ValueError` on a line that is not one."""
    return tuple(LINES.validate_json(line) for line in listing.splitlines() if line.strip())


def describe_addition(listed: Listed) -> bytes:
    """The manifest line for one added document."""
    return LINES.dump_json(listed)

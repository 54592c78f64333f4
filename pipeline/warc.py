"""What crawls fetched, as a WARC file that web archives and their tools read (ISO 28500:2017, WARC/1.1).

Each kept answer becomes a `resource` record: its bytes as they were kept, and not the whole exchange.
"""

import base64
import gzip
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import BinaryIO

from pipeline.store import Archive
from pipeline.visits import Visit

NAMESPACE = uuid.NAMESPACE_URL  # record ids follow from what they name, so the same archive gives the same file


def write_warc(visits: Iterable[Visit], archive: Archive, file: BinaryIO, software: str) -> int:
    """Write a record for each visit that brought content the address did not hold before; their number.

    Every record is a gzip member of its own, as readers expect of a `.warc.gz`.
    """
    about = f"software: {software}\r\nformat: WARC File Format 1.1\r\n".encode()
    info_id = _make_id("warcinfo", software)
    head = (("WARC-Type", "warcinfo"), ("WARC-Date", _tell_moment(datetime.fromtimestamp(0, UTC))))
    file.write(_pack(info_id, head, "application/warc-fields", about))
    count = 0
    for visit in visits:
        if visit.sha256 is not None and visit.content_at == visit.fetched_at:
            file.write(_pack_visit(visit, archive.read(visit.sha256), info_id))
            count += 1
    return count


def _pack_visit(visit: Visit, content: bytes, info_id: str) -> bytes:
    digest = base64.b32encode(bytes.fromhex(visit.sha256 or "")).decode()
    moment = _tell_moment(visit.fetched_at)
    head = (
        ("WARC-Type", "resource"),
        ("WARC-Date", moment),
        ("WARC-Target-URI", visit.final_url or visit.url),
        ("WARC-Warcinfo-ID", info_id),
        ("WARC-Block-Digest", f"sha256:{digest}"),
    )
    kind = "document" if visit.ref else "page"
    return _pack(_make_id(kind, visit.url, moment), head, visit.media_type or "application/octet-stream", content)


def _pack(record_id: str, head: Iterable[tuple[str, str]], media_type: str, content: bytes) -> bytes:
    fields = (*head, ("WARC-Record-ID", record_id), ("Content-Type", media_type), ("Content-Length", str(len(content))))
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return gzip.compress(f"WARC/1.1\r\n{lines}\r\n".encode() + content + b"\r\n\r\n", mtime=0)


def _make_id(*names: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(NAMESPACE, ' '.join(names))}>"


def _tell_moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

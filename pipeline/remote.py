"""Stores beyond this machine's disk, as paths: archived bytes and published tables may lie in an object store.

What a finished write promises, by store. A local folder: the bytes are on the disk before a rename shows them. S3,
Google Cloud Storage, Azure: an object is put whole or not at all, is durable once the put has returned, and every
later read finds it; so no rename is needed. Stores that can show half a file (SFTP, SMB) are not offered.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit
from urllib.request import url2pathname

from pipeline.refusal import Refusal
from pipeline.store import write_whole


class NoStore(Refusal):
    """A store that cannot be spoken to from here, in one sentence."""


def open_root(url: str) -> Path:
    """The root that `url` (file, s3, gs or abfs) names; what is no local folder still speaks `pathlib`'s language.

    Raises `NoStore` when the library for it is missing.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Path(url2pathname(parts.path))
    try:
        from upath import UPath  # an extra that one machine does without

        root = UPath(url)
        _ = root.fs  # its library is only looked for now
    except ImportError as error:
        raise NoStore(f"{parts.scheme}:// cannot be used: {error}. Install perennial[remote].") from error
    return cast("Path", root)


def copy_up(folder: Path, names: Iterable[str], root: Path) -> None:
    """Put the files `names` of `folder` under `root`, in this order, each whole or not at all."""
    for name in names:
        write_whole(root / name, (folder / name).read_bytes())

"""What came of asking one connector: plain records."""

from dataclasses import dataclass

from pipeline.records import Issue


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one connector gave tonight."""

    connector: str
    listed: int
    new: int
    issues: tuple[Issue, ...] = ()


class SourceFailed(RuntimeError):
    """A connector that counts as lost tonight, in one sentence. Its last good rows stay.

    `pulled` is what it gave all the same, when that is good: a host that wanted no more half-way.
    """

    def __init__(self, sentence: str, pulled: Pulled | None = None) -> None:
        super().__init__(sentence)
        self.pulled = pulled

"""Crawls over real HTTP, night after night: the real parsers, the real fetcher, a replica on this machine."""

from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from flows.crawling import crawl_publisher, relax_expectations
from flows.pulled import Pulled
from pipeline.fetch import Fetcher, Policy
from pipeline.records import DocumentRef
from pipeline.store import Archive
from pipeline.workspace import Workspace
from tests.generated import night_of
from tests.replicas.server import Hit, serve
from tests.replicas.site import Site
from tests.walking import sources


@dataclass(slots=True)
class Nights:
    """A data folder and the requests of its last night."""

    data: Path
    hits: list[Hit] = field(default_factory=list)

    def crawl(self, name: str, site: Site, day: int) -> Pulled:
        """Night `day`'s crawl of the source `name`, served by `site`."""
        moment = night_of(day)
        with serve((site,)) as server:
            policy = Policy(user_agent="perennial/0 (+me@example.org)", speed=1e5, replica=server.address)
            with closing(Fetcher(policy, Workspace(self.data).robots, now=lambda: moment)) as fetcher:
                source = relax_expectations(sources()[name])
                try:
                    return crawl_publisher(Workspace(self.data), source, fetcher, years=5, since=None, now=moment)
                finally:
                    self.hits = [hit for hit in server.log.hits if hit.path != "/robots.txt"]

    @property
    def asked(self) -> list[str]:
        return [hit.path for hit in self.hits]

    @property
    def refs(self) -> dict[str, DocumentRef]:
        return {line.ref.url: line.ref for line in Archive(Workspace(self.data).archive).lines}

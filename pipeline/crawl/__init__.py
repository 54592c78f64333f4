"""The crawl: from a publisher's first listing page to archived documents, gone on with wherever it was cut off.

`rounds` says which crawl tonight's is, `walk` does it, `due` what is asked again, `log` writes it down, `tally` counts,
and `admission` lets a healthy crawl's documents in. The network is a function that is handed in.
"""

from pipeline.crawl.admission import Admitted, admit_documents
from pipeline.crawl.log import CrawlLog
from pipeline.crawl.rounds import is_resting, plan_crawl
from pipeline.crawl.walk import Crawl, Fetch, Publisher, Seen

__all__ = ["Admitted", "Crawl", "CrawlLog", "Fetch", "Publisher", "Seen", "admit_documents", "is_resting", "plan_crawl"]

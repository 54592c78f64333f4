"""What is done to a document: pure stages and two edges.

Stages, in the order of a night: `reading` (bytes to laid-out pages), `extract` (pages to
recommendations), `verify` (each text found again in the bytes), `passages`, `embed`, `assign`
(themes), `group` (common recommendations), `identity` (ids that outlive a night), `recur` (links).
Before them: `crawl` (a publisher's pages to archived documents, the network handed in) and `health` (whether what it
saw looks like the publisher). Edges: `fetch` (network) and `store` (files). Leaves, which everything may import:
`records`, `layout`, `ids`, `media`, `text`, `spec`, `registry`, `settings`, `refusal`, `issues`, `ledger`,
`workspace`, `isolate`, `scoring`, and `proforma`, which reads the CSV that people fill in.
"""

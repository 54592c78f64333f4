"""When things happen and in what order: the command line, and the only Prefect code.

`cli` is what people type; `nightly` is the flow, `tasks` its tasks, `stages` the plain functions they call.
`document` puts the stages of one document in order; `pull` fills the archive; `inbox` takes additions;
`quality` measures. No parsing, no SQL.
"""

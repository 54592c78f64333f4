"""Where results live: the only DuckDB code. Every file is rebuilt from archive and ledger, never migrated.

`schema/`, `views/` and `checks/` hold one `.sql` file a table, view and check, run in name order; analysts and
digests read views only. `publish` builds beside, checks, and swaps in by rename.
"""

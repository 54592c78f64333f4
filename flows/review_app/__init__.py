"""A small web page to judge on, for those who would rather click: the same ledger, the same rules as the file import.

`accounts` says who people are, `desk` what they may see and do, `web` speaks HTTP.
"""

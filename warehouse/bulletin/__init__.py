"""Bulletins: one self-contained page a theme and an index for the board, to read, print and pass on.

They are made from the public file, so nothing restricted is in them. `gather` reads views, `charts` draws, `pages`
renders the templates beside it.
"""

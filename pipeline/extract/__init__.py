"""Reads recommendations out of a laid-out document. Pure: a document in, records out."""

from pipeline.extract.extraction import extract
from pipeline.extract.facts import read_facts

__all__ = ["extract", "read_facts"]

"""Reads recommendations out of a laid-out document. Pure: a document in, records out."""

from pipeline.extract.extraction import EXTRACTOR_VERSION, extract
from pipeline.extract.facts import read_facts

__all__ = ["EXTRACTOR_VERSION", "extract", "read_facts"]

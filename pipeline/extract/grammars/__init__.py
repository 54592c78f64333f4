"""The grammars, one small file each: how a kind of document marks its asks. Registered here and nowhere else."""

from collections.abc import Callable

from pipeline.extract.body import Body
from pipeline.extract.candidates import Candidate
from pipeline.extract.grammars.action_table import read_action_tables
from pipeline.extract.grammars.announced import read_announced, read_announced_parts
from pipeline.extract.grammars.answer_table import read_answer_tables
from pipeline.extract.grammars.answered import read_answered
from pipeline.extract.grammars.boxes import read_boxes
from pipeline.extract.grammars.by_addressee import read_by_addressee
from pipeline.extract.grammars.closing_label import read_closing_labels
from pipeline.extract.grammars.committee import read_committee
from pipeline.extract.grammars.coroner import read_coroner
from pipeline.extract.grammars.headed import read_headed
from pipeline.extract.grammars.learning import read_learning
from pipeline.extract.grammars.listed import read_listed
from pipeline.extract.grammars.other_names import read_other_names
from pipeline.extract.grammars.own_number import read_own_numbers
from pipeline.extract.grammars.paragraphs import read_paragraphs
from pipeline.extract.grammars.peer_review import read_peer_review
from pipeline.extract.grammars.prose import read_prose
from pipeline.extract.grammars.quoted import read_emphasised, read_quoted
from pipeline.extract.grammars.safety import read_safety
from pipeline.extract.grammars.side_heading import read_side_headings
from pipeline.extract.grammars.statements import read_statements
from pipeline.extract.grammars.under_paragraph import read_under_paragraphs

Grammar = Callable[[Body], list[Candidate]]

GRAMMARS: tuple[Grammar, ...] = (
    read_action_tables,
    read_announced,
    read_answer_tables,
    read_answered,
    read_boxes,
    read_by_addressee,
    read_closing_labels,
    read_committee,
    read_coroner,
    read_headed,
    read_learning,
    read_listed,
    read_own_numbers,
    read_paragraphs,
    read_peer_review,
    read_quoted,
    read_safety,
    read_side_headings,
    read_statements,
    read_under_paragraphs,
)
# Tried in order, those of one step together, while nothing was found.
FALLBACKS: tuple[tuple[Grammar, ...], ...] = (
    (read_emphasised,),
    (read_other_names,),
    (read_announced_parts, read_prose),
)

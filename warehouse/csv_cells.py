"""CSV as a spreadsheet can be trusted to open it: no cell is a formula, and what a person saves can be read again."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from pipeline.refusal import Refusal

# A spreadsheet runs a cell that begins so, also after blanks or in full-width signs.
FORMULA = re.compile(r"'*\s*[=+\-@\t\r＝＋－＠]|'*[\t\r]")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
QUOTED = re.compile(r"'" + f"(?:{FORMULA.pattern})")
SEPARATORS = ",;\t"
LONGEST_CELL = 32_000  # Excel breaks a cell at 32,767 signs into the next row

Cell: TypeAlias = "str | int | float | date | bool | None"
Line = TypeVar("Line", bound=BaseModel)


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> bytes:
    """Rows as CSV bytes: UTF-8 with a byte order mark (without it Excel garbles accents), CRLF, formula-safe."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([format_cell(row.get(column)) for column in columns] for row in rows)
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8", errors="replace")


def format_cell(value: Cell) -> str:
    """`value` as text; text that a spreadsheet would run gets a leading apostrophe, numbers do not."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return str(value)
    text = value.replace("\x00", "")
    if len(text) > LONGEST_CELL:
        text = text[:LONGEST_CELL] + " …"
    return "'" + text if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def parse_cell(text: str) -> str:
    """What `format_cell` made `text` from."""
    return text[1:] if QUOTED.match(text) else text


def read_csv(content: bytes, wanted: str = "") -> list[dict[str, str]]:
    """Rows by header, as `format_cell` was given them; header names in lower case with underscores.

    Takes what Excel saves: UTF-8 with or without mark, UTF-16, Windows-1252; commas, semicolons or tabs; ragged rows;
    a `sep=` line or a title above the header, which is the first line that has the column `wanted`, else the first
    line. Raises `ValueError` when there is no such header or no table.
    """
    text = _decode(content).replace("\x00", "")
    lines_of_text = [line for line in text.splitlines() if line.strip(SEPARATORS + ' "')]
    if not lines_of_text:
        raise ValueError("The file is empty.")
    header = next((line for line in lines_of_text if wanted and wanted in name_column(line)), lines_of_text[0])
    separator = max(SEPARATORS, key=header.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise ValueError(f"The file is not a CSV that can be read: {error}.") from error
    place = _find_header(lines, wanted)
    names = [name_column(cell) for cell in lines[place]]
    if wanted and wanted not in names:
        raise ValueError(f"It has no column {wanted}.")
    rows: list[dict[str, str]] = [{} for _ in range(place)]
    for cells in lines[place + 1 :]:
        # Lines are kept even when blank, so that the row numbers people are told are those they see.
        full = [*cells, *[""] * len(names)]
        rows.append({name: parse_cell(cell).strip() for name, cell in zip(names, full, strict=False) if name})
    return rows


def name_column(cell: str) -> str:
    """A header cell as the name of a column: lower case, underscores for all that is not a letter or digit."""
    return re.sub(r"\W+", "_", cell.strip().lower())


def _find_header(lines: Sequence[Sequence[str]], wanted: str) -> int:
    filled = [place for place, cells in enumerate(lines) if any(cell.strip() for cell in cells)]
    named = [place for place in filled if wanted and wanted in (name_column(cell) for cell in lines[place])]
    return (named or filled)[0]


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Every byte but five means something here; those become a visible mark and not an error.
        return content.decode("cp1252", errors="replace")


def read_lines(path: Path, columns: Sequence[str], line: type[Line]) -> list[tuple[int, Line]]:
    """The lines of a small table that people keep, each with its number in the file.

    Raises `Refusal` for what is no CSV, for other columns, and for a line that cannot be used.
    """
    try:
        reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
        written = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refusal(f"{path.name} is not a CSV file in UTF-8.") from error
    if tuple(reader.fieldnames or ()) != tuple(columns):
        raise Refusal(f"{path.name} must have the columns {', '.join(columns)}, in this order.")
    return [(number, _read_line(path, number, one, line)) for number, one in enumerate(written, start=2)]


def _read_line(path: Path, number: int, written: Mapping[str, str], line: type[Line]) -> Line:
    try:
        return line.model_validate(written)
    except ValidationError as error:
        first = error.errors()[0]
        raise Refusal(f"Line {number} of {path.name} cannot be used: {first['loc'][0]}: {first['msg']}.") from error

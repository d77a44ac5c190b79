"""The sheet: a CSV file as spreadsheets write it, read at the door with every fault named.

Taken are UTF-8 with or without byte-order mark, UTF-16 with one, and cp1252; `;`, `,` or tab; any line ends; headers in
French or English, in any case, with or without accents; blank lines, a first line `sep=;` and further columns. One line
is one row: a line break inside a cell is a fault of that line and hides none of the others.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from tocsin.errors import InputError
from tocsin.words import Sentence, of_the_system

BLANK: Final = " \t\u00a0\u202f\u2009\u200b\ufeff"
"""What a cell may have around it."""

DELIMITERS: Final = (";", ",", "\t")

SEPARATOR_LINE: Final = re.compile(r'"?sep=.?"?', re.IGNORECASE)
"""A first line by which a spreadsheet is told the delimiter."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a sheet: its name, the other headers it may have, and whether the sheet needs it."""

    name: str
    also: tuple[str, ...] = ()
    needed: bool = True


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One file of a folder: the names it may have, in lower case, its columns, and whether the folder needs it."""

    names: tuple[str, ...]
    columns: tuple[Column, ...]
    needed: bool = True


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: its line in the file, and its cells by column name, stripped; "" where there is nothing."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What could be read of a file and what was wrong with it.

    ``columns`` those that it has -> their headers as they stand there · ``whole`` False where the file as a whole is
    at fault (it can't be read, or lacks a column): what other sheets say about it can't be checked then.
    """

    file: str
    columns: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[Row, ...]
    faults: tuple[InputError, ...]
    whole: bool

    def header(self, column: str) -> str:
        """What the file calls a column."""
        return self.columns.get(column, column)


def list_folder(folder: Path) -> tuple[Path, ...]:
    """The files of a folder, sorted; an `InputError` where it's none or may not be read."""
    try:
        return tuple(sorted(folder.iterdir()))
    except OSError as error:
        raise InputError(
            Sentence("fault.folder_unreadable", why=reason(error)),
            do=Sentence("repair.folder"),
            file=str(folder),
        ) from error


def open_sheet(files: Sequence[Path], kind: Kind) -> Sheet:
    """The sheet of a kind among a folder's files. Never raises: whatever it meets gives rows, faults, or both."""
    found = [path for path in files if path.name.lower() in kind.names]
    if not found:
        _, *others = kind.names
        do = (
            Sentence("repair.write_file_or", other=", ".join(others), header=header(kind.columns))
            if others
            else Sentence("repair.write_file", header=header(kind.columns))
        )
        missing = InputError(Sentence("fault.file_missing"), do=do, file=kind.names[0])
        return Sheet(file=kind.names[0], rows=(), faults=(missing,) if kind.needed else (), whole=not kind.needed)
    sheet = read_sheet(found[0], kind.columns)
    if kind.needed and not (sheet.rows or sheet.faults):
        bare = InputError(Sentence("fault.bare"), do=Sentence("repair.rows"), file=sheet.file)
        sheet = replace(sheet, faults=(bare,), whole=False)
    if len(found) == 1:
        return sheet
    more = ", ".join(path.name for path in found[1:])
    twice = InputError(Sentence("fault.twice", others=more), do=Sentence("repair.one_file"), file=sheet.file)
    return replace(sheet, faults=(twice, *sheet.faults), whole=False)


def read_sheet(path: Path, columns: Sequence[Column]) -> Sheet:
    """Read one file."""
    try:
        text = decode(path.read_bytes())
    except OSError as error:
        fault = InputError(Sentence("fault.file_unreadable", why=reason(error)), do=Sentence("repair.readable_file"))
    except InputError as error:
        fault = error
    else:
        return parse_sheet(path.name, text, columns)
    return Sheet(file=path.name, rows=(), faults=(fault.within(file=path.name),), whole=False)


def parse_sheet(file: str, text: str, columns: Sequence[Column]) -> Sheet:
    """The rows of a sheet's text, and everything that is wrong with it."""
    lines = [(number, line) for number, line in enumerate(split_lines(text), 1) if line.strip(BLANK + ';,"')]
    if lines and SEPARATOR_LINE.fullmatch(lines[0][1].strip()):
        del lines[0]
    if not lines:
        fault = InputError(
            Sentence("fault.file_empty"), do=Sentence("repair.header", header=header(columns)), file=file
        )
        return Sheet(file=file, rows=(), faults=(fault,), whole=False)
    first, titles = lines[0]
    delimiter, places = recognise(titles, columns)
    faults = [fault.within(file=file, line=first) for fault in header_faults(titles, delimiter, places, columns)]
    whole = not faults
    named = split_cells(titles, delimiter) or []
    width = len(named)
    rows = []
    for number, line in lines[1:]:
        cells = split_cells(line, delimiter)
        if cells is None:
            faults.append(InputError(Sentence("fault.open_quote"), do=Sentence("repair.no_quote")))
        elif any(cells[width:]):
            faults.append(
                InputError(
                    Sentence("fault.wide_row", cells=len(cells), width=width),
                    do=Sentence("repair.extra", delimiter=delimiter),
                )
            )
        else:
            by_name = {column.name: cell_at(cells, places.get(column.name)) for column in columns}
            rows.append(Row(line=number, cells=by_name))
            continue
        faults[-1].within(file=file, line=number)
    headers = {name: named[place] for name, place in places.items()}
    return Sheet(file=file, columns=headers, rows=tuple(rows), faults=tuple(faults), whole=whole)


def decode(data: bytes) -> str:
    """Bytes to text: UTF-16 or UTF-8 by their mark, then UTF-8, then cp1252."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InputError(Sentence("fault.no_text_file"), do=Sentence("repair.save_csv"))


def split_lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def split_cells(line: str, delimiter: str) -> list[str] | None:
    """The cells of one line, stripped; None where its quotation marks don't close."""
    try:
        (cells,) = csv.reader([line], delimiter=delimiter, strict=True)
    except csv.Error:
        return None
    return [cell.strip(BLANK) for cell in cells]


def cell_at(cells: list[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""


def plain(title: str) -> str:
    """A header without its case, accents, spaces and underscores: "Code zone" and "CODE_ZONE" are one."""
    letters = unicodedata.normalize("NFKD", title.strip(BLANK).casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def recognise(titles: str, columns: Sequence[Column]) -> tuple[str, dict[str, int]]:
    """The delimiter under which the header names most columns, and the place of each column found."""
    return max(((delimiter, placed(titles, delimiter, columns)) for delimiter in DELIMITERS), key=lambda it: len(it[1]))


def placed(titles: str, delimiter: str, columns: Sequence[Column]) -> dict[str, int]:
    names = {plain(name): column.name for column in columns for name in (column.name, *column.also)}
    found: dict[str, int] = {}
    for place, title in enumerate(split_cells(titles, delimiter) or ()):
        if (name := names.get(plain(title))) is not None:
            found.setdefault(name, place)
    return found


def header_faults(
    titles: str, delimiter: str, places: Mapping[str, int], columns: Sequence[Column]
) -> list[InputError]:
    """A column that is missing, a column that stands twice; each named in the language of the file's other headers."""
    names = {plain(name): column.name for column in columns for name in (column.name, *column.also)}
    found = split_cells(titles, delimiter) or []
    other = any(plain(title) in map(plain, column.also) for column in columns for title in found)
    faults = [
        InputError(
            Sentence("fault.column_missing", column=header([column], other=other)),
            do=Sentence("repair.header_is", header=header(columns, other=other)),
            field=header([column], other=other),
        )
        for column in columns
        if column.needed and column.name not in places
    ]
    counted = Counter(names.get(plain(title)) for title in found)
    return faults + [
        InputError(
            Sentence("fault.column_again", column=found[places[name]], count=count),
            do=Sentence("repair.one_column"),
            field=found[places[name]],
        )
        for name, count in counted.items()
        if name is not None and count > 1
    ]


def header(columns: Sequence[Column], *, other: bool = False) -> str:
    """The header of these columns: in English, or in the other language where they have it."""
    needed = [column for column in columns if column.needed]
    return ";".join(column.also[0] if other and column.also else column.name for column in needed)


def reason(error: OSError) -> str:
    return of_the_system(error)

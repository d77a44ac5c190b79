"""Lines to fields: a chunk of delimited text as a table of strings, faults by line."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

import numpy as np
import polars as pl

from tocsin.calls.ports import NO_FAULTS, Chunk, newlines
from tocsin.calls.rejects import FAULTS

LINE: Final = "line"
"""The column that says where a row stood."""

DELIMITERS: Final = (",", ";", "\t", "|")
"""What separates fields, in the order in which they're tried."""

FIELDS: Final = "fields"
"""The column that says how many fields a ragged row had."""

OPEN_QUOTE: Final = "a quote is open or out of place"
TOO_MANY: Final = "too many fields"
TOO_FEW: Final = "too few fields"
TOO_LONG: Final = "a text too long"

LONGEST_FIELD: Final = 100_000
"""Characters; a field that is longer swallowed something."""


def split(
    chunk: Chunk, columns: Sequence[str], delimiter: str, *, fewest: int | None = None
) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """The rows of a chunk as strings (null where empty) in `columns` and `LINE`; the faults; how many rows there were.

    A row has as many fields as there are columns; `fewest` allows shorter ones, filled with null, and adds the column
    `FIELDS` (formats whose rows are ragged). Empty fields behind the last column are let pass: spreadsheets write
    them. Blank lines are no rows.

    Polars splits the whole chunk at once where every row has all its fields; else Python's csv takes it line by line.
    """
    if fewest is None and len(columns) > 1:
        height = _plain_rows(chunk.data, delimiter, len(columns))
        frame = _read(chunk.data, columns, delimiter) if height else None
        if frame is not None and frame.height == height:
            numbers = pl.int_range(chunk.line, chunk.line + height, dtype=pl.UInt32, eager=True).alias(LINE)
            return frame.with_columns(numbers), NO_FAULTS, height
    return _by_line(chunk, columns, delimiter, fewest)


def _plain_rows(data: bytes, delimiter: str, fields: int) -> int:
    """How many rows there are; 0 where a line may be none or may have other than ``fields`` fields.

    Plain is: no quote, no blank line, and as many delimiters as whole rows have (`_read` refuses rows that have too
    many).
    """
    if b'"' in data:
        return 0
    ends = newlines(data)
    rows = len(ends) + (not data.endswith(b"\n"))
    blank = data.startswith(b"\n") or bool((np.diff(ends) == 1).any())
    delimiters = np.count_nonzero(np.frombuffer(data, np.uint8) == ord(delimiter))
    return rows if not blank and delimiters == (fields - 1) * rows else 0


def _read(data: bytes, columns: Sequence[str], delimiter: str) -> pl.DataFrame | None:
    try:
        return pl.read_csv(
            data, has_header=False, new_columns=list(columns), separator=delimiter, quote_char=None, infer_schema=False
        )
    except pl.exceptions.PolarsError:  # a row with more fields than the others
        return None


def _by_line(
    chunk: Chunk, columns: Sequence[str], delimiter: str, fewest: int | None
) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    numbered = [
        (number, line)
        for number, line in enumerate(chunk.data.decode("utf-8", "replace").split("\n"), chunk.line)
        if line.strip()
    ]
    good: list[list[str]] = []
    numbers: list[int] = []
    counts: list[int] = []
    faults: list[tuple[int, str, str]] = []
    for (number, line), found in zip(numbered, _fields_of_all([line for _, line in numbered], delimiter), strict=True):
        while found and len(found) > len(columns) and not found[-1].strip():
            found.pop()
        reason = (
            OPEN_QUOTE if found is None else _reason(found, len(columns), len(columns) if fewest is None else fewest)
        )
        if found is None or reason is not None:
            faults.append((number, reason or OPEN_QUOTE, line))
            continue
        good.append(found)
        numbers.append(number)
        counts.append(len(found))
    values = [*zip_longest(*good), *[(None,) * len(good)] * len(columns)]  # shorter rows end in null
    frame = pl.DataFrame([pl.Series(name, value, pl.String) for name, value in zip(columns, values, strict=False)])
    frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()), pl.Series(LINE, numbers, dtype=pl.UInt32))
    if fewest is not None:
        frame = frame.with_columns(pl.Series(FIELDS, counts, dtype=pl.UInt32))
    return frame, pl.DataFrame(faults, schema=FAULTS, orient="row"), len(numbered)


def _fields_of_all(lines: list[str], delimiter: str) -> Sequence[list[str] | None]:
    """The fields of every line: in one go if no quote runs over a line's end, else line by line."""
    try:
        at_once = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        at_once = []
    if len(at_once) == len(lines):
        return at_once
    return [fields_of(line, delimiter) for line in lines]


def _reason(found: list[str], most: int, fewest: int) -> str | None:
    if len(found) > most:
        return TOO_MANY
    if len(found) < fewest:
        return TOO_FEW
    return TOO_LONG if max(map(len, found), default=0) > LONGEST_FIELD else None


def fields_of(line: str, delimiter: str) -> list[str] | None:
    """The fields of one line; None where a quote is open or out of place."""
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None

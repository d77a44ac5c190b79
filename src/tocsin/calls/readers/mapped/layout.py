"""How the rows of a foreign file lie: its columns, its delimiter or JSON Lines, with a header or without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from tocsin.calls.mapping import Mapping
from tocsin.calls.ports import Chunk, plain
from tocsin.calls.readers.records_jsonl import an_object, as_text
from tocsin.calls.rejects import FAULTS, masked
from tocsin.calls.rows import DELIMITERS, LINE, fields_of, split
from tocsin.errors import InputError
from tocsin.words import Sentence


@dataclass(frozen=True, kw_only=True)
class Layout:
    """``columns`` of the file by position; ``delimiter`` is None for JSON Lines; ``headed``: the first line names
    them.
    """

    columns: tuple[str, ...]
    delimiter: str | None
    headed: bool


def layout_of(mapping: Mapping, head: bytes) -> Layout | None:
    """The layout of a file that begins so and has every column that the mapping reads; None where one is missing."""
    first = head.lstrip(b"\n").split(b"\n", 1)[0].decode("utf-8", "replace")
    if mapping.header is not None:
        delimiter = mapping.delimiter or max(DELIMITERS, key=first.count)
        return Layout(columns=mapping.header, delimiter=delimiter, headed=False)
    wanted = {plain(name) for name in mapping.needs}
    found = an_object(first)
    if found is not None:
        return Layout(columns=(), delimiter=None, headed=False) if wanted <= {plain(name) for name in found} else None
    for delimiter in (*((mapping.delimiter,) if mapping.delimiter else ()), *DELIMITERS):
        columns = [name.strip() for name in fields_of(first, delimiter) or []]
        if wanted <= {plain(name) for name in columns}:
            return Layout(columns=tuple(columns), delimiter=delimiter, headed=True)
    return None


def missing_columns(mapping: Mapping, head: bytes) -> InputError:
    """What to say of a file without a layout."""
    first = head.lstrip(b"\n").split(b"\n", 1)[0].decode("utf-8", "replace")
    met = max((fields_of(first, delimiter) or [] for delimiter in DELIMITERS), key=len)
    names = {plain(name) for name in met}
    lacking = [name for name in mapping.needs if plain(name) not in names]
    return InputError(
        Sentence(
            "error.no_column",
            mapping=mapping.name,
            column=lacking[0] if lacking else mapping.needs[0],
            begins=repr(masked(first[:60].strip())),
        ),
        do=Sentence("do.delimiter"),
    )


def column(name: str) -> str:
    """How a column of the file is named inside: so that none is called like one of ours, or is a pattern to Polars."""
    return f"column {name}"


def table(chunk: Chunk, layout: Layout, mapping: Mapping) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """The columns that the mapping reads (see `column`), as strings, and `LINE`; the faults; how many rows."""
    if layout.delimiter is None:
        return _objects(chunk, mapping)
    positions = [str(position) for position in range(len(layout.columns))]
    frame, faults, rows = split(chunk, positions, layout.delimiter)
    where = {
        plain(name): position for name, position in zip(reversed(layout.columns), reversed(positions), strict=True)
    }
    named = frame.select(LINE, *(pl.col(where[plain(name)]).alias(column(name)) for name in mapping.needs))
    if not layout.headed:
        return named, faults, rows
    again = pl.all_horizontal(pl.col(column(name)) == name for name in mapping.needs)  # a file put together of several
    return named.filter(~again.fill_null(value=False)), faults, rows


def _objects(chunk: Chunk, mapping: Mapping) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    good: list[dict[str, Any]] = []
    faults: list[tuple[int, str, str]] = []
    for number, line in enumerate(chunk.data.decode("utf-8", "replace").split("\n"), chunk.line):
        if not line.strip():
            continue
        found = an_object(line)
        if found is None:
            faults.append((number, "not JSON", line))
            continue
        named = {plain(name): value for name, value in found.items()}
        good.append({column(name): as_text(named.get(plain(name))) for name in mapping.needs} | {LINE: number})
    schema = {**dict.fromkeys(map(column, mapping.needs), pl.String()), LINE: pl.UInt32()}
    rows = len(good) + len(faults)
    return pl.DataFrame(good, schema=schema, orient="row"), pl.DataFrame(faults, schema=FAULTS, orient="row"), rows

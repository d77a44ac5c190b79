"""Records of tocsin as Parquet. Not lines but columns, so it stands beside the readers: it's read from its file."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl

from tocsin.calls.admit import admit
from tocsin.calls.ports import Batch, Chunk, Context
from tocsin.calls.record import RECORD
from tocsin.calls.rows import LINE
from tocsin.calls.source import Source
from tocsin.errors import InputError
from tocsin.words import Sentence

NAME: Final = "records-parquet"

ROWS: Final = 250_000
"""Rows of a batch."""


def is_record_parquet(source: Source) -> bool:
    """Whether a file is Parquet with the columns time and service. Raises `InputError` where the Parquet is damaged."""
    if not source.is_parquet or source.path is None:
        return source.is_parquet
    return set(_columns(source.path)) >= {"time", "service"}


def read_parquet(file: Path | BytesIO, context: Context) -> Iterator[Batch]:
    """Batches of records of a Parquet file, in order. Raises `InputError` where it's damaged."""
    row = 1
    for frame in _frames(file, [name for name in RECORD if name in _columns(file)]):
        numbers = pl.int_range(row, row + frame.height, dtype=pl.UInt32, eager=True).alias(LINE)
        yield admit(frame.with_columns(numbers), context)
        row += frame.height


def csv_of_parquet(file: Path | BytesIO) -> Iterator[Chunk]:
    """A foreign Parquet as the CSV that a mapping reads: a header, then its rows; times in their own zone's text."""
    line = 1
    for frame in _frames(file, _columns(file)):
        data = frame.write_csv(include_header=line == 1).encode()
        yield Chunk(data=data, line=line)
        line += frame.height + (line == 1)


def _columns(file: Path | BytesIO) -> list[str]:
    """The columns whose values can be texts, numbers or times; lists, structures and bytes are left unread."""
    try:
        schema = pl.scan_parquet(file).collect_schema()
        return [name for name, kind in schema.items() if not (kind.is_nested() or kind in (pl.Binary, pl.Object))]
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _damaged(error) from error


def _frames(file: Path | BytesIO, columns: list[str]) -> Iterator[pl.DataFrame]:
    """The rows in slices: read ahead, as Polars' own batches are, a file would be in memory to a growing part."""
    try:
        table = pl.scan_parquet(file).select(columns)
        height = table.select(pl.len()).collect().item()
        for start in range(0, height, ROWS):
            yield table.slice(start, ROWS).collect()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> InputError:
    return InputError(Sentence("error.parquet_damaged", why=str(error).splitlines()[0]), do=Sentence("do.copy_again"))

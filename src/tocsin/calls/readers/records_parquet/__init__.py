"""Records of tocsin as Parquet. Not lines but columns, so it stands beside the readers: it's read from its file."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl

from tocsin.calls.admit import admit
from tocsin.calls.ports import Batch, Context
from tocsin.calls.record import RECORD
from tocsin.calls.rows import LINE
from tocsin.errors import InputError

NAME: Final = "records-parquet"

ROWS: Final = 250_000
"""Rows of a batch."""


def read_parquet(path: Path | BytesIO, context: Context) -> Iterator[Batch]:
    """Batches of a Parquet file, in order. Raises `InputError` where it's damaged or has no time and service."""
    try:
        table = pl.scan_parquet(path)
        names = table.collect_schema().names()
        if not {"time", "service"} <= set(names):
            raise InputError(
                f"no columns time and service, but {', '.join(names[:12])}", do="rename them as in the record"
            )
        row = 1
        for frame in table.select(name for name in RECORD if name in names).collect_batches(chunk_size=ROWS):
            numbers = pl.Series(LINE, range(row, row + frame.height), dtype=pl.UInt32)
            yield admit(frame.with_columns(numbers), context)
            row += frame.height
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"the Parquet is damaged ({error})", do="write it again") from error

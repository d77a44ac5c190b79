"""Records written to a file, batch by batch, as its name ends."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, cast

import polars as pl
import pyarrow.parquet as pq

from tocsin.calls import RECORD
from tocsin.cli.keeping import whole
from tocsin.errors import UsageError
from tocsin.words import Sentence

Lay = Callable[[pl.DataFrame], None]
"""Takes the next batch of records."""

TIME: Final = "%Y-%m-%dT%H:%M:%S%.6fZ"


@contextmanager
def _csv(path: Path) -> Iterator[Lay]:
    with _opened(path) as file:
        file.write(f"{','.join(RECORD.names())}\n".encode())
        yield lambda batch: batch.write_csv(file, include_header=False, datetime_format=TIME)


@contextmanager
def _jsonl(path: Path) -> Iterator[Lay]:
    times = [pl.col(name).dt.to_string(TIME) for name in ("time", "seen")]
    with _opened(path) as file:
        yield lambda batch: batch.with_columns(times).write_ndjson(file)


@contextmanager
def _parquet(path: Path) -> Iterator[Lay]:
    schema = pl.DataFrame(schema=RECORD).to_arrow().schema
    with pq.ParquetWriter(path, schema) as writer:
        yield lambda batch: writer.write_table(batch.to_arrow())


def _opened(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "wb", compresslevel=6)) if path.suffix == ".gz" else path.open("wb")


WRITERS: Final = {".csv": _csv, ".csv.gz": _csv, ".jsonl": _jsonl, ".jsonl.gz": _jsonl, ".parquet": _parquet}
"""How a file is written, by how its name ends."""


def check_ending(path: Path) -> str:
    """The ending that chooses the writer. Raises UsageError where there is none."""
    ending = next((ending for ending in sorted(WRITERS, key=len, reverse=True) if path.name.endswith(ending)), None)
    if ending is None:
        raise UsageError(
            Sentence("usage.no_ending", name=path.name), do=Sentence("do.ending", known=", ".join(WRITERS))
        )
    return ending


@contextmanager
def writing(path: Path) -> Iterator[Lay]:
    """A function that writes batches of records to `path`, which appears once all are written."""
    writer = WRITERS[check_ending(path)]
    with whole(path) as partial, writer(partial) as lay:
        yield lay

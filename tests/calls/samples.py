"""What the tests of this room share: files of records to read, a door that gives all at once, the real samples."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tocsin.calls import RECORD, Rejects, read
from tocsin.territory import france

FRANCE = france()
KEY = b"a key for tests, no secret at all"
SHARED = Path(os.environ.get("TOCSIN_SHARED", Path(__file__).parents[3] / "shared"))
NOON = datetime(2021, 6, 2, 12, 0, tzinfo=UTC)


def shared(name: str) -> Path:
    """A file of the samples that stand beside the checkout; the test is skipped, loudly, where they don't."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"THE SAMPLE {path} IS MISSING: set TOCSIN_SHARED to the folder that holds formats/ and data/")
    return path


def all_of(*sources: Path | str, **options: Any) -> tuple[pl.DataFrame, Rejects]:
    """Every record of the sources at once, and what was set aside."""
    rejects = options.pop("rejects", None) or Rejects()
    options.setdefault("territory", FRANCE)
    options.setdefault("key", KEY)
    batches = list(read(sources, rejects=rejects, **options))
    return pl.concat([pl.DataFrame(schema=RECORD), *batches]), rejects


def all_of_bytes(data: bytes, name: str = "calls.csv", **options: Any) -> tuple[pl.DataFrame, Rejects]:
    """The same of a file with these bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return all_of(path, **options)


def lines(count: int, *, start: datetime = NOON, every_s: float = 10, more: str = "") -> list[str]:
    """Rows `time,service,id,area,outcome` of records, one every ten seconds."""
    times = (start + timedelta(seconds=every_s * i) for i in range(count))
    return [f"{time.isoformat().replace('+00:00', 'Z')},15,call-{i},35,answered{more}" for i, time in enumerate(times)]


HEADER = "time,service,id,area,outcome"


def csv_of(rows: Sequence[str], header: str = HEADER) -> bytes:
    """A CSV file of records."""
    return "\n".join([header, *rows, ""]).encode()

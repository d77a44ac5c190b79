"""Records of tocsin as JSON Lines: one object a line with the names of `RECORD`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from tocsin.calls.admit import admit
from tocsin.calls.ports import NO_FAULTS, Batch, Chunk, Context, Reader
from tocsin.calls.record import RECORD
from tocsin.calls.rejects import FAULTS
from tocsin.calls.rows import LINE
from tocsin.words import Sentence

LOOKED_AT: Final = 20
"""Lines from which the format is recognised."""

_NUMBERS: Final = {"sip_status": pl.Int64(), "q850_cause": pl.Int64(), "ring_s": pl.Float64(), "talk_s": pl.Float64()}
_TYPED: Final = pl.Schema({name: _NUMBERS.get(name, pl.String()) for name in RECORD})


def an_object(line: bytes | str) -> dict[str, Any] | None:
    """The object of a line; None where it holds none, or one with half a surrogate pair (RFC 7493, 2.1)."""
    try:
        found = json.loads(line)
        if isinstance(found, dict) and ("\\u" if isinstance(line, str) else b"\\u") in line:  # type: ignore[operator]
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


@dataclass(frozen=True, kw_only=True)
class RecordsJsonl:
    """Records as JSON Lines; names that aren't of a record are left unread."""

    name: str = "records-jsonl"

    def recognises(self, head: bytes) -> bool:
        """One of the first lines is an object that has a time and a service."""
        objects = map(an_object, head[: 64 << 10].split(b"\n")[:LOOKED_AT])
        return any(found is not None and {"time", "service"} <= set(found) for found in objects)

    def zone(self, head: bytes, context: Context) -> Sentence:  # noqa: ARG002
        """Records say it themselves."""
        return Sentence("zone.offset")

    def read(self, chunks: Iterable[Chunk], context: Context) -> Iterator[Batch]:
        """Objects as they come."""
        for chunk in chunks:
            frame, faults, rows = objects(chunk)
            batch = admit(frame, context)
            yield Batch(records=batch.records, faults=faults.vstack(batch.faults), rows=rows, remarks=batch.remarks)


def objects(chunk: Chunk) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """The objects of a chunk as columns, the faults, and how many lines there were.

    Polars reads the whole chunk where every line is an object of the right types; else Python takes them one by one.
    """
    lines = chunk.data.count(b"\n") + (not chunk.data.endswith(b"\n"))
    try:
        frame = pl.read_ndjson(chunk.data, schema=_TYPED)
    except pl.exceptions.PolarsError:
        frame = None
    if frame is not None and frame.height == lines:
        numbers = pl.int_range(chunk.line, chunk.line + lines, dtype=pl.UInt32, eager=True).alias(LINE)
        return frame.with_columns(numbers), NO_FAULTS, lines
    return _one_by_one(chunk)


def _one_by_one(chunk: Chunk) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    good: list[dict[str, Any]] = []
    faults: list[tuple[int, str, str]] = []
    for number, line in enumerate(chunk.data.decode("utf-8", "replace").split("\n"), chunk.line):
        if not line.strip():
            continue
        found = an_object(line)
        if found is None:
            faults.append((number, "not JSON", line))
        else:
            good.append({name: as_text(found.get(name)) for name in RECORD} | {LINE: number})
    schema = {**dict.fromkeys(RECORD, pl.String), LINE: pl.UInt32}
    frame = pl.DataFrame(good, schema=schema, orient="row") if good else pl.DataFrame(schema=schema)
    return frame, pl.DataFrame(faults, schema=FAULTS, orient="row"), len(good) + len(faults)


def as_text(value: object) -> str | None:
    """A JSON value as the text that a CSV would have had; null and empty are None."""
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else json.dumps(value)


READER: Final[Reader] = RecordsJsonl()

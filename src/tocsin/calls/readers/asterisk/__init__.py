"""Asterisk cdr-csv (`Master.csv`): one row a leg, quoted, usually without a header, local time without a zone.

Columns: 16, then uniqueid (`loguniqueid`), userfield (`loguserfield`), and peeraccount, linkedid, sequence
(`newcdrcolumns`), each by its own option: so 16 to 21, counted on every row. Source: Asterisk, cdr/cdr_csv.c.

* Legs are one call by linkedid, else by uniqueid, else by who called whom and when.
* A uniqueid is ``[system-]epoch.n``, so it holds the beginning of the call in UTC: it gives `time`, and beside `start`
  it proves the zone of each row. Rows without one are read in the territory's zone, and counted.
* ANSWERED without a dstchannel is the switch answering, which nobody followed: abandoned.
* `seen` is `end`, since Asterisk writes a row when its call is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from tocsin.calls.admit import admit_calls
from tocsin.calls.legs import OpenCalls, calls_of, with_ids
from tocsin.calls.ports import Batch, Chunk, Context, Reader
from tocsin.calls.readers.asterisk.row import COLUMNS, FEWEST, HEADER, legs_of, looks_like, offsets_of
from tocsin.calls.rows import fields_of, split
from tocsin.calls.zone import LocalClock
from tocsin.words import Sentence

LOOKED_AT: Final = 50
"""Lines from which the format is recognised."""

ZONE_ASSUMED: Final = Sentence("remark.unproved_zone")


@dataclass(frozen=True, kw_only=True)
class Asterisk:
    """Asterisk cdr-csv."""

    name: str = "asterisk"

    def recognises(self, head: bytes) -> bool:
        """Most of the first lines have the right fields in the right places; headers don't count."""
        lines = head[: 64 << 10].decode("utf-8", "replace").split("\n")[:LOOKED_AT]
        rows = [fields_of(line, ",") or [] for line in lines[:LOOKED_AT] if line.strip()]
        rows = [row for row in rows if row[: len(HEADER)] != list(HEADER)]
        return sum(map(looks_like, rows)) * 2 > len(rows)

    def zone(self, head: bytes, context: Context) -> Sentence:
        """Beside the epoch in uniqueid, the local start shows its offset."""
        frame, _, rows = split(Chunk(data=head), COLUMNS, ",", fewest=FEWEST)
        offsets = offsets_of(frame)
        if offsets.is_empty():
            return Sentence("zone.no_uniqueid", zone=context.territory.zone)
        told = ", ".join(f"UTC{_offset(hours)} ({count})" for hours, count in offsets.iter_rows())
        return Sentence("zone.uniqueid", rows=rows, offsets=told)

    def read(self, chunks: Iterable[Chunk], context: Context) -> Iterator[Batch]:
        """Calls as they become whole."""
        clock = LocalClock(context.territory.zone)
        open_calls = OpenCalls(context.hold_s)
        for chunk in chunks:
            frame, faults, rows = split(chunk, COLUMNS, ",", fewest=FEWEST)
            legs, set_aside, assumed = legs_of(frame, clock)
            batch = _calls(open_calls.step(legs, chunk.at), context, rows)
            remarks = batch.remarks | {ZONE_ASSUMED: assumed}
            yield replace(batch, faults=pl.concat([faults, set_aside, batch.faults]), remarks=remarks)
        held = open_calls.rest()
        if held is not None and not held.is_empty():
            yield _calls(held, context, 0)


def _offset(hours: float) -> str:
    """As ISO 8601 writes it: 5.5 is +05:30."""
    whole, minutes = divmod(round(abs(hours) * 60), 60)
    return f"{'-' if hours < 0 else '+'}{whole:02d}:{minutes:02d}"


def _calls(legs: pl.DataFrame, context: Context, rows: int) -> Batch:
    calls = with_ids(calls_of(legs), context)
    trunks = [row.trunk for row in context.site.rows if row.trunk]
    calls = calls.with_columns(path=pl.when(pl.col("trunk").is_in(trunks)).then("trunk"))
    return admit_calls(calls, context, rows=rows)


READER: Final[Reader] = Asterisk()

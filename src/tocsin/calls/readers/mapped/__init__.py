"""Foreign files, read as a mapping says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from tocsin.calls.admit import admit_calls
from tocsin.calls.legs import OpenCalls, calls_of, with_ids
from tocsin.calls.mapping import TIMES, Mapping
from tocsin.calls.ports import Batch, Chunk, Context
from tocsin.calls.readers.mapped.fields import fields, unlisted
from tocsin.calls.readers.mapped.layout import Layout, layout_of, missing_columns, table
from tocsin.calls.rows import LINE
from tocsin.calls.unlisted import Naming
from tocsin.calls.zone import LocalClock
from tocsin.words import Sentence

GUESSED: Final = Sentence("remark.guessed")

FOREIGN_AREA: Final = Sentence("remark.foreign_area")


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """The reader that a mapping makes."""

    mapping: Mapping

    @property
    def name(self) -> str:
        """The mapping's name."""
        return self.mapping.name

    def recognises(self, head: bytes) -> bool:
        """A header, or a first object, with every column that the mapping reads."""
        return self.mapping.header is None and layout_of(self.mapping, head) is not None

    def zone(self, head: bytes, context: Context) -> Sentence:  # noqa: ARG002
        """As the mapping says; nothing in the file proves it."""
        if self.mapping.zone is None:
            return Sentence("zone.offset_or_epoch")
        return Sentence("zone.mapping", zone=self.mapping.zone)

    def read(self, chunks: Iterable[Chunk], context: Context) -> Iterator[Batch]:
        """Calls as they become whole. Raises `InputError` where the file lacks a column that the mapping reads."""
        layout: Layout | None = None
        clocks = {name: LocalClock(self.mapping.zone) for name in TIMES if self.mapping.zone}
        open_calls = OpenCalls(context.hold_s)
        naming = Naming()
        for chunk in chunks:
            if layout is None and chunk.data:
                layout = layout_of(self.mapping, chunk.data)
                if layout is None:
                    raise missing_columns(self.mapping, chunk.data)
                chunk = chunk.without_first_line() if layout.headed else chunk
            if layout is None:
                continue
            rows_table, faults, rows = table(chunk, layout, self.mapping)
            raw, set_aside = fields(rows_table, self.mapping, clocks)
            unknown = unlisted(rows_table, self.mapping, raw[LINE], naming)
            raw, foreign = self._without_foreign_areas(raw, context)
            if self.mapping.group:
                raw = with_ids(calls_of(open_calls.step(raw, chunk.at)), context)
            batch = admit_calls(raw, context, rows=rows)
            guessed = {GUESSED: sum(clock.take_guessed() for clock in clocks.values())}
            remarks = batch.remarks | guessed | {FOREIGN_AREA: foreign} | unknown
            yield replace(batch, faults=pl.concat([faults, set_aside, batch.faults]), remarks=remarks)
        held = open_calls.rest()
        if held is not None and not held.is_empty():
            yield admit_calls(with_ids(calls_of(held), context), context, rows=0)

    def _without_foreign_areas(self, raw: pl.DataFrame, context: Context) -> tuple[pl.DataFrame, int]:
        """A file of another time zone is of another country: its areas only sound like the territory's."""
        if "area" not in raw.columns or self.mapping.zone in (None, context.territory.zone):
            return raw, 0
        return raw.drop("area"), raw.height - raw["area"].null_count()

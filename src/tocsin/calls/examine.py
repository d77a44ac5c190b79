"""What a file holds and what it lacks, before anything is made of it: what `tocsin look` shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any, Final

import polars as pl

from tocsin.calls.draft import draft_mapping
from tocsin.calls.drafted import Drafted
from tocsin.calls.mapping import Mapping
from tocsin.calls.ports import Batch, Chunk, Context, Reader
from tocsin.calls.read import HOLD_S, context_of, judged, reader_of, recognised, report_cut, settled, text_chunks
from tocsin.calls.readers.mapped import Mapped
from tocsin.calls.readers.records_parquet import NAME as PARQUET
from tocsin.calls.readers.records_parquet import is_record_parquet, read_parquet
from tocsin.calls.record import HEARTBEAT, RECORD
from tocsin.calls.rejects import NOT_EMERGENCY, UNKNOWN_SERVICE, Rejects, mend, reason_told
from tocsin.calls.repeats import Repeats
from tocsin.calls.site import MATCHED, Site, draft_site, most_met
from tocsin.calls.source import Source, opened
from tocsin.calls.unlisted import unlisted_of
from tocsin.errors import InputError
from tocsin.territory import Territory
from tocsin.wire import CAUSES, STATUSES
from tocsin.words import Sentence

USEFUL: Final = (
    "outcome", "area", "operator", "access", "path", "caller", "centre", "seen", "talk_s", "ring_s", "id", "sip_status",
)  # fmt: skip
"""Columns of the record that it costs something to be without, the dearest first."""

_NAMED: Final = {"sip_status": STATUSES, "q850_cause": CAUSES}
_COUNTED: Final = ("vantage", "feed", "service", "operator", "access", "centre", "outcome")


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What a file holds.

    ``format`` the reader's name · ``drafted`` the mapping that was drafted because no reader knew the file, else
    None · ``zone`` how the zone of its times is known · ``calls`` records that are no heartbeats ·
    ``first`` and ``last`` UTC; None without calls · ``per_minute`` calls a minute over that span · ``by_hour`` calls a
    minute in each hour of the territory's day, mean over the days of the span (24) · ``counts`` column -> value ->
    calls, for the columns of few values; codes with their names · ``cells`` calls by cell area · ``filled`` column ->
    share of calls that fill it · ``reasons`` and ``remarks`` as in `Rejects` · ``site`` a site.csv to fill in where
    services are unknown, else None · ``met`` called, queue, trunk -> those that such calls asked for more than once ->
    calls, the most frequent first.
    """

    file: str
    format: str
    drafted: Drafted | None
    zone: Sentence
    calls: int
    heartbeats: int
    first: datetime | None
    last: datetime | None
    per_minute: float
    by_hour: tuple[float, ...]
    counts: MappingOf[str, MappingOf[str, int]]
    cells: MappingOf[str, int]
    filled: MappingOf[str, float]
    reasons: MappingOf[str, int]
    remarks: MappingOf[Sentence, int]
    site: str | None
    met: MappingOf[str, MappingOf[str, int]]

    @property
    def of_no_service(self) -> int:
        """Calls set aside because nothing says which service they asked for, or the territory has none such."""
        return self.reasons.get(NOT_EMERGENCY, 0) + self.reasons.get(UNKNOWN_SERVICE, 0)

    @property
    def missing(self) -> tuple[str, ...]:
        """The useful columns that no call fills; none where there is no call."""
        return tuple(name for name in USEFUL if self.calls and not self.filled.get(name))

    @property
    def mend(self) -> tuple[tuple[Sentence, int, Sentence], ...]:
        """Why rows were set aside, how many, and what to do, the most frequent first."""
        ordered = sorted(self.reasons.items(), key=lambda one: -one[1])
        return tuple((reason_told(reason), count, mend(reason)) for reason, count in ordered)


def examine(
    path: str | Path,
    territory: Territory,
    *,
    mapping: Mapping | str | Path | None = None,
    site: Site | Path | None = None,
    key: bytes | Path | None = None,
    rejects: Rejects | None = None,
    onlooker: Callable[[pl.DataFrame], None] | None = None,
) -> Examination:
    """Read a file (or ``-``) whole and say what it holds; if no reader knows it, through a mapping drafted on the spot.

    ``onlooker`` is shown every batch of records, heartbeats included, for who counts what this room can't.
    Raises `InputError` as `read` does, and where not even a mapping can be drafted.
    """
    rejects = rejects if rejects is not None else Rejects()
    context = context_of(territory=territory, site=site, key=key, hold_s=HOLD_S)
    sums = _Sums(territory)
    repeats = Repeats()
    source: Source | None = None
    for source in opened([path]):
        try:
            opening = _open(source, reader_of(mapping), context)
            batches = sums.watched(judged(opening.batches, rejects, source.name))
            for records in settled(batches, repeats, rejects, source.name):
                sums.add(records)
                if onlooker is not None:
                    onlooker(records)
        except InputError as error:
            raise error.within(file=source.name) from None
        report_cut(source, rejects)
    return sums.examination(str(path), opening, rejects)


@dataclass(frozen=True, kw_only=True)
class _Opening:
    format: str
    drafted: Drafted | None
    zone: Sentence
    batches: Iterator[Batch]


def _open(source: Source, given: Reader | None, context: Context) -> _Opening:
    if given is None and is_record_parquet(source):
        zone = Sentence("zone.typed")
        return _Opening(format=PARQUET, drafted=None, zone=zone, batches=read_parquet(source.whole(), context))
    chunks = text_chunks(source)
    first = next(chunks, Chunk(data=b""))
    drafted = None
    try:
        reader = given or recognised(first.data)
    except InputError:
        drafted = draft_mapping(first.data, context.territory, name=Path(source.name).name.split(".")[0])
        reader = Mapped(mapping=Mapping.from_text(drafted.text(), name="draft"))
    return _Opening(
        format=reader.name,
        drafted=drafted,
        zone=reader.zone(first.data, context),
        batches=reader.read(chain([first], chunks), context),
    )


class _Sums:
    """What is counted while the records go by."""

    def __init__(self, territory: Territory) -> None:
        self._territory = territory
        self._counts: dict[str, Counter[str]] = {name: Counter() for name in (*_COUNTED, *_NAMED)}
        self._cells: Counter[str] = Counter()
        self._filled: Counter[str] = Counter()
        self._hours: Counter[int] = Counter()
        self._calls = self._heartbeats = 0
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._met: list[pl.DataFrame] = []

    def watched(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """The same batches; what they couldn't explain is kept for a draft of site.csv."""
        for batch in batches:
            if batch.unexplained is not None and not batch.unexplained.is_empty():
                met = pl.concat([*self._met, batch.unexplained])
                self._met = [met.group_by(MATCHED, maintain_order=True).agg(pl.col("calls").sum())]
            yield batch

    def add(self, records: pl.DataFrame) -> None:
        calls = records.filter(pl.col("service") != HEARTBEAT)
        self._heartbeats += records.height - calls.height
        if calls.is_empty():
            return
        self._calls += calls.height
        for name in RECORD:
            self._filled[name] += calls.height - calls[name].null_count()
        for name in _COUNTED:
            self._counts[name].update(_counted(calls[name].cast(pl.String)))
        for name, meanings in _NAMED.items():
            codes = _counted(calls[name])
            self._counts[name].update({f"{code} {meanings.get(code, '')}".strip(): n for code, n in codes.items()})
        rollup = self._territory.rollup
        areas = _counted(calls["area"])
        for area, count in areas.items():
            if area in rollup:
                self._cells[rollup[area]] += count
        local = calls["time"].dt.convert_time_zone(self._territory.zone).dt.hour()
        self._hours.update(dict(local.value_counts().iter_rows()))
        first, last = calls["time"].min(), calls["time"].max()
        if isinstance(first, datetime) and isinstance(last, datetime):
            self._first = min(first, self._first or first)
            self._last = max(last, self._last or last)

    def examination(self, file: str, opening: _Opening, rejects: Rejects) -> Examination:
        minutes = (self._last - self._first).total_seconds() / 60 if self._first and self._last else 0.0
        days = max(minutes / 1440, 1.0)
        return Examination(
            file=file,
            format=opening.format,
            drafted=opening.drafted and opening.drafted.with_unlisted(_endings_unknown(rejects.remarks)),
            zone=opening.zone,
            calls=self._calls,
            heartbeats=self._heartbeats,
            first=self._first,
            last=self._last,
            per_minute=self._calls / max(minutes, 1.0),
            by_hour=tuple(self._hours[hour] / days / 60 for hour in range(24)),
            counts={name: dict(counts.most_common()) for name, counts in self._counts.items()},
            cells=dict(self._cells.most_common()),
            filled={name: self._filled[name] / max(self._calls, 1) for name in RECORD},
            reasons=dict(rejects.reasons),
            remarks=dict(rejects.remarks),
            site=draft_site(self._met[0]) if self._met else None,
            met=most_met(self._met[0]) if self._met else {},
        )


def _endings_unknown(remarks: MappingOf[Sentence, int]) -> MappingOf[str, int]:
    return next((one.usable for one in unlisted_of(remarks) if one.field == "outcome"), {})


def _counted(column: pl.Series) -> dict[Any, int]:
    return dict(column.drop_nulls().value_counts().iter_rows())

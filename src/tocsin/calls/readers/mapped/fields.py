"""What a mapping makes of a foreign table: the fields of records, still raw."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from tocsin.calls.admit import LATEST
from tocsin.calls.legs import CALL
from tocsin.calls.mapping import EPOCHS, LENGTHS, TIMES, Mapping, Source
from tocsin.calls.ports import NO_FAULTS
from tocsin.calls.readers.mapped.layout import column
from tocsin.calls.rows import LINE
from tocsin.calls.unlisted import Naming
from tocsin.calls.zone import LocalClock
from tocsin.words import Sentence

SKIPPED = "set aside by the mapping"
NOT_OF_FORMATS = "time is not of the mapping's formats"
SKIPPED_HOUR = "time does not exist in the zone"

TYPED = "%Y-%m-%dT%H:%M:%S%.f"
"""How Parquet and JSON write a naive time, whatever formats the mapping names for its CSV."""

_CLOCKED = r"^(?:(\d+):)?(\d{1,3}):(\d{2}(?:\.\d+)?)$"


def fields(table: pl.DataFrame, mapping: Mapping, clocks: dict[str, LocalClock]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The mapping's fields of a table of strings (times in UTC, all else as strings), and the rows set aside."""
    table = table.with_columns(pl.col(column(name)).str.strip_chars() for name in mapping.needs)
    texts = {
        name: _text(table, source, () if name == "time" else mapping.absent)  # a call did begin, be it at midnight
        for name, source in mapping.fields.items()
        if name not in LENGTHS
    }
    raw = table.select(
        LINE,
        *(pl.lit(value).alias(name) for name, value in mapping.constants.items()),
        *(text.alias(name) for name, text in texts.items()),
        *(_seconds(table, mapping.fields[name], mapping).alias(name) for name in LENGTHS if name in mapping.fields),
        *(
            [pl.concat_str(pl.col(column(name)).fill_null("") for name in mapping.group).alias(CALL)]
            if mapping.group
            else []
        ),
    )
    faults = pl.repeat(None, table.height, dtype=pl.String, eager=True)
    for name in TIMES:
        if name in texts:
            read, wrong = _time(texts[name], mapping, clocks.get(name))
            raw = raw.with_columns(read.alias(name))
            faults = _first(faults, wrong)
    for name, values in mapping.skip.items():
        skipped = table[column(name)].is_in(values).fill_null(value=False)
        faults = pl.select(pl.when(skipped).then(pl.lit(SKIPPED)).otherwise(faults)).to_series()
    if faults.null_count() == len(faults):
        return raw, NO_FAULTS
    row = pl.concat_str([pl.col(column(name)) for name in mapping.needs], separator=",", ignore_nulls=True)
    marked = table.with_columns(faults.alias("reason"))
    return raw.filter(faults.is_null()), marked.filter(faults.is_not_null()).select(LINE, "reason", row=row)


def unlisted(table: pl.DataFrame, mapping: Mapping, kept: pl.Series, naming: Naming) -> dict[Sentence, int]:
    """What a mapping's tables don't list and leave unknown, in the rows that were ``kept`` (their `LINE`).

    Where the mapping says what else there is (``other``, or the text itself), it has decided; a row without a service
    is set aside, and said there.
    """
    found: dict[Sentence, int] = {}
    for name, source in mapping.fields.items():
        if not source.values or source.other != "" or name in LENGTHS or name == "service":
            continue
        columns = [column(each) for each in source.columns]
        rows = table.filter(pl.col(LINE).is_in(kept.implode())).with_columns(pl.col(columns).str.strip_chars())
        text = _text(rows, replace(source, values={}, other=None), mapping.absent).alias("text")
        met = text.filter(text.is_not_null() & ~text.is_in(list(source.values))).value_counts(sort=True)
        for value, count in met.iter_rows():
            remark = naming.remark(name, source.join.join(source.columns), value)
            found[remark] = found.get(remark, 0) + count
    return found


def _first(one: pl.Series, other: pl.Series) -> pl.Series:
    return pl.select(pl.coalesce(one, other)).to_series()


def _text(table: pl.DataFrame, source: Source, absent: tuple[str, ...]) -> pl.Series:
    """The text of a source: null where a part is empty or absent."""
    read = [pl.col(column(name)) for name in source.columns]
    parts = [pl.when(~part.is_in(absent)).then(part) for part in read] if absent else read
    text = pl.concat_str(parts, separator=source.join) if len(parts) > 1 else parts[0]
    if source.find is not None:
        whole = f"(?s)^.*?(?:{source.find}).*$"
        text = pl.when(text.str.contains(whole)).then(text.str.replace(whole, source.write))
    if source.values or source.other is not None:
        other = text if source.other is None else pl.when(text.is_not_null()).then(pl.lit(source.other))
        text = (
            text.replace_strict(list(source.values), list(source.values.values()), default=other)
            if source.values
            else other
        )
    return table.select(pl.when(text != "").then(text)).to_series()


def _local(text: pl.Series, mapping: Mapping) -> pl.Series:
    """Texts as naive local times, or in UTC where the mapping names no zone; null where no format fits."""
    zone = None if mapping.zone else "UTC"
    formats = mapping.formats if zone else (*mapping.formats, TYPED)
    found = pl.repeat(None, len(text), dtype=pl.Datetime("us", zone), eager=True)
    for form in formats:
        if found.null_count() == text.null_count():
            break
        if form in EPOCHS:
            micros = text.cast(pl.Float64, strict=False) * EPOCHS[form]
            micros = micros.set(~micros.is_between(0, LATEST.timestamp() * 1e6).fill_null(value=True), None)
            read = micros.round().cast(pl.Int64).cast(found.dtype)
        else:
            read = text.str.to_datetime(form, time_unit="us", time_zone=zone, strict=False)
        found = _first(found, read)
    return found


def _time(text: pl.Series, mapping: Mapping, clock: LocalClock | None) -> tuple[pl.Series, pl.Series]:
    """UTC, and the reason where it couldn't be had."""
    local = _local(text, mapping)
    utc = local if clock is None else clock.utc(local)
    unread = text.is_not_null() & local.is_null()
    skipped = local.is_not_null() & utc.is_null()
    reason = pl.when(unread).then(pl.lit(NOT_OF_FORMATS)).when(skipped).then(pl.lit(SKIPPED_HOUR))
    return utc, pl.select(reason).to_series()


def _seconds(table: pl.DataFrame, source: Source, mapping: Mapping) -> pl.Series:
    """A length of time in seconds: from two columns of times, a number (decimal comma or point), or h:mm:ss."""
    if source.start and source.end:
        start, end = (
            _local(_text(table, Source(columns=(name,)), mapping.absent), mapping)
            for name in (source.start, source.end)
        )
        return (end - start).dt.total_milliseconds() / 1000
    text = _text(table, source, mapping.absent).str.replace(",", ".", literal=True)
    parts = text.str.extract_groups(_CLOCKED)
    hours, minutes, seconds = (parts.struct.field(str(i)).cast(pl.Float64) for i in (1, 2, 3))
    clocked = hours.fill_null(0) * 3600 + minutes * 60 + seconds
    return pl.select(pl.when(clocked.is_not_null()).then(clocked.cast(pl.String)).otherwise(text)).to_series()

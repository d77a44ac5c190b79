"""The door: raw columns become records, or a row is set aside with its reason. Past it every value is true.

All formats come through here, so that a service, a time or an outcome means the same wherever it was read. Everything
is done by the column; only the *distinct* services, areas and so on are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import polars as pl

from tocsin.calls.caller import HASHED
from tocsin.calls.outcome import disagreement, outcome_column
from tocsin.calls.ports import NO_FAULTS, Batch, Context, plain
from tocsin.calls.record import HEARTBEAT, RECORD
from tocsin.calls.rejects import NOT_EMERGENCY
from tocsin.calls.rows import LINE
from tocsin.calls.site import MATCHED
from tocsin.territory import ACCESSES
from tocsin.words import Sentence

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""No record is older: an earlier time is that of a clock that was never set (1970, 1980)."""

LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""No record is younger: a later "time" is some other number. Beyond year 9999 no calendar could even show it."""

UNKNOWN_AREA: Final = Sentence("remark.unknown_area")
UNKNOWN_ACCESS: Final = Sentence("remark.unknown_access")
CODES_DISAGREE: Final = Sentence("remark.codes_disagree")
HASHED_HERE: Final = Sentence("remark.hashed_here")

REMARKED: Final = {"area": UNKNOWN_AREA, "access": UNKNOWN_ACCESS}
"""Columns whose unknown values don't set a row aside, and what is remarked of them."""

STRANGE: Final = "strange "
"""Before the name of a column: whether its value meant nothing."""

_CODES: Final = {"sip_status": (100, 699), "q850_cause": (1, 127)}
_LENGTHS: Final = ("ring_s", "talk_s")
_FREE: Final = ("id", "feed", "operator", "path", "centre")


def admit(raw: pl.DataFrame, context: Context, *, rows: int | None = None) -> Batch:
    """Records of raw columns named as in `RECORD` (strings, or typed already) and `LINE`; what is missing is null.

    Times as strings are RFC 3339 with an offset; typed, they have a zone. ``rows`` of the batch defaults to its height.
    """
    raw = _complete(raw)
    services = relabelled(raw["service"], lambda text: _service(text, context))
    labels = {
        "area": relabelled(raw["area"], lambda text: _area(text, context)),
        "access": relabelled(raw["access"], _one_of(tuple(ACCESSES))),
    }
    times = {name: _time(raw[name]) for name in ("time", "seen")}
    read = raw.with_columns(
        services.alias("service"),
        *(label.alias(name) for name, label in labels.items()),
        times["time"].alias("time"),
        times["seen"].alias("seen"),
        _enumerated(raw["vantage"]),
        _enumerated(raw["outcome"]),
        *(_code(raw[name], name) for name in _CODES),
        *(_length(raw[name]) for name in _LENGTHS),
        *(pl.col(name).cast(pl.String) for name in _FREE),
        *((raw[name].is_not_null() & label.is_null()).alias(f"{STRANGE}{name}") for name, label in labels.items()),
    )
    good, faults = _parted(raw, read)
    remarks = {what: int(good[f"{STRANGE}{name}"].sum()) for name, what in REMARKED.items()}  # of rows that do count
    hashed, in_clear = _callers(good, context)
    remarks[HASHED_HERE] = in_clear
    if good["q850_cause"].null_count() < good.height:
        remarks[CODES_DISAGREE] = int(good.select(disagreement().sum()).item())
    records = good.with_columns(hashed)
    if any(good[name].null_count() < good.height for name in _CODES):
        records = records.with_columns(outcome_column().alias("outcome"))
    return Batch(
        records=records.select(*(pl.col(name).cast(kind) for name, kind in RECORD.items()), LINE),
        faults=faults,
        rows=raw.height if rows is None else rows,
        remarks={what: count for what, count in remarks.items() if count},
    )


def admit_calls(calls: pl.DataFrame, context: Context, *, rows: int) -> Batch:
    """Records of calls as equipment writes them: with columns called, queue, trunk (strings) and the caller in clear.

    The service is the short number called, else what the site says; a call that neither explains is set aside. The
    access is that of the caller's number, where the file doesn't say.
    """
    missing = [name for name in (*MATCHED, "caller", "access") if name not in calls.columns]
    calls = calls.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)
    calls = calls.with_columns(
        pl.col("called", "caller").str.replace("^(?i:sips?|tel):", "").str.replace("[@;].*$", "")  # RFC 3261, 3966
    )
    filled = context.site.fill(calls, context.territory)
    access = relabelled(filled["caller"], context.territory.access_of).alias("number_access")
    filled = filled.with_columns(access).with_columns(pl.coalesce("access", "number_access").alias("access"))
    unknown = filled["service"].is_null()
    batch = admit(filled.filter(~unknown), context, rows=rows)
    faults = filled.filter(unknown).select(
        pl.col(LINE).cast(pl.UInt32),
        reason=pl.lit(NOT_EMERGENCY),
        row=pl.concat_str("time", *MATCHED, separator=",", ignore_nulls=True),
    )
    remarks = {what: count for what, count in batch.remarks.items() if what != HASHED_HERE}
    met = filled.filter(unknown).group_by(MATCHED, maintain_order=True).len("calls")
    return replace(batch, faults=faults.vstack(batch.faults), remarks=remarks, unexplained=met)


def _complete(raw: pl.DataFrame) -> pl.DataFrame:
    """All columns of a record: empty texts and what pandas writes for nothing (NaN) are null, lengths are seconds."""
    missing = [pl.lit(None, pl.String).alias(name) for name in RECORD if name not in raw.columns]
    lengths = [
        (pl.col(name).dt.total_microseconds() / 1e6).alias(name)
        for name in _LENGTHS
        if isinstance(raw.schema.get(name), pl.Duration)
    ]
    empty = [name for name in RECORD if raw.schema.get(name) == pl.String and (raw[name] == "").any()]
    filled = [pl.when(pl.col(name) != "").then(name).alias(name) for name in empty]
    numbers = [pl.col(name).fill_nan(None) for name in RECORD if raw.schema.get(name) in (pl.Float32, pl.Float64)]
    return raw.with_columns(*missing, *lengths, *filled, *numbers).select(*RECORD, LINE)


def _parted(raw: pl.DataFrame, read: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The good rows of `read`, and the faults of the others with their first reason and their raw fields."""

    def lost(name: str) -> pl.Series:
        return read[name].is_null() & raw[name].is_not_null()

    tests: dict[str, pl.Series] = {
        "no service": raw["service"].is_null(),
        "service is unknown": lost("service"),
        "no time": raw["time"].is_null(),
        "time is not RFC 3339": lost("time"),
        "time is of a clock that was never set": (read["time"] < EARLIEST).fill_null(value=False),
        "seen is not RFC 3339 with an offset": lost("seen"),
        "vantage is unknown": lost("vantage"),
        "outcome is unknown": lost("outcome"),
        "sip_status is no SIP status": lost("sip_status") & ~_nought(raw["sip_status"]),
        "q850_cause is no Q.850 cause": lost("q850_cause") & ~_nought(raw["q850_cause"]),
        "ring_s or talk_s is no length of time": _no_length(raw, read),
    }
    failed = {reason: bad for reason, bad in tests.items() if bad.any()}
    if not failed:
        return read, NO_FAULTS
    reason = pl.coalesce(pl.when(bad).then(pl.lit(reason)) for reason, bad in failed.items())
    naive = _naive(raw["time"])
    marked = raw.with_columns(reason=pl.when(lost("time") & naive).then(pl.lit("time has no zone")).otherwise(reason))
    faults = marked.filter(pl.col("reason").is_not_null()).select(
        LINE,
        "reason",
        row=pl.concat_str([pl.col(name).cast(pl.String) for name in RECORD], separator=",", ignore_nulls=True),
    )
    return read.filter(marked["reason"].is_null()), faults


def _no_length(raw: pl.DataFrame, read: pl.DataFrame) -> pl.Series:
    bad = pl.Series([False]).new_from_index(0, raw.height) if raw.height else pl.Series([], dtype=pl.Boolean)
    for name in _LENGTHS:
        value = read[name]
        bad |= (value.is_null() & raw[name].is_not_null()) | ((value < 0) | ~value.is_finite()).fill_null(value=False)
    return bad


def _enumerated(column: pl.Series) -> pl.Series:
    """One of the record's own words; null where it's none of them."""
    kind = RECORD[column.name]
    if column.dtype == kind:
        return column
    assert isinstance(kind, pl.Enum)
    return relabelled(column, _one_of(tuple(kind.categories))).cast(kind)


def relabelled(column: pl.Series, label: Callable[[str], str | None]) -> pl.Series:
    """A column of few distinct texts, each looked up once; null where the text is null or means nothing."""
    texts = column.cast(pl.String)
    met = texts.drop_nulls().unique().to_list()
    wanted = {text: label(text) for text in met}
    if all(text == want for text, want in wanted.items()):
        return texts
    return texts.replace_strict(list(wanted), list(wanted.values()), default=None, return_dtype=pl.String)


def _one_of(names: tuple[str, ...]) -> Callable[[str], str | None]:
    return lambda text: low if (low := text.strip().lower()) in names else None


def _service(text: str, context: Context) -> str | None:
    if text.strip().lower() == HEARTBEAT:
        return HEARTBEAT
    service = context.territory.service(text)
    return service.code if service else None


def _area(text: str, context: Context) -> str | None:
    """The area of a code or a name; spreadsheets take the nought from "01" and "01004", people write "2a"."""
    code = text.strip().upper()
    tries = (text, code, code.zfill(2), code.zfill(5))
    found = next((code for code in tries if code in context.territory.areas), None)
    return found if found is not None else context.areas_by_name.get(plain(text))


def _time(column: pl.Series) -> pl.Series:
    """UTC with microseconds; null where it's no time or has no zone."""
    if isinstance(column.dtype, pl.Datetime):
        if column.dtype.time_zone is None:
            return pl.Series(column.name, [None], dtype=RECORD["time"]).new_from_index(0, column.len())
        return _in_reach(column.dt.cast_time_unit("us").dt.convert_time_zone("UTC"))
    texts = column.cast(pl.String)
    if texts.null_count() == texts.len():
        return texts.cast(RECORD["time"])
    return _in_reach(texts.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False))


def _in_reach(times: pl.Series) -> pl.Series:
    far = (times.to_physical() >= int(LATEST.timestamp()) * 1_000_000) | (times.to_physical() < 0)
    return times.set(far.fill_null(value=False), None) if far.any() else times


def _naive(column: pl.Series) -> pl.Series:
    """Where a time would do but for its missing zone."""
    if isinstance(column.dtype, pl.Datetime):
        return column.is_not_null()
    return column.cast(pl.String).str.contains(r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$").fill_null(value=False)


def _code(column: pl.Series, name: str) -> pl.Series:
    low, high = _CODES[name]
    code = column.cast(pl.Int32, strict=False)
    if code.null_count() > column.null_count():  # a column with gaps is written as 200.0 by some programs
        number = column.cast(pl.Float64, strict=False)
        code = number.set((number != number.round()).fill_null(value=False), None).cast(pl.Int32, strict=False)
    return code.set(~code.is_between(low, high).fill_null(value=True), None).cast(pl.Int16)


def _length(column: pl.Series) -> pl.Series:
    """Seconds; a decimal comma is what French spreadsheets write."""
    seconds = column.cast(pl.Float32, strict=False)
    if column.dtype == pl.String and seconds.null_count() > column.null_count():
        return column.str.replace(",", ".", literal=True).cast(pl.Float32, strict=False)
    return seconds


def _nought(column: pl.Series) -> pl.Series:
    """A code of 0 is how equipment writes "none"."""
    return (column.cast(pl.Int32, strict=False) == 0).fill_null(value=False)


def _callers(good: pl.DataFrame, context: Context) -> tuple[pl.Series, int]:
    """The caller column, hashed where it isn't yet; and how many were in clear."""
    callers = good["caller"].cast(pl.String)
    clear = ~callers.str.contains(HASHED).fill_null(value=True)
    if not clear.any():
        return callers, 0
    hashed = context.caller.hashes(callers.filter(clear), good["time"].filter(clear))
    numbers = good.select(row=pl.int_range(pl.len())).filter(clear).with_columns(hashed.alias("caller"))
    joined = good.select(row=pl.int_range(pl.len()), given=callers).join(
        numbers, on="row", how="left", maintain_order="left"
    )
    return joined.select(pl.when(clear).then("caller").otherwise("given").alias("caller")).to_series(), int(clear.sum())

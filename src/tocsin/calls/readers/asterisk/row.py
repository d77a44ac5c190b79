"""One row of cdr-csv: its columns, and the leg it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import polars as pl

from tocsin.calls.legs import CALL
from tocsin.calls.record import Outcome
from tocsin.calls.rejects import faults_where
from tocsin.calls.rows import FIELDS, LINE
from tocsin.calls.zone import LocalClock

HEADER: Final = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer",
    "end", "duration", "billsec", "disposition", "amaflags",
)  # fmt: skip
COLUMNS: Final = (*HEADER, "extra1", "extra2", "extra3", "extra4", "extra5")
FEWEST: Final = len(HEADER)

OUTCOMES: Final = {
    "ANSWERED": Outcome.ANSWERED,  # with a dstchannel: see `legs_of`
    "NO ANSWER": Outcome.ABANDONED,  # dial status NOANSWER or CANCEL
    "CANCEL": Outcome.ABANDONED,  # with canceldispositionenabled
    "BUSY": Outcome.BUSY,
    "CONGESTION": Outcome.LOST,
    "FAILED": Outcome.LOST,  # FAILED, CHANUNAVAIL, and CONGESTION unless it's counted by itself
}
"""Disposition (Asterisk, main/cdr.c) -> outcome of the leg."""

TIME: Final = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$"
UNIQUEID: Final = r"^(?:(?P<system>.+)-)?(?P<epoch>\d{9,10})\.\d+$"
NOT_OF_THIS: Final = "not of this format"

QUARTER_S: Final = 900
"""Zones are offset by multiples of a quarter of an hour."""

FARTHEST_S: Final = 14 * 3600
"""No zone lies farther from UTC."""


def looks_like(row: Sequence[str]) -> bool:
    """Whether the fields of a line can be of cdr-csv."""
    return (
        FEWEST <= len(row) <= len(COLUMNS)
        and re.match(TIME, row[9]) is not None
        and row[12].isdecimal()
        and row[13].isdecimal()
        and row[14] in OUTCOMES
    )


def legs_of(frame: pl.DataFrame, clock: LocalClock) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """The legs of split rows, the faults, and for how many the zone had to be assumed."""
    frame = frame.filter(~((pl.col("start") == "start") & (pl.col("end") == "end")).fill_null(value=False))
    good = pl.all_horizontal(
        pl.col("start").str.contains(TIME),
        pl.col("disposition").is_in(list(OUTCOMES)),
        *_naturals("duration", "billsec"),
    ).fill_null(value=False)
    frame, faults = faults_where(frame, ~good, NOT_OF_THIS, HEADER)
    named = frame.with_columns(_local("start"), _local("answer"), _local("end"), *_ids())
    unread = named["start"].is_null()  # a thirtieth of February
    named, impossible = faults_where(named, unread, NOT_OF_THIS, ("src", "dst", "disposition"))
    timed, assumed = _timed(named, clock)
    timed, skipped = faults_where(timed, pl.col("time").is_null(), "time does not exist in the zone", ("src", "dst"))
    return timed.select(*_leg()), pl.concat([faults, impossible, skipped]), assumed


def _naturals(*names: str) -> list[pl.Expr]:
    return [pl.col(name).str.contains(r"^\d{1,9}$") for name in names]


def _local(name: str) -> pl.Expr:
    return pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)


def _ids() -> list[pl.Expr]:
    """uniqueid and linkedid, which stand where the number of fields says."""
    fields, first = pl.col(FIELDS), pl.col("extra1")
    unique = pl.when(fields.is_in([17, 18, 20, 21]) & first.str.contains(UNIQUEID)).then(first)
    linked = pl.when(fields == 21).then("extra4").when(fields == 20).then("extra3").when(fields == 19).then("extra2")
    return [unique.alias("uniqueid"), pl.coalesce(linked, unique).alias("linkedid")]


def offsets_of(frame: pl.DataFrame) -> pl.DataFrame:
    """The offsets from UTC that split rows prove, in hours, with how many rows each, the most frequent first."""
    rows = frame.filter(pl.col("start").str.contains(TIME).fill_null(value=False)).with_columns(
        _local("start"), *_ids()
    )
    own = pl.coalesce("uniqueid", "linkedid").str.extract(UNIQUEID, 2).cast(pl.Int64)
    apart = pl.col("start").dt.epoch("s") - own
    near = rows.select(apart.alias("apart")).drop_nulls().filter(pl.col("apart").abs() <= FARTHEST_S + QUARTER_S)
    hours = (pl.col("apart") / QUARTER_S).round() * QUARTER_S / 3600
    return near.select(hours.alias("hours"))["hours"].value_counts(sort=True)


def _timed(named: pl.DataFrame, clock: LocalClock) -> tuple[pl.DataFrame, int]:
    """Add time and seen in UTC: proved by the uniqueid where there is one, else assumed in the clock's zone."""
    epochs = named.with_columns(
        began=pl.col("linkedid").str.extract(UNIQUEID, 2).cast(pl.Int64),
        own=pl.coalesce("uniqueid", "linkedid").str.extract(UNIQUEID, 2).cast(pl.Int64),
    )
    apart = pl.col("start").dt.epoch("s") - pl.col("own")
    offset = ((apart / QUARTER_S).round() * QUARTER_S).cast(pl.Int64)
    proved = epochs.with_columns(offset=pl.when(apart.abs() <= FARTHEST_S + QUARTER_S).then(offset))
    needed = proved["offset"].is_null()
    assumed = clock.utc(proved["start"].set(~needed, None))
    utc = pl.Datetime("us", "UTC")
    time = pl.when(pl.col("offset").is_not_null()).then((pl.col("began") * 1_000_000).cast(utc)).otherwise(assumed)
    end = pl.col("end") - pl.duration(
        seconds=pl.coalesce("offset", pl.col("start").dt.epoch("s") - assumed.dt.epoch("s"))
    )
    timed = proved.with_columns(time=time, seen=end.dt.replace_time_zone("UTC"))
    late = pl.when(pl.col("seen") >= pl.col("time")).then("seen")
    return timed.with_columns(seen=late), int(needed.sum())


def _leg() -> list[pl.Expr]:
    by_the_switch = (pl.col("disposition") == "ANSWERED") & pl.col("dstchannel").is_null()
    outcome = pl.col("disposition").replace_strict(
        list(OUTCOMES), [one.value for one in OUTCOMES.values()], return_dtype=pl.String
    )
    answered = (outcome == Outcome.ANSWERED.value) & ~by_the_switch
    who = pl.concat_str(pl.col("src", "dst", "channel").fill_null(""), pl.col("start").cast(pl.String), separator="/")
    waited = (pl.coalesce("answer", "end") - pl.col("start")).dt.total_seconds()
    return [
        pl.coalesce("linkedid", who).alias(CALL),
        pl.col("linkedid").alias("id"),
        pl.col("time", "seen"),
        pl.lit("centre").alias("vantage"),
        pl.coalesce(pl.col("linkedid").str.extract(UNIQUEID, 1), pl.lit("asterisk")).alias("feed"),
        pl.col("src").alias("caller"),
        pl.col("dst").alias("called"),
        pl.when(pl.col("lastapp") == "Queue").then(pl.col("lastdata").str.extract("^([^,|]+)")).alias("queue"),
        pl.col("channel").str.replace(r"-[0-9a-fA-F]+(?:;\d)?$", "").alias("trunk"),
        pl.when(by_the_switch).then(pl.lit(Outcome.ABANDONED.value)).otherwise(outcome).alias("outcome"),
        pl.when(waited >= 0).then(waited).alias("ring_s"),
        pl.when(answered).then(pl.col("billsec").cast(pl.Int64)).alias("talk_s"),
        pl.col(LINE),
    ]

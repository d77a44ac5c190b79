from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from tocsin.calls import HEARTBEAT, RECORD
from tocsin.cli.feeds import SHOWN, Feeds
from tocsin.words import Words

TEN = datetime(2021, 6, 2, 8, tzinfo=UTC)
"""Ten o'clock in Paris."""


def records(
    feed: str | None, *, every_s: int, until_s: int, service: str = "15", took_s: float | None = None
) -> pl.DataFrame:
    """A record every so many seconds from 10:00 on, of a centre."""
    times = [TEN + timedelta(seconds=second) for second in range(0, until_s, every_s)]
    late = [None if took_s is None else time + timedelta(seconds=took_s) for time in times]
    known = pl.DataFrame(
        {"time": times, "seen": late, "service": service, "feed": feed, "vantage": "centre"},
        schema_overrides={"seen": RECORD["seen"], "feed": pl.String},
    )
    missing = [pl.lit(None).alias(name) for name in RECORD if name not in known.columns]
    return known.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in RECORD.items())


def told(*batches: pl.DataFrame, language: str = "en") -> list[str]:
    feeds = Feeds()
    feeds.push(pl.concat(batches).sort("time"))
    return [line.replace("\u202f", " ") for line in feeds.told(Words(language=language))]


def test_how_late_a_feed_records_its_calls_is_told() -> None:
    assert told(
        records("room 1", every_s=60, until_s=3600, took_s=20), records("room 1", every_s=360, until_s=3600, took_s=300)
    ) == [
        "feeds, as they stood at the last record:",
        "  room 1 (centre): 70 calls, half of them recorded within 20 s, 99 % within 5.1 min, "
        "86 % within the watch's 60 s, no heartbeats, "
        "`look` calls it quiet 8.4 min after its last call (wrongly one file in 10 000), "
        "longest time without a sign 1.0 min, from 2 June 2021, 10:00 CEST",
    ]


def test_a_silent_feed_is_told_from_calls_that_stop_and_from_one_of_which_nobody_can_tell() -> None:
    lines = told(
        records("alive", every_s=10, until_s=3600),
        records("silent", every_s=10, until_s=1800),
        records("silent", every_s=60, until_s=1800, service=HEARTBEAT),
        records("dead line", every_s=10, until_s=1800),
        records("dead line", every_s=60, until_s=3600, service=HEARTBEAT),
        records("quiet", every_s=10, until_s=1800),
    )
    ends = {line.split(" (")[0].strip(): line.split(" CEST, ")[-1] for line in lines[1:]}
    assert [*ends] == ["dead line", "quiet", "silent", "alive"]
    assert ends["silent"] == "SILENT since 2 June 2021, 10:29 CEST: its heartbeats have stopped as well"
    assert ends["dead line"] == "though its heartbeats come: the feed lives, its calls have stopped"
    assert ends["quiet"] == (
        "NO CALL since 2 June 2021, 10:29 CEST: without heartbeats nobody can tell a silent feed from calls that stop"
    )
    assert "SILENT" not in ends["alive"]
    assert "NO CALL" not in ends["alive"]


def test_a_clock_that_is_ahead_is_told() -> None:
    assert (
        "60 recorded before they happened: a clock is wrong"
        in told(records("room 1", every_s=60, until_s=3600, took_s=-5))[1]
    )


def test_of_many_feeds_those_in_doubt_come_first_and_the_rest_are_counted() -> None:
    many = [records(f"room {n}", every_s=10, until_s=3600 + n) for n in range(20)]
    lines = told(*many, records("small and silent", every_s=300, until_s=900))
    assert len(lines) == 1 + SHOWN + 1
    assert lines[-1] == f"  and {21 - SHOWN} more, of which 0 silent or without calls"
    stopped = [records(f"room {n}", every_s=10, until_s=600) for n in range(20)]
    lines = told(*stopped, records("alive", every_s=10, until_s=3600))
    assert lines[-1] == f"  and {21 - SHOWN} more, of which {20 - SHOWN} silent or without calls"


def test_a_feed_without_a_name_is_one_all_the_same() -> None:
    assert told(records(None, every_s=10, until_s=60))[1].startswith("  without a name (centre): 6 calls,")


def test_no_record_no_feed() -> None:
    assert told(records("room 1", every_s=1, until_s=0)) == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_both_languages_tell_all_of_it(language: str) -> None:
    lines = told(
        records("alive", every_s=10, until_s=3600, took_s=-1),
        *(records(f"silent {n}", every_s=60, until_s=1800, service=HEARTBEAT) for n in range(SHOWN)),
        language=language,
    )
    assert len(lines) == 2 + SHOWN

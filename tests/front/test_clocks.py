"""Records that come when the call ends, clocks that are wrong, days without records: as a centre's engineer has them.

No feed here sends heartbeats, so that a silence is a total loss.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.front.conftest import PROGRAM, Said, Tocsin

BEGAN = datetime(2021, 6, 2, 10, tzinfo=UTC)
TIMES = ("time", "seen")
RESET = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Room:
    """A folder with quiet weeks of calls, and what was learned from them as they came (`timed`) and as files without
    the column seen (`untimed`)."""

    folder: Path
    map: Path
    may: pl.DataFrame
    day: pl.DataFrame

    def write(self, name: str, *records: pl.DataFrame) -> Path:
        """A file of these records, behind one another."""
        pl.concat(records).write_csv(self.folder / name, datetime_format="%Y-%m-%dT%H:%M:%S%.6fZ")
        return self.folder / name

    def options(self, baseline: str) -> list[str | Path]:
        return ["--territory", self.map, "--baseline", self.folder / baseline]


def untimed(records: pl.DataFrame) -> pl.DataFrame:
    """The records as a switch writes them: when the call ends, without saying so."""
    length = pl.col("ring_s").fill_null(0) + pl.col("talk_s").fill_null(0)
    ended = pl.col("time") + pl.duration(microseconds=(length * 1e6).cast(pl.Int64))
    return records.sort(ended).drop("seen")


def moved(records: pl.DataFrame, by: timedelta) -> pl.DataFrame:
    return records.with_columns(pl.col("time", "seen") + by, pl.col("id") + f"+{by.days}.{by.seconds}")


@pytest.fixture(scope="module")
def room(tocsin: Tocsin, county: Path, tmp_path_factory: pytest.TempPathFactory) -> Room:
    folder = tmp_path_factory.mktemp("room")
    calls = pl.col("service") != "heartbeat"
    zoned = pl.col("time", "seen").str.to_datetime("%+", time_unit="us", time_zone="UTC")
    room = Room(
        folder=folder,
        map=county / "map",
        may=pl.read_parquet(county / "may.parquet").filter(calls),
        day=pl.read_csv(county / "outage.csv", infer_schema=False)
        .filter(calls)
        .with_columns(zoned, pl.col("ring_s", "talk_s").cast(pl.Float32))
        .sort("seen"),
    )
    for name, records in (("timed", room.may), ("untimed", untimed(room.may))):
        records.write_parquet(folder / f"{name}.parquet")
        learned = tocsin("learn", folder / f"{name}.parquet", "--territory", room.map, "--out", folder / name)
        assert learned.code == 0, learned.err
    return room


def followed(*files: str | Path, seconds: float = 3) -> Said:
    """What `watch --follow` says of these files, with these options, until Ctrl-C.

    That comes after so many seconds, and once it has worked through what there is: on a busy machine that takes longer.
    """
    words = [PROGRAM, "watch", *map(str, files), "--json", "--follow"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        timer = threading.Timer(seconds, _stop_when_idle, [program])
        timer.start()
        out, err = program.communicate(timeout=120)
        timer.cancel()
    return Said(code=program.returncode, out=out, err=err)


def _stop_when_idle(program: subprocess.Popen[str]) -> None:
    """Ctrl-C once it has used less than a tenth of a second of processor in two: it looks whether its files grow."""
    used = _ticks(program)
    for _ in range(40):
        time.sleep(2)
        before, used = used, _ticks(program)
        if used - before < os.sysconf("SC_CLK_TCK") / 10:
            break
    program.send_signal(signal.SIGINT)


def _ticks(program: subprocess.Popen[str]) -> int:
    """Processor time that a program has used, in clock ticks."""
    fields = Path(f"/proc/{program.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def pages(said: Said) -> list[dict[str, object]]:
    return [alarm for alarm in said.alarms if alarm["level"] == "page"]


def test_calls_written_when_they_end_are_followed_with_a_delay_that_is_said_and_no_false_page(room: Room) -> None:
    quiet = untimed(room.day.filter(pl.col("time") < BEGAN - timedelta(minutes=30)))
    said = followed(room.write("master.csv", quiet), *room.options("untimed"))
    assert said.code == 130
    assert pages(said) == []
    assert "These records don't say when they came: each ten seconds are judged " in said.err


def test_what_such_calls_show_of_an_outage_pages(room: Room) -> None:
    said = followed(room.write("outage.csv", untimed(room.day)), *room.options("untimed"))
    first = pages(said)[0]
    assert first["scope"] == {"area": "C1"} or "C1" in str(first["scope"])
    assert BEGAN < datetime.fromisoformat(str(first["at"])) <= BEGAN + timedelta(minutes=25)


@pytest.mark.parametrize("follow", [True, False])
@pytest.mark.parametrize(
    ("baseline", "sentence"),
    [
        ("untimed", "these records say when they were seen, those of the baseline didn't"),
        ("timed", "these records don't say when they were seen, those of the baseline did"),
    ],
)
def test_records_that_count_otherwise_than_the_baselines_are_refused_live_and_from_files(
    tocsin: Tocsin, room: Room, baseline: str, sentence: str, follow: bool
) -> None:
    file = room.write("other.csv", room.day if baseline == "untimed" else untimed(room.day))
    said = tocsin("watch", file, *room.options(baseline), *(["--follow"] if follow else []))
    assert (said.code, said.out) == (1, "")
    assert said.err == f"{sentence}: learn the baseline from records of the same feeds.\n"


def test_a_feed_that_does_not_say_when_it_was_seen_is_set_aside_and_the_other_file_is_watched_on(room: Room) -> None:
    centre = pl.col("vantage") == "centre"
    odd = room.write("odd.csv", untimed(room.day.filter(~centre)))
    said = followed(odd, room.write("sound.csv", room.day.filter(centre)), *room.options("timed"))
    assert said.code == 130
    first, *_, last = said.err.splitlines()
    assert first == (
        "Records of feed operator-A (operator) don't say when they were seen, those of the baseline did: "
        "they are set aside. Mend the feed, or learn the baseline anew."
    )
    assert "records were set aside, counting otherwise than the baseline's." in said.err
    assert last == "Stopped, as you asked. Nothing half-written was left behind."


def test_rows_that_say_when_they_were_seen_end_no_watch_that_runs_without(room: Room) -> None:
    never = untimed(room.day).with_columns(pl.lit(None, room.day.schema["seen"]).alias("seen")).select(room.day.columns)
    file = room.write("late.csv", never.head(2000), room.day.slice(2000, 3), never.slice(2000))
    said = followed(file, *room.options("untimed"))
    assert said.code == 3
    assert pages(said) != []
    assert re.search(r"^3 of .* records were set aside, counting otherwise", said.err, re.MULTILINE)


def test_a_vantage_that_was_learned_and_gives_no_record_is_said(tocsin: Tocsin, room: Room) -> None:
    morning = room.day.filter((pl.col("time") < BEGAN - timedelta(minutes=30)) & (pl.col("vantage") == "operator"))
    said = tocsin("watch", room.write("operators.csv", morning), *room.options("timed"), "--json")
    assert (said.code, pages(said)) == (0, [])
    assert said.err == (
        "No centre records have come, though the baseline knows them: what they alone would show isn't watched until "
        "some do. Check the files given.\n"
    )


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "No centre record has come so far: what only that vantage shows isn't watched."),
        ("fr", "Aucun enregistrement de centre n'est encore venu : ce que ce seul point de vue montre n'est pas"),
    ],
)
def test_alarms_say_that_a_vantage_is_not_heard_until_it_is(
    tocsin: Tocsin, room: Room, language: str, sentence: str
) -> None:
    noon = BEGAN + timedelta(hours=2)
    late = room.day.filter((pl.col("vantage") == "operator") | (pl.col("time") >= noon))
    said = tocsin("--lang", language, "watch", room.write("noon.csv", late), *room.options("timed"), "--json")
    told = [(datetime.fromisoformat(alarm["at"]), sentence in alarm["blind_to"][0]) for alarm in said.alarms]
    assert {unheard for at, unheard in told if at < noon} == {True}
    assert {unheard for at, unheard in told if at > noon + timedelta(minutes=5)} == {False}


def test_records_of_another_country_are_said_not_to_be_of_the_one_that_was_learned(tocsin: Tocsin, room: Room) -> None:
    morning = room.day.filter(pl.col("time") < BEGAN - timedelta(minutes=30))
    other = morning.with_columns(pl.col("operator") + "x", pl.col("path").str.replace_all(">", "x>") + "x")
    said = tocsin("watch", room.write("foreign.csv", other), *room.options("timed"), "--json")
    for what in ("operators", "nodes"):
        sentence = f"Most calls name {what} that the baseline never knew: these records are not of the country that was"
        assert sentence in said.err


@pytest.mark.parametrize("follow", [True, False])
def test_a_row_nine_hours_ahead_pages_nobody(tocsin: Tocsin, room: Room, follow: bool) -> None:
    morning = room.day.filter(pl.col("time") < BEGAN - timedelta(minutes=30))
    ahead = moved(morning.tail(1), timedelta(hours=9))
    file = room.write("ahead.csv", morning.head(-40), ahead, morning.tail(40))
    options = room.options("timed")
    said = followed(file, *options) if follow else tocsin("watch", file, *options, "--json")
    assert said.code == (130 if follow else 0)
    assert pages(said) == []
    assert "1 of " in said.err


@pytest.mark.parametrize("follow", [True, False])
@pytest.mark.parametrize("wrong", [1, 3, 10])
def test_rows_that_leap_ahead_for_a_moment_are_set_aside_and_the_outage_behind_them_pages(
    tocsin: Tocsin, room: Room, follow: bool, wrong: int
) -> None:
    """A clock leaps by nine hours at half past nine for a few rows; Ashford loses its calls at ten."""
    before = pl.col("seen") < BEGAN - timedelta(minutes=30)
    later = room.day.filter(~before)
    file = room.write("leap.csv", room.day.filter(before), moved(later.head(wrong), timedelta(hours=9)), later)
    options = room.options("timed")
    said = followed(file, *options) if follow else tocsin("watch", file, *options, "--json")
    first = pages(said)[0]
    assert "C1" in str(first["scope"])
    assert BEGAN < datetime.fromisoformat(str(first["at"])) <= BEGAN + timedelta(minutes=25)
    told = re.findall(
        r"^Records of feed (.*) \(.*\) lie 5\d\d min ahead of those around them in their file", said.err, re.M
    )
    assert told
    assert len(told) == len(set(told))
    assert f"{wrong} of " in said.err


@pytest.mark.parametrize("follow", [True, False])
def test_a_feed_three_hours_ahead_pages_nobody_and_alarms_say_that_its_records_are_set_aside(
    tocsin: Tocsin, room: Room, follow: bool
) -> None:
    """The largest operator's clock is three hours ahead from eight on; Ashford loses its calls at ten."""
    wrong = (pl.col("feed") == "operator-A") & (pl.col("seen") > BEGAN - timedelta(hours=2))
    moved_on = [pl.when(wrong).then(pl.col(name) + timedelta(hours=3)).otherwise(name).alias(name) for name in TIMES]
    file = room.write("skewed.csv", room.day.with_columns(moved_on))
    options = room.options("timed")
    said = followed(file, *options) if follow else tocsin("watch", file, *options, "--json")
    first = pages(said)[0]
    assert BEGAN < datetime.fromisoformat(str(first["at"])) <= BEGAN + timedelta(minutes=40)
    assert "C1" in str(first["scope"])
    assert "Records of feed operator-A are set aside since 2021-06-02 0" in str(first["blind_to"])
    assert said.err.count("Records of feed operator-A (operator) lie 180 min ahead of those around them") == 1
    assert "The clock of feed" not in said.err


@pytest.mark.parametrize("follow", [True, False])
def test_a_row_nine_hours_ahead_that_nothing_follows_is_no_sign_of_a_loss(
    tocsin: Tocsin, room: Room, follow: bool
) -> None:
    morning = room.day.filter(pl.col("time") < BEGAN - timedelta(minutes=30))
    file = room.write("last.csv", morning, moved(morning.tail(1), timedelta(hours=9)))
    options = room.options("timed")
    said = followed(file, *options) if follow else tocsin("watch", file, *options, "--json")
    assert pages(said) == []
    assert follow or said.err.startswith("1 of the last records lies long after all others")


def test_the_days_between_two_files_are_no_loss_and_are_said_with_their_times(tocsin: Tocsin, room: Room) -> None:
    monday = room.day.filter(pl.col("time") < BEGAN - timedelta(minutes=30))
    files = room.write("monday.csv", monday), room.write("friday.csv", moved(monday, timedelta(days=4)))
    said = tocsin("watch", *files, *room.options("timed"), "--json")
    assert (said.code, pages(said)) == (0, [])
    assert said.err == (
        "No records of any kind from 2 June 2021, 09:30 UTC to 6 June 2021, 00:01 UTC: nothing is said of that time.\n"
    )


def test_rows_of_a_clock_that_was_reset_are_set_aside_and_the_rest_is_watched(tocsin: Tocsin, room: Room) -> None:
    morning = room.day.filter(pl.col("time") < BEGAN - timedelta(minutes=30))
    back = RESET - morning["time"][0]
    file = room.write("reset.csv", morning.head(500), moved(morning.slice(500, 3), back), morning.tail(-503))
    said = tocsin("watch", file, *room.options("timed"), "--json")
    assert (said.code, pages(said)) == (0, [])
    assert "3  time is months before the other records: set the clock of the equipment" in said.err


def test_a_file_of_a_clock_that_was_reset_is_left_out_by_learn_and_watch_and_said(
    tocsin: Tocsin, room: Room, tmp_path: Path
) -> None:
    morning = room.day.filter(pl.col("time") < BEGAN - timedelta(minutes=30))
    reset = room.write("old.csv", moved(morning.head(10), RESET - morning["time"].sort()[0]))
    left_out = "10 records from 1 January 2000, 00:00 UTC to 1 January 2000, 00:"
    learned = tocsin(
        "learn", room.folder / "timed.parquet", reset, "--territory", room.map, "--out", tmp_path / "baseline"
    )
    assert learned.code == 0
    assert learned.err.startswith(left_out)
    said = tocsin("watch", room.write("new.csv", morning), reset, *room.options("timed"), "--json")
    assert (said.code, pages(said)) == (0, [])
    assert said.err.startswith(left_out)


def test_learn_names_hours_that_it_left_out_once(tocsin: Tocsin, room: Room, tmp_path: Path) -> None:
    outage = moved(room.day, timedelta(days=-6))
    other = room.may.filter(pl.col("time").dt.date() != outage["time"][0].date())
    columns = [name for name in room.may.columns if name in outage.columns]
    records = pl.concat([other.select(columns), outage.select(columns).cast(other.select(columns).schema)])
    records.write_parquet(tmp_path / "weeks.parquet")
    said = tocsin("learn", tmp_path / "weeks.parquet", "--territory", room.map, "--out", tmp_path / "baseline")
    named = [line.split(": ")[1] for line in said.out.splitlines() if line.startswith("left out as not normal")]
    assert any("(C1)" in name for name in named)
    assert len(named) == len(set(named))

from __future__ import annotations

import re
import signal
import subprocess
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.front.conftest import PROGRAM, Said, Tocsin

BEGAN = datetime.fromisoformat("2021-06-02T10:00:00Z")
ENDED = datetime.fromisoformat("2021-06-02T13:00:00Z")
FIELDS = {
    "alarm", "state", "level", "kind", "cause", "at", "scope", "onset", "closed_at", "lost", "lost_per_hour", "e_ratio",
    "evidence", "blind_to",
}  # fmt: skip


def at(alarm: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(alarm["at"])


@pytest.fixture(scope="module")
def outage(tocsin: Tocsin, county: Path, normal: list[str | Path]) -> Said:
    return tocsin("watch", county / "outage.csv", *normal, "--json")


def test_a_quiet_day_pages_nobody(tocsin: Tocsin, county: Path, normal: list[str | Path]) -> None:
    said = tocsin("watch", county / "tuesday.csv", *normal, "--json")
    assert said.code == 0, said.out
    assert all(alarm["level"] == "watch" for alarm in said.alarms)


def test_the_largest_township_loses_nine_calls_in_ten_and_the_first_page_names_it(outage: Said) -> None:
    assert outage.code == 3
    pages = [alarm for alarm in outage.alarms if alarm["level"] == "page"]
    assert BEGAN < at(pages[0]) <= BEGAN + timedelta(minutes=20)
    assert pages[0]["scope"]["area"] == "C1"


def test_every_line_is_one_whole_alarm_and_every_time_is_utc(outage: Said) -> None:
    assert outage.err == ""
    for alarm in outage.alarms:
        assert set(alarm) == FIELDS
        moments = [alarm["at"], *alarm["onset"], *([alarm["closed_at"]] if alarm["closed_at"] else [])]
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment) for moment in moments)
        assert alarm["onset"] == sorted(alarm["onset"])
        for interval in (alarm["lost"], alarm["lost_per_hour"]):
            assert interval is None or interval == sorted(interval)


def test_changes_come_in_order_and_each_alarm_opens_before_anything_else_is_said_of_it(outage: Said) -> None:
    alarms = outage.alarms
    assert [at(alarm) for alarm in alarms] == sorted(at(alarm) for alarm in alarms)
    first = {alarm["alarm"]: alarm["state"] for alarm in reversed(alarms)}
    assert set(first.values()) == {"open"}


def test_the_page_closes_after_the_outage_and_the_exit_code_still_says_that_it_rang(outage: Said) -> None:
    closed = [alarm for alarm in outage.alarms if alarm["level"] == "page" and alarm["state"] == "closed"]
    assert closed
    assert all(at(alarm) > ENDED - timedelta(minutes=10) for alarm in closed)
    assert outage.code == 3


def test_an_alarm_does_not_say_that_callers_are_unknown_where_every_call_names_its_own(outage: Said) -> None:
    said = outage.alarms[0]["blind_to"]
    assert not any("Callers aren't known" in sentence for sentence in said)
    assert (
        "Callers are known at the centre vantage, but its history holds too few calls and redials to learn how often "
        "they dial again: that they do isn't looked at."
    ) in said


def test_on_screen_an_alarm_is_a_sentence_with_its_zone(tocsin: Tocsin, county: Path, normal: list[str | Path]) -> None:
    said = tocsin("watch", county / "outage.csv", *normal)
    assert said.code == 3
    opened = next(line for line in said.out.splitlines() if line.startswith("!"))
    assert "UTC" in opened
    assert "PAGE" in opened
    assert "Ashford (C1)" in opened


def test_an_alarm_that_is_open_when_the_records_end_is_named_in_the_last_line(
    tocsin: Tocsin, county: Path, normal: list[str | Path], tmp_path: Path
) -> None:
    head, *rows = (county / "outage.csv").read_text().splitlines(keepends=True)
    time_of = head.split(",").index("time")
    (tmp_path / "cut.csv").write_text(head + "".join(row for row in rows if row.split(",")[time_of] < "2021-06-02T12"))
    said = tocsin("watch", tmp_path / "cut.csv", *normal)
    assert said.code == 3
    count, still = said.out.splitlines()[-2:]
    assert re.fullmatch(r"1 page, \d+ watch(es)?", count)
    assert re.match(r"still open when the records ended: PAGE, calls .*, Ashford \(C1\)", still)
    whole = tocsin("watch", county / "outage.csv", *normal)
    assert "still open" not in whole.out


def test_in_french_it_is_said_in_french(tocsin: Tocsin, county: Path, normal: list[str | Path]) -> None:
    said = tocsin("--lang", "fr", "watch", county / "outage.csv", *normal)
    assert "ALARME · ouverte" in said.out


def test_the_order_of_rows_in_a_file_changes_nothing(
    tocsin: Tocsin, county: Path, normal: list[str | Path], outage: Said, tmp_path: Path
) -> None:
    head, *rows = (county / "outage.csv").read_text().splitlines(keepends=True)
    (tmp_path / "mixed").mkdir()
    (tmp_path / "mixed" / "odd.csv").write_text(head + "".join(reversed(rows[1::2])))
    (tmp_path / "mixed" / "even.csv").write_text(head + "".join(rows[::2]))
    assert tocsin("watch", tmp_path / "mixed", *normal, "--json").out == outage.out


def test_a_file_is_followed_as_it_grows_until_ctrl_c(county: Path, normal: list[str | Path], tmp_path: Path) -> None:
    head, *rows = (county / "outage.csv").read_text().splitlines(keepends=True)
    seen = head.split(",").index("seen")
    rows.sort(key=lambda row: row.split(",")[seen])  # a file grows by what comes
    live = tmp_path / "live.csv"
    live.write_text("".join([head, *rows[:2000]]))
    words = [PROGRAM, "watch", str(live), *map(str, normal), "--json", "--follow"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        time.sleep(4)
        with live.open("a") as file:
            file.write("".join(rows[2000:]))
        assert program.stdout is not None
        first = next(line for line in program.stdout if '"level": "page"' in line)
        program.send_signal(signal.SIGINT)
        _, err = program.communicate(timeout=60)
    assert '"area": "C1"' in first
    assert program.returncode == 3
    assert err == "Stopped, as you asked. Nothing half-written was left behind.\n"


def test_one_feed_whose_clock_goes_three_hours_ahead_is_named_and_the_time_goes_by_the_others(
    county: Path, normal: list[str | Path], tmp_path: Path
) -> None:
    head, *lines = (county / "outage.csv").read_text().splitlines(keepends=True)
    columns = head.rstrip("\n").split(",")
    rows = [dict(zip(columns, line.rstrip("\n").split(","), strict=True)) for line in lines]
    rows.sort(key=lambda row: row["seen"])
    for row in rows[2500:]:
        if row["feed"] == "operator-B":
            for name in ("time", "seen"):
                ahead = datetime.fromisoformat(row[name]) + timedelta(hours=3)
                row[name] = ahead.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    text = [",".join(row.values()) + "\n" for row in rows]
    live = tmp_path / "live.csv"
    live.write_text("".join([head, *text[:2500]]))
    words = [PROGRAM, "watch", str(live), *map(str, normal), "--json", "--follow"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        time.sleep(5)
        with live.open("a") as file:
            file.write("".join(text[2500:2900]))
        time.sleep(3)
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=60)
    alarms = Said(code=program.returncode, out=out, err=err).alarms
    assert {alarm["level"] for alarm in alarms} <= {"watch"}
    assert {alarm["scope"]["feed"] for alarm in alarms if alarm["kind"] == "silence"} == {"operator-B"}
    assert "Records of feed operator-B (operator) lie 180 min ahead of those around them in their file: " in err
    assert "records were of the future of the others and were set aside" in err


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (
            ["--false-alarms", "often"],
            2,
            '--false-alarms: \'often\' isn\'t a rate: write for instance "1 a month", "2 a year" or "1 a week".\n',
        ),
        (["--territory", "nowhere"], 1, None),
        (["--mapping", "nobodys"], 1, None),
    ],
)
def test_an_option_that_means_nothing_is_answered_with_what_to_write(
    tocsin: Tocsin, county: Path, normal: list[str | Path], words: list[str], code: int, sentence: str | None
) -> None:
    said = tocsin("watch", county / "tuesday.csv", *normal, *words)
    assert said.code == code
    assert said.out == ""
    assert said.err == sentence if sentence else len(said.err.splitlines()) == 1


def test_a_baseline_of_another_country_is_refused(tocsin: Tocsin, county: Path) -> None:
    said = tocsin("watch", county / "tuesday.csv", "--baseline", county / "baseline")
    assert said.code == 1
    assert "give both commands the same --territory" in said.err


def test_what_is_no_baseline_is_refused(tocsin: Tocsin, county: Path, tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("not a baseline")
    said = tocsin("watch", county / "tuesday.csv", "--territory", county / "map", "--baseline", tmp_path / "notes")
    assert (said.code, said.err) == (
        1,
        f"{tmp_path / 'notes'}: this isn't a baseline: make one with `tocsin learn RECORDS --out FILE`.\n",
    )

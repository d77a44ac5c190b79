"""Rows that are set aside: counted, masked, written, and a full disk said in one sentence."""

from __future__ import annotations

import csv
import tomllib
from importlib import resources
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.calls.rejects import FAULTS, REASONS, Rejects, masked, mend, reason_told
from tocsin.errors import InputError
from tocsin.words import LANGUAGES, Words

FAULT = pl.DataFrame([(7, "no time", "x,0199000111,15")], schema=FAULTS, orient="row")


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ("0199000111,15", "xxxxxxxxxx,15"),
        ("01 99 00 01 11", "xx xx xx xx xx"),
        ("01.99.00.01.11", "xx.xx.xx.xx.xx"),
        ("+33 (0)1 99-00-01-11", "+xx (x)x xx-xx-xx-xx"),
        ("sip:+33199000111@op-b", "sip:+xxxxxxxxxxx@op-b"),
        ("791-445-9811", "xxx-xxx-xxxx"),
        ("٠١٩٩٠٠٠١١١", "xxxxxxxxxx"),
        ("2021-06-02T16:45:00+02:00,112", "2021-06-02T16:45:00+02:00,112"),
        ("20/06/2017 09:49;524,0", "20/06/2017 09:49;524,0"),
        ("15,17,18,112", "15,17,18,112"),
        ("01/99/00/01/11", "xx/xx/xx/xx/xx"),
        ("2021-06-02-0199000111", "xxxx-xx-xx-xxxxxxxxxx"),
    ],
)
def test_numbers_are_masked_and_times_and_short_numbers_stay(row: str, shown: str) -> None:
    assert masked(row) == shown


@given(st.text(alphabet="0123456789 .-+/;,:xT", max_size=40))
def test_no_run_of_ten_digits_is_ever_left(row: str) -> None:
    assert not any(len(run) >= 9 and run.isdigit() for run in masked(row).replace("x", ",").split(","))


def test_reasons_are_counted_and_written_as_they_are_named(tmp_path: Path) -> None:
    with Rejects(tmp_path / "rejects.csv") as rejects:
        rejects.add("calls.csv", FAULT)
        rejects.add("calls.csv", FAULT)
    assert rejects.total == 2
    assert rejects.reasons == {"no time": 2}
    with (tmp_path / "rejects.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["file", "line", "reason", "row"],
        ["calls.csv", "7", "no time", "x,xxxxxxxxxx,15"],
        ["calls.csv", "7", "no time", "x,xxxxxxxxxx,15"],
    ]


def test_a_reason_is_itself_in_english() -> None:
    assert {reason: str(reason_told(reason)) for reason in REASONS} == {reason: reason for reason in REASONS}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_is_told_with_what_to_do_in_every_language_and_none_is_left_over(language: str) -> None:
    words = Words(language=language)
    assert len({words.told(reason_told(reason)) for reason in REASONS}) == len(REASONS)
    assert all(words.told(mend(reason)) for reason in REASONS)
    texts = tomllib.loads(resources.files("tocsin.words").joinpath(language, "records.toml").read_text("utf-8"))
    assert list(texts["reason"]) == list(texts["mend"]) == list(REASONS.values())


def test_nothing_set_aside_leaves_the_header_and_nothing_of_an_earlier_run(tmp_path: Path) -> None:
    (tmp_path / "rejects.csv").write_text("an earlier run")
    with Rejects(tmp_path / "rejects.csv") as rejects:
        rejects.add("calls.csv", FAULT.clear())
    assert (tmp_path / "rejects.csv").read_text() == "file,line,reason,row\n"


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    place = tmp_path / "nowhere" / "rejects.csv"
    with pytest.raises(InputError) as caught:
        Rejects(place).add("calls.csv", FAULT)
    assert str(caught.value) == (
        f"{place}: the rejected rows can't be written (No such file or directory): "
        "make room or give --rejects another place."
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_disk_that_is_full_is_one_sentence() -> None:
    sentence = r"can't be written \(The disk is full\): make room"
    with pytest.raises(InputError, match=sentence), Rejects(Path("/dev/full")):
        pass

"""Bad input at the front door: one clear sentence, or a counted rejection and every good row counted."""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path

import pytest
from tests.front.conftest import PROGRAM, Tocsin

HEAD = "id,time,service,vantage\n"
GOOD = "2021-06-02T10:00:00Z,15\n"
ROWS = [f"{n},2021-06-02T10:{n // 60:02d}:{n % 60:02d}Z,15,centre\n" for n in range(600)]


def attempts(tocsin: Tocsin, path: Path, *words: str | Path) -> int:
    said = tocsin("kpi", path, "--json", *words)
    assert said.code == 0, said.err
    return sum(row["attempts"] for row in json.loads(said.out))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\x00\x01\x02\xff" * 4000, ""),
        (b"<!DOCTYPE html>\n<html><body>Please log in</body></html>\n", "this is a web page"),
        (b"PK\x03\x04rest of a workbook", "save the sheet as CSV"),
        (
            b"time;service;vantage\nyesterday;15;centre\n",
            "its only row can't be read: time is not RFC 3339 (in line 2): ",
        ),
    ],
    ids=["empty", "binary", "HTML saved as .csv", "a workbook", "no row parses"],
)
def test_what_holds_no_records_is_said_in_one_sentence_with_its_name(
    tocsin: Tocsin, tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes(content)
    said = tocsin("kpi", path)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"{path}")
    assert sentence in said.err
    assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("rows", "english", "french"),
    [
        ("x\n", "its only row can't be read: too few fields", "sa seule ligne ne se lit pas : trop peu de champs"),
        (
            "x\nsoon,15\n",
            "none of its first 2 rows can be read; most often: ",
            "aucune de ses 2 premières lignes ne se lit ; le plus souvent : ",
        ),
        (
            f"x\ny\n{GOOD}",
            "only 1 of its first 3 rows can be read; most often: too few fields (2 rows, first in line 2): ",
            "sur ses 3 premières lignes, 1 seule se lit ; le plus souvent : trop peu de champs "
            "(2 lignes, d'abord la ligne 2) : ",
        ),
        (
            f"{GOOD}{GOOD}x\nsoon,15\ny\n",
            "only 2 of its first 5 rows can be read; most often: too few fields (2 rows, first in line 4): ",
            "sur ses 5 premières lignes, 2 seulement se lisent ; le plus souvent : trop peu de champs "
            "(2 lignes, d'abord la ligne 4) : ",
        ),
    ],
)
def test_a_file_few_of_whose_rows_can_be_read_is_told_in_a_sentence_that_fits_any_number(
    tocsin: Tocsin, tmp_path: Path, rows: str, english: str, french: str
) -> None:
    path = tmp_path / "calls.txt"
    path.write_text(f"time,service\n{rows}")
    for said, sentence in (
        (tocsin("look", path), f"{path}: {english}"),
        (tocsin("--lang", "fr", "look", path), f"{path} : {french}"),
    ):
        assert (said.code, said.out) == (1, "")
        assert said.err.startswith(sentence)


def test_a_file_that_is_not_there_is_named(tocsin: Tocsin, tmp_path: Path) -> None:
    said = tocsin("kpi", tmp_path / "nowhere.csv")
    assert (said.code, said.err) == (
        1,
        f"{tmp_path / 'nowhere.csv'}: can't be read (No such file or directory): check the path.\n",
    )


def test_of_ten_per_cent_garbage_every_good_row_counts_and_every_bad_one_is_kept_with_its_reason(
    tocsin: Tocsin, tmp_path: Path
) -> None:
    rows = [("garbage 0199000111\n" if n % 10 == 0 else row) for n, row in enumerate(ROWS)]
    path, aside = tmp_path / "calls.csv", tmp_path / "aside.csv"
    path.write_text(HEAD + "".join(rows))
    said = tocsin("kpi", path, "--json", "--rejects", aside)
    assert said.code == 0
    assert sum(row["attempts"] for row in json.loads(said.out)) == 540
    assert said.err.startswith("60 rows were set aside:\n")
    kept = aside.read_text().splitlines()
    assert kept[0] == "file,line,reason,row"
    assert len(kept) == 61
    assert "0199000111" not in aside.read_text(), "numbers are masked"


def test_where_nothing_is_set_aside_the_file_of_rejects_holds_its_header_alone(tocsin: Tocsin, tmp_path: Path) -> None:
    path, aside = tmp_path / "calls.csv", tmp_path / "aside.csv"
    path.write_text(HEAD + "".join(ROWS))
    aside.write_text("file,line,reason,row\nof,1,another,run\n")
    assert tocsin("kpi", path, "--json", "--rejects", aside).code == 0
    assert aside.read_text() == "file,line,reason,row\n"


def test_an_archive_that_was_cut_counts_as_far_as_it_goes(tocsin: Tocsin, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv.gz"
    whole = gzip.compress((HEAD + "".join(ROWS)).encode())
    path.write_bytes(whole[: len(whole) // 2])
    said = tocsin("kpi", path, "--json")
    assert said.code == 0
    assert 0 < sum(row["attempts"] for row in json.loads(said.out)) < 600
    assert "its gzip data ends early" in said.err


def test_the_same_record_twice_counts_once_even_from_two_files(tocsin: Tocsin, tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text(HEAD.replace("\n", ",feed\n") + "".join(f"{row.strip()},room\n" for row in ROWS))
    assert attempts(tocsin, tmp_path / "one.csv", tmp_path / "two.csv") == 600


@pytest.mark.parametrize(
    ("mend", "name"),
    [
        (lambda text: text.replace("\n", "\r"), "bare CR line ends"),
        (lambda text: text.replace(",", ";"), "semicolons"),
        (lambda text: "\ufeff" + text.replace("\n", "\r\n"), "a byte-order mark and CRLF"),
        (lambda text: text.replace("centre\n", "centre,and,more\n", 1), "extra fields in one row"),
        (lambda text: HEAD + "".join(reversed(text.splitlines(keepends=True)[1:])), "rows in the wrong order"),
    ],
)
def test_every_good_row_of_an_odd_file_counts(tocsin: Tocsin, tmp_path: Path, mend: object, name: str) -> None:
    assert callable(mend)
    path = tmp_path / f"{name}.csv"
    path.write_bytes(mend(HEAD + "".join(ROWS)).encode())
    assert attempts(tocsin, path) >= 599


def test_records_come_through_a_pipe_as_from_a_file() -> None:
    pipe = subprocess.run(
        [PROGRAM, "kpi", "-", "--json"], input=HEAD + "".join(ROWS), capture_output=True, text=True, check=True
    )
    assert sum(row["attempts"] for row in json.loads(pipe.stdout)) == 600

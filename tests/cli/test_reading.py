"""What was set aside, as it is told at a command's end."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tocsin.calls import Rejects
from tocsin.calls.rejects import FAULTS
from tocsin.cli.reading import reading, tell_rejects
from tocsin.errors import InputError
from tocsin.words import Sentence, Words


@pytest.fixture
def aside() -> Rejects:
    rejects = Rejects()
    rows = [(2, "no service", ""), (3, "not JSON", ""), (4, "not JSON", "")]
    rejects.add("calls.jsonl", pl.DataFrame(rows, schema=FAULTS, orient="row"))
    rejects.remark(Sentence("remark.cut", file="calls.gz", cut=Sentence("cut.gzip_early")))
    rejects.remark(Sentence("remark.hashed_here"), 1200)
    return rejects


def test_rows_set_aside_are_told_with_what_to_do(aside: Rejects, capsys: pytest.CaptureFixture[str]) -> None:
    tell_rejects(aside, None, Words(language="en"))
    assert capsys.readouterr().err.splitlines() == [
        "3 rows were set aside:",
        "  2  not JSON: write one JSON object a line",
        "  1  no service: fill the column service: a short number, a service URN or heartbeat",
        "  (--rejects FILE keeps them, numbers masked)",
        "  1\u202f200  caller in clear: hashed on reading",
        "  1  calls.gz: its gzip data ends early: what was readable counts",
    ]


def test_they_are_told_in_french_as_well(aside: Rejects, capsys: pytest.CaptureFixture[str]) -> None:
    tell_rejects(aside, Path("rejects.csv"), Words(language="fr"))
    assert capsys.readouterr().err.splitlines() == [
        "lignes écartées : 3",
        "  2  pas du JSON : écrire un objet JSON par ligne",
        "  1  sans service : remplir la colonne service : un numéro court, un URN de service ou heartbeat",
        "  1\u202f200  appelant en clair : haché à la lecture",
        "  1  calls.gz : ses données gzip finissent trop tôt : ce qui se lisait compte",
    ]


def test_of_nothing_set_aside_nothing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    tell_rejects(Rejects(), None, Words())
    assert capsys.readouterr().err == ""


def learned_nothing(file: Path, words: Words) -> None:
    with reading([str(file)], territory=None, mapping=None, site=None, rejects=None, key=None, words=words) as records:
        assert sum(batch.height for batch in records.batches()) == 2
        raise InputError("too little")


def test_what_was_set_aside_is_told_before_an_error_that_may_come_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "calls.csv"
    file.write_text("time,service\n,15\n2021-06-02T14:45:00Z,15\n2021-06-02T14:45:01Z,15\n")
    with pytest.raises(InputError, match="too little"):
        learned_nothing(file, Words(language="fr"))
    assert capsys.readouterr().err.splitlines()[:2] == [
        "lignes écartées : 1",
        "  1  sans heure : remplir la colonne time : RFC 3339 avec décalage, comme 2021-06-02T16:45:00+02:00",
    ]

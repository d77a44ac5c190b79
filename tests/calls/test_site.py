"""site.csv: what a site knows of itself."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from tests.calls.samples import FRANCE, shared

from tocsin.calls.site import Site, draft_site, is_site
from tocsin.errors import InputError


def said(site: Site, called: str | None = None, queue: str | None = None, trunk: str | None = None) -> list[str | None]:
    calls = pl.DataFrame(
        {"called": [called], "queue": [queue], "trunk": [trunk]},
        schema=dict.fromkeys(("called", "queue", "trunk"), pl.String),
    )
    return list(site.fill(calls, FRANCE).select("service", "centre", "operator").row(0))


def test_the_sample_says_what_its_rows_say() -> None:
    site = Site.load(shared("formats/site.csv"), FRANCE)
    assert said(site, called="01 99 00 18 00") == ["18", "CTA-CODIS-35", None]
    assert said(site, called="+33199001500", trunk="SIP/op-b") == ["15", "CRRA-SAMU-35", "op-b"]
    assert said(site, queue="accueil-112") == ["112", "CTA-CODIS-35", None]
    assert said(site, called="0199007777") == ["15", "CRRA-SAMU-35", None]  # the default


def test_a_short_number_called_is_the_service_whatever_the_default_says() -> None:
    site = Site.from_text("called,queue,trunk,service,centre,operator\n*,,,15,X,\n", FRANCE)
    assert said(site, called="18") == ["18", "X", None]
    assert said(Site(), called="112") == ["112", None, None]
    assert said(Site(), called="0199001500") == [None, None, None]


def test_a_row_with_two_conditions_needs_both() -> None:
    site = Site.from_text("called,queue,trunk,service\n0199001500,nuit,,17\n", FRANCE)
    assert said(site, called="0199001500", queue="nuit")[0] == "17"
    assert said(site, called="0199001500", queue="jour")[0] is None


def test_a_spreadsheets_semicolons_and_code_page_are_read(tmp_path: Path) -> None:
    path = tmp_path / "site.csv"
    path.write_bytes("Called;Queue;Trunk;Service;Centre;Operator\r\n;régulation;;SAMU;;\r\n".encode("cp1252"))
    with pytest.raises(InputError) as caught:
        Site.load(path, FRANCE)
    assert str(caught.value).startswith(f"{path} line 2, service: 'SAMU' is no service of France: use one of 15, 17, ")
    path.write_bytes("Called;Queue;Trunk;Service;Centre;Operator\r\n;régulation;;15;;\r\n".encode("cp1252"))
    assert said(Site.load(path, FRANCE), queue="régulation")[0] == "15"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b\n", "line 1: not a site.csv: give it the columns called, queue, trunk, service, centre, operator."),
        (
            "called,service\n,15\n",
            "line 2: says nothing of which calls: fill called, queue or trunk, or write * as called.",
        ),
        ("called,service\nabc,15\n", "line 2, called: no digits in it: write the number called."),
    ],
)
def test_faults_are_said_with_their_place(text: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        Site.from_text(text, FRANCE)
    assert str(caught.value) == sentence


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"can't read it \(No such file or directory\): check --site"):
        Site.load(tmp_path / "site.csv", FRANCE)


def test_a_draft_lists_what_was_met_and_can_be_read_back_filled_or_not() -> None:
    met = pl.DataFrame(
        {"called": ["0199001500", "0199001800", None], "queue": [None, "q", "q"], "trunk": [None, None, None],
         "calls": [3, 5, 2]},
        schema={"called": pl.String, "queue": pl.String, "trunk": pl.String, "calls": pl.UInt32},
    )  # fmt: skip
    draft = draft_site(met)
    assert draft == (
        "called,queue,trunk,service,centre,operator,calls\n0199001800,,,,,,5\n0199001500,,,,,,3\n,q,,,,,7\n*,,,,,,10\n"
    )
    assert said(Site.from_text(draft, FRANCE), called="0199001500") == [None, None, None]
    filled = draft.replace("0199001500,,,,", "0199001500,,,15,")
    assert said(Site.from_text(filled, FRANCE), called="0199001500")[0] == "15"


@pytest.mark.parametrize(
    ("head", "it_is"),
    [
        (b"called,queue,trunk,service,centre,operator\n*,,,15,,\n", True),
        (b"\xef\xbb\xbfCalled;Service\r\n0199001500;15\r\n", True),
        (draft_site(pl.DataFrame({"called": ["18"], "queue": [None], "trunk": [None], "calls": [1]})).encode(), True),
        (b'"called","service"\r"18","18"\r', True),
        (b"time,called,service\n2021-06-02T16:45:00Z,18,18\n", False),
        (b"service,centre\n15,X\n", False),
        (b"called\n18\n", False),
        (b"\n", False),
        (b"", False),
    ],
)
def test_a_site_file_is_told_from_records_by_its_header(head: bytes, it_is: bool) -> None:
    assert is_site(head) is it_is


def test_the_line_ends_of_old_systems_are_line_ends() -> None:
    site = Site.from_text("called,service\r0199001500,15\r", FRANCE)
    assert said(site, called="0199001500")[0] == "15"

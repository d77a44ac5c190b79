"""Mappings drafted from rows that nobody has described."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.calls.samples import FRANCE, all_of_bytes, shared

from tocsin.calls.draft import draft_mapping
from tocsin.calls.mapping import Mapping
from tocsin.errors import InputError

FRENCH = """Date d'appel;Heure;N° appelant;N° court;Département;Résultat;Durée de communication;Attente
02/06/2021;16:45:07;0199000111;15;35;Décroché;0:01:30;12
13/06/2021;16:46:07;0639980002;18;29;Raccroché;0:00:00;40
14/06/2021;16:47:07;0199000113;112;2A;Décroché;0:00:59;3
"""


def drafted(data: bytes) -> Mapping:
    return Mapping.from_text(draft_mapping(data, FRANCE), name="draft")


def test_a_french_call_log_is_understood_whole() -> None:
    mapping = drafted(FRENCH.encode())
    records, rejects = all_of_bytes(FRENCH.encode("cp1252"), mapping=mapping)
    assert rejects.total == 0
    assert [f"{time:%d %H:%M:%S}" for time in records["time"]] == ["02 14:45:07", "13 14:46:07", "14 14:47:07"]
    assert records.select("service", "area", "outcome", "talk_s", "ring_s", "access").rows() == [
        ("15", "35", "answered", 90.0, 12.0, "fixed"),
        ("18", "29", "abandoned", None, 40.0, "mobile"),
        ("112", "2A", "answered", 59.0, 3.0, "fixed"),
    ]


def test_a_draft_of_the_real_files_reads_them() -> None:
    for name, time, services in (
        ("data/montgomery_911.csv.gz", "timeStamp", {"15", "17", "18"}),
        ("data/anonymous_bank_1999_02.csv.gz", "date", {"15"}),
    ):
        data = gzip.decompress(shared(name).read_bytes())[:300_000].replace(b"\r\n", b"\n")
        mapping = drafted(data)
        assert mapping.fields["time"].columns[0] == time
        records, _ = all_of_bytes(data, mapping=mapping)
        assert records.height > 1000
        assert set(records["service"]) == services


def test_day_and_month_are_told_apart_by_what_lies_closest_together() -> None:
    rows = [f"0{month}/03/2021 12:00:00,{i}" for i, month in enumerate((3, 4, 5, 6))]
    assert drafted("\n".join(["when,x", *rows]).encode()).formats == ("%d/%m/%Y %H:%M:%S",)
    rows = [f"03/0{day}/2021 12:00:00,{i}" for i, day in enumerate((3, 4, 5, 6))]
    assert drafted("\n".join(["when,x", *rows]).encode()).formats == ("%m/%d/%Y %H:%M:%S",)


def test_epochs_offsets_json_and_files_without_header() -> None:
    assert drafted(b"start_epoch,x\n1622645998,1\n1622645999,2\n").formats == ("epoch_s",)
    assert drafted(b"start,x\n2021-06-02T16:45:00+02:00,1\n").zone is None
    assert drafted(b'{"start": 1622645998123, "short": "15"}\n{"start": 1622645998124, "short": "18"}\n').needs == (
        "start",
        "short",
    )
    headless = drafted(b"2021-06-02 16:45:00;15;a\n2021-06-02 16:46:00;18;b\n")
    assert headless.header == ("column 1", "column 2", "column 3")
    assert headless.fields["service"].columns == ("column 2",)


def test_counts_per_interval_are_not_taken_for_calls() -> None:
    data = gzip.decompress(shared("data/bank_calls_5min.csv.gz").read_bytes())
    with pytest.raises(InputError) as caught:
        draft_mapping(data, FRANCE)
    assert str(caught.value) == (
        "DateTime: its rows stand at equal distances of 300 s: these are counts per interval, not calls: "
        "give the records of the calls themselves."
    )
    daily = "\n".join(["jour,appels", *(f"2021-06-{day:02} 00:00:00,{day * 7}" for day in range(1, 31))])
    with pytest.raises(InputError, match="at equal distances of 86400 s"):
        draft_mapping(daily.encode(), FRANCE)


def loads_or_says_why(data: bytes) -> bool:
    draft = None
    with suppress(InputError):
        draft = draft_mapping(data, FRANCE)
    return draft is None or bool(Mapping.from_text(draft, name="draft"))


MET = (
    '02/06/2021 16:45|2021-06-02T16:45:00Z|1622645998|15|SAMU|0199000111|ok||35|0:00:00|Début|time|a "b" c|d\\e|EMS: x|'
    "16:45"
)
FIELDS = st.one_of(st.sampled_from(MET.split("|")), st.text(max_size=5))


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.lists(FIELDS, min_size=2, max_size=4), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t", "|"]),
    st.binary(max_size=20),
)
def test_whatever_the_rows_a_draft_can_be_loaded_or_one_sentence_says_why_not(
    table: list[list[str]], delimiter: str, noise: bytes
) -> None:
    text = "\n".join(delimiter.join(row) for row in table).encode("utf-8", "replace") + noise
    assert loads_or_says_why(text.decode("utf-8", "replace").encode())


@settings(deadline=None, max_examples=100)
@given(st.lists(st.dictionaries(FIELDS, FIELDS, max_size=3), max_size=4))
def test_the_same_of_json_lines(objects: list[dict[str, str]]) -> None:
    text = "\n".join(json.dumps(one, ensure_ascii=False) for one in objects).encode("utf-8", "replace")
    assert loads_or_says_why(text)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"hello\nworld\n", "no delimiter makes columns of its lines: give a table: CSV, JSON Lines or Parquet."),
        (b"", "no delimiter makes columns of its lines: give a table: CSV, JSON Lines or Parquet."),
        (
            b"a,b\n1,2\n",
            "time: no column holds times: if they are call records, write a mapping by hand: see "
            "docs/how-to/read-your-file.md.",
        ),
    ],
)
def test_what_cannot_be_drafted_is_said(data: bytes, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        draft_mapping(data, FRANCE)
    assert str(caught.value) == sentence

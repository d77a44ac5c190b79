"""Mappings drafted from rows that nobody has described."""

from __future__ import annotations

import gzip
import json
import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.calls.samples import FRANCE, all_of_bytes, shared

from tocsin.calls.draft import draft_mapping
from tocsin.calls.mapping import TARGETS, Mapping
from tocsin.errors import InputError
from tocsin.words import Words

FRENCH = """Date d'appel;Heure;N° appelant;N° court;Département;Résultat;Durée de communication;Attente
02/06/2021;16:45:07;0199000111;15;35;Décroché;0:01:30;12
13/06/2021;16:46:07;0639980002;18;29;Raccroché;0:00:00;40
14/06/2021;16:47:07;0199000113;112;2A;Décroché;0:00:59;3
"""


def drafted(data: bytes) -> Mapping:
    return Mapping.from_text(draft_mapping(data, FRANCE).text(), name="draft")


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


ODD = "Date;Result;Line;Numéro court;Remark;Empty\n" + "".join(
    f"02/06/2021 {hour}:45:07;T1;L 1;15;Rang back 0199000111;\n"
    f"02/06/2021 {hour}:46:17;T2;L 2;15;Rang back 0199000111;\n"
    f"02/06/2021 {hour}:48:02;T1;L 1;18;None;\n"
    for hour in range(10, 15)
)


def test_the_columns_that_it_makes_nothing_of_are_named_with_an_example_and_numbers_masked() -> None:
    unused = draft_mapping(ODD.encode(), FRANCE).unused
    assert [(one.column, one.example, one.field, one.values) for one in unused] == [
        ("Result", "T1", "outcome", ("T1", "T2")),
        ("Line", "L 1", "path", ()),
        ("Remark", "Rang back xxxxxxxxxx", None, ()),
        ("Empty", None, None, ()),
    ]


@pytest.mark.parametrize(
    ("language", "comments"),
    [
        (
            "en",
            [
                '# Columns not used yet. To use one, take away the # of its line, or write FIELD = "COLUMN".',
                '# "Result": such as "T1"',
                "#   say of each value which it is: answered, abandoned, busy, refused, lost, misrouted; "
                "empty is unknown",
                '# outcome = { from = "Result", values = { "T1" = "", "T2" = "" }, other = "" }',
                '# "Line": such as "L 1"',
                '# path = "Line"',
                '# "Remark": such as "Rang back xxxxxxxxxx"',
                '# "Empty": always empty',
            ],
        ),
        (
            "fr",
            [
                "# Colonnes pas encore employées. Pour en employer une, ôter le # de sa ligne, "
                'ou écrire CHAMP = "COLONNE".',
                '# "Result" : par exemple "T1"',
                "#   dire de chaque valeur ce qu'elle est : answered, abandoned, busy, refused, lost, misrouted ; "
                "vide veut dire inconnu",
                '# outcome = { from = "Result", values = { "T1" = "", "T2" = "" }, other = "" }',
                '# "Line" : par exemple "L 1"',
                '# path = "Line"',
                '# "Remark" : par exemple "Rang back xxxxxxxxxx"',
                '# "Empty" : toujours vide',
            ],
        ),
    ],
)
def test_what_is_left_out_stands_at_its_end_in_the_readers_language(language: str, comments: list[str]) -> None:
    text = draft_mapping(ODD.encode(), FRANCE).text(Words(language=language))
    assert text.splitlines()[-len(comments) :] == comments


def test_a_line_that_was_left_out_works_once_its_sign_is_taken_away_and_its_values_are_said() -> None:
    text = with_what_was_left_out(draft_mapping(ODD.encode(), FRANCE).text())
    said = text.replace('"T1" = ""', '"T1" = "answered"').replace('"T2" = ""', '"T2" = "lost"')
    records, rejects = all_of_bytes(ODD.encode(), mapping=Mapping.from_text(said, name="draft"))
    assert rejects.total == 0
    assert records.select("outcome", "path").rows() == [("answered", "L 1"), ("lost", "L 2"), ("answered", "L 1")] * 5


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
    return draft is None or all(
        Mapping.from_text(put_in(text), name="draft")
        for text in (draft.text(), draft.text(Words(language="fr")))
        for put_in in (str, with_what_was_left_out)
    )


def with_what_was_left_out(text: str) -> str:
    """A drafted mapping with the `#` taken away from every line that would use a column."""
    return re.sub(rf"(?m)^# (({'|'.join(TARGETS)}) = )", r"\1", text)


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

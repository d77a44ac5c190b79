"""What a mapping's TOML may say, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tocsin.calls.mapping import TARGETS, Mapping, shipped_names
from tocsin.errors import InputError
from tocsin.words import Words

GOOD = '[constants]\nservice = "15"\n[columns]\ntime = "when"\n'


def test_four_mappings_are_shipped() -> None:
    assert shipped_names() == ("asterisk-excel-fr", "montgomery-911", "sf-fire", "technion-bank")


def test_the_columns_that_it_reads_are_each_named_once() -> None:
    mapping = Mapping.from_text(
        GOOD + 'id = { from = ["a", "when"] }\n[calls]\ngroup = ["a"]\n[skip]\nb = ["x"]\n', name="m"
    )
    assert mapping.needs == ("when", "a", "b")


def test_a_file_by_its_path_and_a_missing_one(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(GOOD)
    assert Mapping.load(tmp_path / "mine.toml").name == "mine"
    with pytest.raises(InputError) as caught:
        Mapping.load("nothing")
    assert str(caught.value) == (
        "nothing: no such mapping: give a TOML file or one of asterisk-excel-fr, montgomery-911, sf-fire, "
        "technion-bank."
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[columns", "not TOML (Expected ']' at the end of a table declaration (at end of document)): mend it there."),
        ('[constants]\nservice = "15"\n', "columns: nothing says when a call began: write time = \"its column\"."),
        ('[columns]\ntime = "a"\n', "columns: nothing says which service was called: give columns.service, "
         "constants.service, or columns.called (or queue, trunk) for site.csv."),
        (GOOD + "talk = 'x'\n", "columns: 'talk' means nothing here: use access, area, called, caller, centre, feed, "
         "id, operator, outcome, path, q850_cause, queue, ring_s, seen, service, sip_status, talk_s, time, "
         "trunk, vantage."),
        (GOOD + "id = 7\n", 'columns.id: neither a column\'s name nor a table: write "name" or { from = "name" }.'),
        (GOOD + "id = {}\n", "columns.id: no column: write from, or start and end."),
        (GOOD + 'talk_s = { start = "a" }\n', "columns.talk_s: no column: write from, or start and end."),
        (GOOD + 'id = { from = "a", find = "(" }\n', "columns.id.find: no regular expression (unclosed group): "
         "mend it."),
        (GOOD + 'id = { from = "a", found = "b" }\n', "columns.id: 'found' means nothing here: use end, find, from, "
         "join, other, start, values, write."),
        (GOOD + "[time]\nzone = 'Paris'\n", "time.zone: 'Paris' is no time zone: use a name like Europe/Paris."),
        (GOOD + "[time]\nformats = '%H:%M'\n", "time.formats: '%H:%M' says no zone: name it: [time] zone = "
         '"Europe/Paris".'),
        (GOOD + "[time]\nzone = 'UTC'\nformats = 'epoch_s'\n", "time.formats: 'epoch_s' says the zone itself: leave "
         "time.zone out."),
        (GOOD + "[time]\nformats = 7\n", 'time.formats: not a list of texts: write ["…", "…"].'),
        ("time = 3\n" + GOOD, "time: not a table: write [time]."),
        ("[constants]\nservice = true\n[columns]\ntime = 'a'\n", "constants.service: not a text: put it in quotes."),
    ],
)  # fmt: skip
def test_every_fault_is_one_sentence_with_its_field(text: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        Mapping.from_text(text, name="m")
    assert str(caught.value) == sentence


def test_a_number_may_stand_where_a_text_is_meant() -> None:
    assert (
        Mapping.from_text("[constants]\nservice = 15\n[columns]\ntime = 'a'\n", name="m").constants["service"] == "15"
    )


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_field_that_a_mapping_can_fill_has_a_name_for_readers(language: str) -> None:
    words = Words(language=language)
    assert all(words(f"field.{field}") for field in TARGETS)

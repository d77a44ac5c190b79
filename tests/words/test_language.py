from __future__ import annotations

import copy
import pickle
import re
import string
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tocsin.words import LANGUAGES, Sentence, Words, choose

SOURCE = Path(__file__).parents[2] / "src" / "tocsin"
SPEAKING = ("cli", "watch", "simulate", "counts", "calls", "territory", "words")
"""The rooms that name texts."""


def files(language: str) -> dict[str, dict[str, dict[str, Any]]]:
    """The tables of each file of a language."""
    return {path.name: tomllib.loads(path.read_text("utf-8")) for path in (SOURCE / "words" / language).glob("*.toml")}


def texts(language: str) -> dict[str, Any]:
    tables = [(table, rows) for file in files(language).values() for table, rows in file.items()]
    return {f"{table}.{key}": text for table, rows in tables for key, text in rows.items()}


def braces(text: object) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(str(text)) if name}


def test_french_and_english_are_there() -> None:
    assert {"en", "fr"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things_about_the_same_values(language: str) -> None:
    english, other = texts("en"), texts(language)
    assert english.keys() == other.keys()
    for name in english:
        assert braces(other[name]) == braces(english[name]), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_files_with_the_same_tables_and_no_table_twice(language: str) -> None:
    held = {name: list(tables) for name, tables in files(language).items()}
    assert held == {name: list(tables) for name, tables in files("en").items()}
    tables = [table for each in held.values() for table in each]
    assert len(tables) == len(set(tables))


def test_every_text_is_said_somewhere_and_nothing_is_said_that_has_no_text() -> None:
    code = "\n".join(path.read_text("utf-8") for room in SPEAKING for path in (SOURCE / room).rglob("*.py"))
    tables = {name.split(".")[0] for name in texts("en")}
    names = {name for name in re.findall(r'["\']([a-z_]+\.[a-z_0-9]+)["\']', code) if not name.endswith(".csv")}
    said = {name for name in names if name.split(".")[0] in tables}
    families = {name.split(".")[0] for name in re.findall(r'(?:words|Sentence)\(\s*f["\']([a-z_]+\.)\{', code)}
    named = {name for name in texts("en") if name.split(".")[0] not in families and not name.startswith("form.")}
    assert said - set(texts("en")) == set()
    assert named - said == set()


def test_thousands_are_parted_by_a_thin_space_and_decimals_by_the_languages_own_mark() -> None:
    assert Words(language="fr").number(11800) == "11\u202f800"
    assert Words(language="en").number(11800.25, 1) == "11\u202f800.2"
    assert Words(language="fr").number(-0.5, 1) == "−0,5"
    assert Words(language="fr").percent(0.112, 1) == "11,2\u202f%"


def test_words_agree_with_their_number() -> None:
    words = Words(language="en")
    assert words("watch.summary", pages=1, watches=2) == "1 page, 2 watches"
    assert words("watch.summary", pages=1200, watches=1) == "1\u202f200 pages, 1 watch"


@pytest.mark.parametrize(("language", "none"), [("en", "0 calls"), ("fr", "0 appel")])
def test_none_is_plural_in_english_and_singular_in_french(language: str, none: str) -> None:
    assert Words(language=language)("feed.calls", calls=0) == none


def test_a_length_of_time_is_said_as_finely_as_it_is_worth_reading() -> None:
    words = Words(language="en")
    assert [words.minutes(value) for value in (0.5, 4.52, 12.3, 200, 60 * 24 * 30)] == [
        "30\u202fs",
        "4.5\u202fmin",
        "12\u202fmin",
        "3\u202fh",
        "30 days",
    ]


def test_times_are_those_of_paris_and_say_so() -> None:
    evening = datetime(2021, 6, 2, 14, 45, tzinfo=UTC)
    assert Words(language="en").moment(evening) == "2 June 2021, 16:45 CEST"
    assert Words(language="fr").moment(evening) == "2 juin 2021, 16 h 45 CEST"
    assert Words(language="en", zone="America/New_York").time(evening) == "10:45 EDT"


def test_the_first_of_a_month_is_premier_in_french() -> None:
    may = datetime(2021, 5, 1, 10, tzinfo=UTC)
    assert (Words(language="fr").day(may), Words(language="en").day(may)) == ("1er mai 2021", "1 May 2021")


def test_the_date_is_said_only_where_it_is_another_day() -> None:
    words = Words()
    evening, night = datetime(2021, 6, 2, 14, 45, tzinfo=UTC), datetime(2021, 6, 2, 22, 0, tzinfo=UTC)
    assert words.near(evening, evening) == "16:45 CEST"
    assert words.near(night, evening) == "3 June 2021, 00:00 CEST"


def test_the_hour_that_comes_twice_in_autumn_is_told_apart_by_its_zone() -> None:
    first, second = (datetime(2021, 10, 31, hour, 30, tzinfo=UTC) for hour in (0, 1))
    words = Words()
    assert (words.time(first), words.time(second)) == ("02:30 CEST", "02:30 CET")


def test_items_are_listed_as_a_sentence_lists_them() -> None:
    words = Words(language="fr")
    assert words.listed(["15"]) == "15"
    assert words.listed(["15", "17", "18"]) == "15, 17 et 18"


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("fr_FR.UTF-8", "fr"),
        ("fr-CA", "fr"),
        ("FR", "fr"),
        ("de_DE", "en"),
        ("C.UTF-8", "en"),
        ("", "en"),
    ],
)
def test_the_language_follows_the_locale_and_is_english_where_we_lack_it(wanted: str, language: str) -> None:
    assert choose(wanted) == language


def test_a_sentence_is_english_as_text_and_is_told_in_the_readers_language_whatever_it_holds() -> None:
    why = Sentence("system.no_file")
    sentence = Sentence("error.unreadable", why=why)
    assert sentence == "can't be read (No such file or directory)"
    assert Words(language="fr").told(sentence) == "ne se lit pas (Fichier ou dossier introuvable)"
    assert Words(language="fr")("form.at", address="calls.csv", sentence=sentence) == (
        "calls.csv : ne se lit pas (Fichier ou dossier introuvable)"
    )
    assert Words(language="fr").told("what has one language only") == "what has one language only"


def test_numbers_in_a_sentence_are_written_as_its_reader_writes_them() -> None:
    sentence = Sentence("zone.some", zone="Europe/Paris", times=1200, rows=5000)
    assert Words(language="fr").told(sentence) == (
        "Europe/Paris, celui du territoire : 1\u202f200 des 5\u202f000 premières heures sont sans fuseau"
    )


def test_a_number_that_is_not_whole_is_written_with_the_digits_that_the_text_asks_for() -> None:
    sentence = Sentence("caution.few_days", days=3.06, needed=14)
    assert sentence.startswith("learned from 3.1 days, fewer than 14: ")
    assert Words(language="fr").told(sentence).startswith("apprise en 3,1 jours, moins de 14 : ")


def test_a_copy_of_a_sentence_is_told_as_well() -> None:
    sentence = Sentence("error.unreadable", why=Sentence("system.no_file"))
    for other in (copy.deepcopy(sentence), pickle.loads(pickle.dumps(sentence))):
        assert Words(language="fr").told(other) == Words(language="fr").told(sentence)

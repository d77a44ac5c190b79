"""Which language a command line speaks, and wrong calls told in it."""

from __future__ import annotations

import pytest

from tocsin.cli.spoken import language_of, with_language_first


@pytest.mark.parametrize(
    ("line", "first"),
    [
        (["look", "calls.csv", "--lang", "fr"], ["--lang", "fr", "look", "calls.csv"]),
        (["--lang", "fr", "look", "calls.csv"], ["--lang", "fr", "look", "calls.csv"]),
        (["look", "--lang=fr", "calls.csv"], ["--lang=fr", "look", "calls.csv"]),
        (["look", "--", "--lang", "fr"], ["look", "--", "--lang", "fr"]),
        (["look", "--lang"], ["look", "--lang"]),
        ([], []),
    ],
)
def test_the_language_may_stand_anywhere_before_a_double_dash(line: list[str], first: list[str]) -> None:
    assert with_language_first(line) == first


@pytest.mark.parametrize(
    ("line", "locale", "language"),
    [
        (["--lang", "fr", "look"], "en_GB.UTF-8", "fr"),
        (["--lang=en", "look"], "fr_FR.UTF-8", "en"),
        (["look"], "fr_FR.UTF-8", "fr"),
        (["look"], "de_DE.UTF-8", "en"),
        (["--lang", "de", "look"], "fr_FR.UTF-8", "fr"),
        ([], "", "en"),
    ],
)
def test_what_the_line_says_goes_before_the_locale(line: list[str], locale: str, language: str) -> None:
    assert language_of(line, {"LANG": locale}) == language

"""The language of the command line: help, wrong calls and errors, as who calls `tocsin` reads them."""

from __future__ import annotations

import pytest
from tests.front.conftest import Tocsin

FRENCH = {"LANG": "fr_FR.UTF-8"}


def test_a_language_that_there_is_not_is_a_wrong_call_that_lists_those_there_are(tocsin: Tocsin) -> None:
    said = tocsin("--lang", "de", "look", "calls.csv")
    assert (said.code, said.err) == (2, "--lang: de is none of the languages: use one of en, fr.\n")


def test_another_locale_means_english(tocsin: Tocsin) -> None:
    assert "there is no command" in tocsin("listen", LANG="de_DE.UTF-8").err


@pytest.mark.parametrize("line", [["--lang", "fr", "look", "--help"], ["look", "--help", "--lang", "fr"]])
def test_help_is_french_wherever_the_language_stands(tocsin: Tocsin, line: list[str]) -> None:
    said = tocsin(*line)
    assert said.code == 0
    assert "Dire ce que contient un fichier d'appels" in said.out
    assert "[obligatoire]" in said.out


@pytest.mark.parametrize(
    ("line", "english", "french"),
    [
        ("look", "FILE is missing: see `tocsin look --help`.", "il manque FICHIER : voir `tocsin look --help`."),
        ("lok x", "there is no command lok: try look.", "il n'y a pas de commande lok : essayer look."),
        (
            "look x --territoire y",
            "there is no option --territoire: try --territory.",
            "il n'y a pas d'option --territoire : essayer --territory.",
        ),
        (
            "look x --key",
            "--key needs a value: see `tocsin --help`.",
            "il manque une valeur à --key : voir `tocsin --help`.",
        ),
        (
            "look x y",
            "there is a word too many: see `tocsin look --help`.",
            "il y a un mot de trop : voir `tocsin look --help`.",
        ),
        (
            "learn x",
            "--out is missing: see `tocsin learn --help`.",
            "il manque --out : voir `tocsin learn --help`.",
        ),
        (
            "simulate x --out x.csv --vantage moon",
            "--vantage takes <operator|centre|both> and nothing else: see `tocsin simulate --help`.",
            "--vantage n'accepte que <operator|centre|both> : voir `tocsin simulate --help`.",
        ),
        ("--lang fr", "", "il manque une commande : voir `tocsin --help`."),
    ],
)
def test_a_wrong_call_is_told_in_one_sentence_with_what_to_do(
    tocsin: Tocsin, line: str, english: str, french: str
) -> None:
    if english:
        said = tocsin(*line.split())
        assert (said.code, said.out, said.err) == (2, "", f"{english}\n")
    said = tocsin(*line.split(), **FRENCH)
    assert (said.code, said.out, said.err) == (2, "", f"{french}\n")

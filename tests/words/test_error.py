"""Errors as sentences in the reader's language."""

from __future__ import annotations

import errno
import os

import pytest

from tocsin.errors import InputError
from tocsin.territory import FolderError
from tocsin.words import LANGUAGES, Sentence, Words, of_the_system, sentence_of
from tocsin.words.error import SYSTEM

FRENCH = Words(language="fr")


@pytest.mark.parametrize("file", [None, "fire.csv"])
@pytest.mark.parametrize("line", [None, 4100])
@pytest.mark.parametrize("field", [None, "number"])
@pytest.mark.parametrize("do", ["", "write all ten"])
def test_in_english_the_sentence_is_the_errors_own(
    file: str | None, line: int | None, field: str | None, do: str
) -> None:
    error = InputError("8 digits aren't ten", do=do, file=file, line=line, field=field)
    assert sentence_of(error) == str(error)


def test_in_french_the_address_is_french_and_what_is_english_only_stays() -> None:
    error = InputError("8 digits aren't ten", do=Sentence("do.export"), file="fire.csv", line=4100, field="number")
    assert FRENCH.told(sentence_of(error)) == ("fire.csv ligne 4100, number : 8 digits aren't ten : vérifier l'export.")


def test_the_faults_of_which_an_error_is_the_sum_are_told_beneath_it() -> None:
    error = FolderError([InputError("empty", line=2), InputError("no number", do="write one", line=3)], file="plan")
    assert sentence_of(error) == str(error)
    assert FRENCH.told(sentence_of(error)).splitlines()[1:] == ["ligne 2 : empty.", "ligne 3 : no number : write one."]


@pytest.mark.parametrize("number", SYSTEM)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_system_refuses_is_told_in_every_language(number: int, language: str) -> None:
    why = Words(language=language).told(of_the_system(OSError(number, "in the system's words")))
    assert why != "in the system's words"


def test_what_the_system_refuses_otherwise_is_told_in_its_own_words() -> None:
    assert of_the_system(OSError(errno.ELOOP, os.strerror(errno.ELOOP))) == os.strerror(errno.ELOOP)
    assert of_the_system(OSError("as a library says it")) == "as a library says it"

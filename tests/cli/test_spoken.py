"""Which language a command line speaks, and wrong calls told in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from tocsin import cli
from tocsin.cli.app import app
from tocsin.cli.spoken import (
    OWN,
    BadOptionUsage,
    MissingParameter,
    NoArgsIsHelpError,
    NoSuchOption,
    WrongCall,
    language_of,
    tell_helps,
    with_language_first,
)
from tocsin.words import LANGUAGES, Words


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


def commands(above: Any) -> Iterator[Any]:
    """A command and all below it."""
    yield above
    for below in getattr(above, "commands", {}).values():
        yield from commands(below)


def program() -> Any:
    """The command line as it is built at every start, in no language yet."""
    return typer.main.get_command(app)


NAME = re.compile(r"(help|metavar)\.[a-z_]+")


def test_every_command_and_option_names_a_text_for_its_help_and_its_metavar() -> None:
    seen = 0
    for command in commands(program()):
        assert NAME.fullmatch(command.help), command.name
        for each in command.params:
            assert NAME.fullmatch(OWN.get(each.name, each.help or "")), (command.name, each.name)
            assert each.metavar is None or NAME.fullmatch(each.metavar), (command.name, each.name)
            seen += 1
    assert seen > 40


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_one_of_these_texts_is_in_the_catalogue(language: str) -> None:
    words, top = Words(language=language), program()
    tell_helps(top, words)
    for command in commands(top):
        for text in (command.help, *(each.help for each in command.params), *(each.metavar for each in command.params)):
            assert text is None or (text and not NAME.fullmatch(text)), (command.name, text)


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        (["look", "--moon"], NoSuchOption),
        (["look", "x", "--key"], BadOptionUsage),
        (["look"], MissingParameter),
        (["simulate", "x", "--out", "x.csv", "--seed", "moon"], typer.BadParameter),
        (["look", "x", "y"], WrongCall),
        (["plan"], NoArgsIsHelpError),
    ],
)
def test_what_typer_raises_are_the_classes_that_are_told(line: list[str], refused: type[Exception]) -> None:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - which class it is, is what is asked
        TyperGroup.main(program(), line, standalone_mode=False, obj="en")
    assert type(raised.value) is refused
    assert issubclass(refused, WrongCall)


def test_only_one_file_knows_what_typer_keeps_to_itself() -> None:
    knowing = [
        file.name
        for file in Path(cli.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.module.startswith("typer._")
    ]
    assert set(knowing) == {"spoken.py"}

"""What the record's own values are called: vantages, accesses, outcomes, and feeds by their vantage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tocsin.words import Sentence, Words

NAMED: Final[Mapping[str, Callable[[Words, str], str]]] = {
    "vantage": lambda words, value: words(f"vantage.{value}"),
    "access": lambda words, value: words(f"access.{value}"),
    "outcome": lambda words, value: words(f"outcome.{value}"),
}
"""Columns whose values are words of the record, and how one is told; the values of the others are names already."""


def value_told(column: str, value: str, words: Words) -> str:
    """A value of a column of the record, as its reader calls it."""
    return NAMED[column](words, value) if column in NAMED else value


def feed_named(vantage: str | None, feed: str | None) -> tuple[str, str]:
    """The vantage and the name of a feed, to be told in any language; a record needs to name neither."""
    nameless = Sentence("feed.nameless")
    return Sentence(f"vantage.{vantage}") if vantage else nameless, feed or nameless

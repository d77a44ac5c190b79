"""What the record's own values are called: vantages, accesses, outcomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tocsin.words import Words

NAMED: Final[Mapping[str, Callable[[Words, str], str]]] = {
    "vantage": lambda words, value: words(f"vantage.{value}"),
    "access": lambda words, value: words(f"access.{value}"),
    "outcome": lambda words, value: words(f"outcome.{value}"),
}
"""Columns whose values are words of the record, and how one is told; the values of the others are names already."""


def value_told(column: str, value: str, words: Words) -> str:
    """A value of a column of the record, as its reader calls it."""
    return NAMED[column](words, value) if column in NAMED else value

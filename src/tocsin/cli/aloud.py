"""What is said beside the results, on standard error: once, in the reader's language."""

from __future__ import annotations

from typing import Protocol

import typer

from tocsin.words import Words


class Say(Protocol):
    """Says the text of that name, with what its braces hold."""

    def __call__(self, name: str, /, **values: object) -> None: ...


def aloud(words: Words) -> Say:
    """On standard error."""

    def say(name: str, /, **values: object) -> None:
        typer.echo(words(name, **values), err=True)

    return say

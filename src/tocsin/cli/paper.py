"""Where tables are printed: a terminal as wide as it is, a pipe or a file always equally wide."""

from __future__ import annotations

from typing import Final

from rich.console import Console

WIDTH: Final = 120
"""Columns of what is no terminal: enough for every table that tocsin prints."""


def paper() -> Console:
    """Standard output, so that the same command leaves the same table in a file wherever it ran."""
    console = Console()
    return console if console.is_terminal else Console(width=WIDTH)

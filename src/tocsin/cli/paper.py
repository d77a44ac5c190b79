"""Where tables are printed: a terminal as wide as it is, a pipe or a file always equally wide."""

from __future__ import annotations

import io
import sys
from typing import Final

from rich.console import Console, RenderableType

WIDTH: Final = 120
"""Columns of what is no terminal: enough for every table that tocsin prints."""


def put(what: RenderableType, *, style: str | None = None) -> None:
    """Print a table or a line to standard output.

    The same command leaves the same text in a file wherever it ran, and no spaces at the ends of its lines: Rich pads
    the last column of a table, which nobody sees on a terminal and everybody finds in a pasted page.
    """
    terminal = Console()
    if terminal.is_terminal:
        terminal.print(what, style=style, markup=False, highlight=False, soft_wrap=isinstance(what, str))
        return
    text = io.StringIO()
    Console(file=text, width=WIDTH).print(what, markup=False, highlight=False, soft_wrap=isinstance(what, str))
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines()))

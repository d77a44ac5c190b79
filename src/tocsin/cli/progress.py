"""A progress bar on standard error, where somebody is watching."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tocsin.words import Words


@contextmanager
def days_bar(words: Words) -> Iterator[Callable[[int, int], None]]:
    """A bar that grows with the days that are done: call it with (done, of)."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(words("progress.days"), total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)

"""The live table: the alarms that are open now, with the changes scrolling by above it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.live import Live
from rich.table import Table

from tocsin.cli.telling import alarm_told, interval_told, onset_told, scope_told, what_told
from tocsin.territory import Territory
from tocsin.watch import Alarm, Level, State
from tocsin.words import Words


@dataclass(kw_only=True)
class Screen:
    """Shows each change as a line, and on a terminal the open alarms as a table below."""

    territory: Territory
    words: Words
    console: Console
    live: Live | None = None
    alarms: dict[str, Alarm] = field(default_factory=dict)

    def show(self, alarm: Alarm) -> None:
        """Take one change."""
        told = alarm_told(alarm, self.territory, self.words, before=self.alarms.get(alarm.alarm))
        if alarm.state is State.CLOSED:
            self.alarms.pop(alarm.alarm, None)
        else:
            self.alarms[alarm.alarm] = alarm
        style = "bold red" if alarm.level is Level.PAGE else None
        self.console.print(told, style=style, markup=False, highlight=False, soft_wrap=True)
        if self.live is not None:
            self.live.update(self.table())

    def table(self) -> Table:
        """The open alarms, pages first."""
        words = self.words
        sheet = Table(title=words("screen.title", alarms=len(self.alarms)), title_justify="left", expand=True)
        for column in ("level", "what", "where", "since", "lost", "per_hour"):
            sheet.add_column(words(f"screen.{column}"))
        for alarm in sorted(self.alarms.values(), key=lambda one: (one.level is not Level.PAGE, one.onset[1])):
            sheet.add_row(
                words(f"level.{alarm.level.value}"),
                what_told(alarm, words),
                scope_told(alarm.scope, self.territory, words),
                onset_told(alarm.onset, words, at=alarm.at),
                interval_told(alarm.lost, words) if alarm.lost else "",
                interval_told(alarm.lost_per_hour, words) if alarm.lost_per_hour else "",
                style="bold red" if alarm.level is Level.PAGE else None,
            )
        return sheet


@contextmanager
def screen(territory: Territory, words: Words, *, live: bool) -> Iterator[Screen]:
    """A screen; with the table where it is live and standard output a terminal."""
    console = Console()
    shown = Screen(territory=territory, words=words, console=console)
    if not (live and console.is_terminal):
        yield shown
        return
    with Live(shown.table(), console=console, auto_refresh=False) as table:
        shown.live = table
        yield shown

"""What a watch came to: how much paged, how much was only to be looked at, and what is open still."""

from __future__ import annotations

from dataclasses import dataclass, field

from tocsin.cli.telling import open_told
from tocsin.territory import Territory
from tocsin.watch import Alarm, Level, State
from tocsin.words import Words


@dataclass(kw_only=True)
class Summary:
    """Takes every change. ``paged`` and ``raised`` alarms by name, ``open`` those that haven't closed."""

    paged: set[str] = field(default_factory=set)
    raised: set[str] = field(default_factory=set)
    open: dict[str, Alarm] = field(default_factory=dict)

    def take(self, alarm: Alarm) -> None:
        """Count one change of one alarm."""
        (self.paged if alarm.level is Level.PAGE else self.raised).add(alarm.alarm)
        if alarm.state is State.CLOSED:
            self.open.pop(alarm.alarm, None)
        else:
            self.open[alarm.alarm] = alarm

    def told(self, territory: Territory, words: Words) -> str:
        """How many in one line; in a second one which were open when the records ended, where any was."""
        count = words("watch.summary", pages=len(self.paged), watches=len(self.raised - self.paged))
        if not self.open:
            return count
        return f"{count}\n{words('watch.open', alarms=open_told(self.open.values(), territory, words))}"

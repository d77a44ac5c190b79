"""An alarm in the reader's language: where, what, since when, how many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from tocsin.territory import Territory
from tocsin.watch import Alarm, Cause, Interval, Level, Scope
from tocsin.words import Words

NAMED: Final = 8
"""So many nodes of a scope, and so many open alarms, are named."""


def scope_told(scope: Scope, territory: Territory, words: Words) -> str:
    """`calls to 15, Nord (59), fixed lines`; the whole territory where nothing narrows it."""
    parts = []
    if scope.service:
        parts.append(words("scope.service", service=scope.service))
    if scope.area:
        known = territory.areas.get(scope.area)
        parts.append(f"{known.name} ({scope.area})" if known else scope.area)
    if scope.access:
        parts.append(words(f"access.{scope.access}"))
    if scope.operator:
        parts.append(words("scope.operator", operator=scope.operator))
    if scope.node:
        nodes = (scope.node,) if isinstance(scope.node, str) else scope.node
        parts.append(words("scope.nodes", nodes=_listed(nodes, words)))
    if scope.centre:
        parts.append(words("scope.centre", centre=scope.centre))
    if scope.feed:
        parts.append(words("scope.feed", feed=scope.feed))
    return ", ".join(parts) or words("scope.all", territory=territory.name)


def _listed(names: Sequence[str], words: Words) -> str:
    """The names, runs of numbered ones as `A-CS-1 to A-CS-6`; of very many the first and how many more there are."""
    runs: list[list[str]] = []
    for name in names:
        if runs and _number(name) == _number(runs[-1][-1], step=1):
            runs[-1].append(name)
        else:
            runs.append([name])
    told: list[str] = []
    for run in runs:
        told += [words("scope.run", first=run[0], last=run[-1])] if len(run) > 2 else run
    more = len(told) - NAMED
    return words.listed([*told[:NAMED], words("scope.more", more=more)] if more > 0 else told)


def _number(name: str, step: int = 0) -> tuple[str, int] | str:
    """What a name counts and its number; the name itself where it has none."""
    match = re.fullmatch(r"(.*?)(\d+)", name)
    return (match[1], int(match[2]) + step) if match else name


def interval_told(interval: Interval, words: Words) -> str:
    """The best value with its 95 % interval: 412 (380 to 450)."""
    low, best, high = (round(value) for value in (interval.low, interval.best, interval.high))
    return words("alarm.interval", best=best, low=low, high=high)


def onset_told(onset: tuple[datetime, datetime, datetime], words: Words, *, at: datetime) -> str:
    """The best time and its 95 % interval, 16:45 CEST (16:44 CEST to 16:46 CEST); dated unless of the day of ``at``."""
    low, best, high = (words.near(moment, at) for moment in onset)
    return best if low == high else words("alarm.times", best=best, low=low, high=high)


def what_told(alarm: Alarm, words: Words) -> str:
    """What happens: calls fail, don't arrive; where none are lost, what became of them."""
    harmless = alarm.cause in (Cause.MOVED, Cause.CROWDED)
    return words(f"cause.{alarm.cause}") if harmless else words(f"kind.{alarm.kind}")


def alarm_told(alarm: Alarm, territory: Territory, words: Words, *, before: Alarm | None = None) -> str:
    """One change of one alarm in one line; where it takes another scope than ``before``, with the one it had."""
    where = scope_told(alarm.scope, territory, words)
    if before is not None and before.scope != alarm.scope:
        where = words("alarm.renamed", where=where, before=scope_told(before.scope, territory, words))
    said = [
        words(f"level.{alarm.level.value}"),
        words(f"state.{alarm.state.value}"),
        what_told(alarm, words),
        where,
        words("alarm.since", onset=onset_told(alarm.onset, words, at=alarm.at)),
    ]
    if alarm.lost is not None:
        said.append(words("alarm.lost", lost=interval_told(alarm.lost, words)))
    if alarm.closed_at is not None:
        said.append(words("alarm.until", closed=words.near(alarm.closed_at, alarm.at)))
    mark = "!" if alarm.level is Level.PAGE else "·"
    return f"{mark} {words.moment(alarm.at)}  {' · '.join(said)}"


def open_told(alarms: Iterable[Alarm], territory: Territory, words: Words) -> str:
    """Alarms in one line, each by its level, what happens and where: pages first, of very many only the first."""
    ordered = sorted(alarms, key=lambda alarm: (alarm.level is not Level.PAGE, alarm.onset[1]))
    told = [
        f"{words(f'level.{alarm.level.value}')}, {what_told(alarm, words)}, {scope_told(alarm.scope, territory, words)}"
        for alarm in ordered[:NAMED]
    ]
    more = len(ordered) - NAMED
    return " · ".join([*told, words("scope.more", more=more)] if more > 0 else told)

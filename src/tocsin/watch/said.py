"""What is said of an event: the alarm, complete at each change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.watch.alarm import Alarm, Cause, Interval, Level, State
from tocsin.watch.alarm import Evidence as Shown
from tocsin.watch.blind import blind_to, shown_after, unheard
from tocsin.watch.demand import at
from tocsin.watch.event import Event
from tocsin.watch.follow import Follow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tocsin.watch.evidence import Evidence

RATE_MINUTES = 10
"""The rate an hour is that of the last so many minutes."""


def said(
    evidence: Evidence,
    follow: Follow,
    event: Event,
    state: State,
    second: int,
    silent: Sequence[str],
    language: str,
    aside: Mapping[str, int] | None = None,
) -> Alarm:
    """One event as it stands at a second; ``silent`` feeds by name, those set ``aside`` with since when."""
    until = event.ended if event.ended is not None else event.until
    low, best, high = event.onset
    recent = max(until - RATE_MINUTES, best)
    told = not event.surge and event.cause is Cause.LOST and event.missing is None
    lost_since = follow.lost(event, best, until) if told else event.missing
    per_hour = follow.lost(event, recent, until) if told else None
    minutes = follow.told(event, recent, max(until, recent + 1))
    if per_hour is not None and minutes:
        scale = 60 / minutes
        per_hour = Interval(low=per_hour.low * scale, best=per_hour.best * scale, high=per_hour.high * scale)
    return Alarm(
        alarm=event.alarm,
        state=state,
        level=event.level,
        kind=event.kind,
        cause=_cause(event),
        at=at(second + evidence.baseline.hold_s),
        scope=event.named,
        onset=(at(low * 60), at(best * 60), at(high * 60)),
        closed_at=at(event.ended * 60) if event.ended is not None else None,
        lost=lost_since,
        lost_per_hour=per_hour if minutes else None,
        e_ratio=event.e_ratio,
        evidence=_shown(evidence, event, until),
        blind_to=blind_to(
            evidence.baseline,
            silent,
            language,
            unheard=unheard(evidence),
            aside=aside,
            shown_after=shown_after(evidence, second),
        ),
    )


def _cause(event: Event) -> Cause | None:
    """Why fewer arrive; None of a watch of which it wasn't asked. A page may seem to have moved, and stays a page."""
    if event.cause is not Cause.LOST or event.level is Level.PAGE:
        return event.cause if event.missing is None else Cause.MOVED
    return None


def _shown(evidence: Evidence, event: Event, until: int) -> tuple[Shown, ...]:
    """What each component saw since onset, the largest part of M first."""
    shown = []
    for index in event.seen:
        share = event.shares.get(index, 0.0)
        if share < 0.01 and event.nats(index) < 3.0:
            continue
        component = evidence.components[index]
        sums = event.sums(index, event.onset[1], until)
        shown.append(
            Shown(
                family=component.family.evidence,
                vantage=evidence.baseline.vantages[component.vantage],
                scope=event.named,
                seen=sums.k,
                expected=sums.expected,
                of=sums.n,
                share=share,
            )
        )
    return tuple(sorted(shown, key=lambda each: -each.share))

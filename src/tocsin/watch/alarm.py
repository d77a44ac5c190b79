"""The alarm: what the watch says, one complete value a change. The only thing that leaves this room."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from tocsin.watch.scope import Scope


class State(StrEnum):
    OPEN = "open"
    UPDATE = "update"
    CLOSED = "closed"


class Level(StrEnum):
    WATCH = "watch"
    PAGE = "page"


class Cause(StrEnum):
    """Why a class has less of its group's calls than usual: see `cause`."""

    LOST = "lost"
    MOVED = "moved"
    CROWDED = "crowded"


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A 95 % interval and its best value."""

    low: float
    best: float
    high: float

    def as_json(self) -> list[float]:
        return [round(self.low, 1), round(self.best, 1), round(self.high, 1)]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What one family saw in one scope since onset: ``seen`` of the bad thing against ``expected``, its part of M."""

    family: str
    vantage: str
    scope: Scope
    seen: float
    expected: float
    of: float
    share: float

    def as_json(self) -> dict[str, Any]:
        return {
            "family": self.family,
            "vantage": self.vantage,
            "scope": self.scope.as_json(),
            "seen": round(self.seen, 1),
            "expected": round(self.expected, 1),
            "of": round(self.of, 1),
            "share": round(self.share, 3),
        }


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One change of one alarm, complete by itself. Times are UTC; ``onset`` and ``closed_at`` are estimates.

    ``at`` the record-clock time at which the evidence allowed the change · ``cause`` why fewer calls than usual got
    through; None where the alarm is of something else · ``lost`` attempts lost since onset, redials included (missing
    arrivals where only arrivals are known), None where none are · ``lost_per_hour`` the same over the last ten minutes
    · ``e_ratio`` M / A when it opened. Intervals are 95 %.
    """

    alarm: str
    state: State
    level: Level
    kind: str
    cause: Cause | None
    at: datetime
    scope: Scope
    onset: tuple[datetime, datetime, datetime]
    closed_at: datetime | None
    lost: Interval | None
    lost_per_hour: Interval | None
    e_ratio: float
    evidence: tuple[Evidence, ...]
    blind_to: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The alarm as the design's JSON object."""
        return {
            "alarm": self.alarm,
            "state": self.state.value,
            "level": self.level.value,
            "kind": self.kind,
            "cause": self.cause.value if self.cause else None,
            "at": zulu(self.at),
            "scope": self.scope.as_json(),
            "onset": [zulu(moment) for moment in self.onset],
            "closed_at": zulu(self.closed_at) if self.closed_at else None,
            "lost": self.lost.as_json() if self.lost else None,
            "lost_per_hour": self.lost_per_hour.as_json() if self.lost_per_hour else None,
            "e_ratio": float(f"{self.e_ratio:.3g}"),
            "evidence": [each.as_json() for each in self.evidence],
            "blind_to": list(self.blind_to),
        }


def zulu(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second, ending in Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def alarm_id(kind: str, scope: Scope, opened: int) -> str:
    """The first 12 hex digits of SHA-256 over kind, scope and opening step (seconds since 1970)."""
    text = json.dumps([kind, scope.as_json(), opened], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]

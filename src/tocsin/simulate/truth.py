"""The truth of a simulated outage: what the alarms are judged against, written beside the records."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What really happened, all of it simulated.

    ``onset``, ``end`` of the faults; None where nothing fails · ``scope`` the fields of an alarm's scope, each a list
    (absent: all) · ``lost`` attempts that fell to the faults, redials included (cut calls where calls are cut) ·
    ``attempts`` all attempts of the territory between onset and end (of the scenario's days where nothing fails).
    """

    scenario: str
    title_en: str
    title_fr: str
    seed: int
    country_seed: int
    world: str
    onset: datetime | None
    end: datetime | None
    scope: Mapping[str, Sequence[str]]
    lost: int
    attempts: int
    lost_by_area: Mapping[str, int]
    attempts_by_area: Mapping[str, int]
    sources: Sequence[str]
    invented: Sequence[str]
    invented_fr: Sequence[str]

    def to_json(self) -> str:
        """The file `NAME.truth.json`: times in RFC 3339, UTC."""
        values = {"simulated": True, **vars(self), "onset": _instant(self.onset), "end": _instant(self.end)}
        return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None

"""The routing plan: area and service -> ordered targets, with their ten-digit numbers (France: PDAAU)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tocsin.territory.network import Centre
from tocsin.territory.territory import Territory


@dataclass(frozen=True, kw_only=True)
class Target:
    """One place where a call may go: the centre, its numbers in the order to try, whether it comes in by mutual aid."""

    centre: str
    numbers: tuple[str, ...]
    aid: bool


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A routing plan without faults, as `load_plan` gives it.

    ``name`` · ``demonstration`` True where every number is invented: such a plan must never reach the public ·
    ``covers`` the cell areas that it promises to serve · ``centres`` by code · ``numbers`` of (centre, service), in
    national form and in the order to try · ``own`` the centres of (area, service), in order, as the plan's rows say ·
    ``mutual_aid`` a centre's helpers, in order; following helpers never leads back.
    """

    name: str
    demonstration: bool
    territory: Territory
    covers: tuple[str, ...]
    centres: Mapping[str, Centre]
    numbers: Mapping[tuple[str, str], tuple[str, ...]]
    own: Mapping[tuple[str, str], tuple[str, ...]]
    mutual_aid: Mapping[str, tuple[str, ...]]

    def targets(self, area: str, service: str) -> tuple[Target, ...]:
        """Where a call from an area to a service goes, in order: the area's own centres, then those that help them.

        The rows of the smallest area count: a commune's before its arrondissement's, before its département's. Helpers
        come nearest first: the first centre's, the second centre's, then the helpers' own. Each centre stands once.
        Empty where the plan says nothing.
        """
        own = next((rows for code in lookup(self.territory, area) if (rows := self.own.get((code, service)))), ())
        return tuple(
            Target(centre=centre, numbers=self.numbers[centre, service], aid=centre not in own)
            for centre in with_helpers(own, self.mutual_aid)
        )


def lookup(territory: Territory, area: str) -> Iterator[str]:
    """The areas whose rows may speak for an area, the smallest first."""
    for code in (area, *territory.ancestors(area)):
        yield code
        known = territory.areas.get(code)
        if known is not None and known.district is not None:
            yield known.district


def with_helpers(centres: tuple[str, ...], mutual_aid: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The centres, then everyone who helps them directly or in turn; nearest first, each once."""
    reached = dict.fromkeys(centres)
    waiting = list(reached)
    for centre in waiting:  # grows as it goes: breadth first
        for helper in mutual_aid.get(centre, ()):
            if helper not in reached:
                reached[helper] = None
                waiting.append(helper)
    return tuple(reached)

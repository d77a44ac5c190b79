"""The centres of the simulated country: who answers whom, and with how many positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tocsin.simulate.invented import invented
from tocsin.territory import Plan


@dataclass(frozen=True, kw_only=True, eq=False)
class Rooms:
    """Who answers: ``names`` (C,) · ``centre_of`` (S, M) who takes a commune's calls to a service · ``cell`` (C,)."""

    names: tuple[str, ...]
    centre_of: NDArray[np.int32]
    cell: NDArray[np.int32]


def answering(
    plan: Plan | None,
    cells: Sequence[str],
    services: Sequence[str],
    cell_of: NDArray[np.int32],
    people: NDArray[np.float64],
) -> Rooms:
    """The first own centre of the plan; where two share a service of the police, towns have the first, others the last.

    Where the plan says nothing a service of ``invented.toml``'s ``national`` has one room for all, any other the one
    room of its cell.
    """
    rule = invented().centres
    town = people >= rule.town
    rooms: dict[str, tuple[int, int]] = {}  # name -> row, cell
    centre_of = np.zeros((len(services), len(people)), np.int32)
    first = np.searchsorted(cell_of, np.arange(len(cells) + 1))
    for s, service in enumerate(services):
        for d, cell in enumerate(cells):
            alone = f"NATIONAL-{service}" if service in rule.national else f"CENTRE-{cell}"
            own = (plan.own.get((cell, service)) if plan else None) or (alone,)
            for is_town, name in ((True, own[0]), (False, own[-1] if service in rule.by_town else own[0])):
                callers = first[d] + np.flatnonzero(town[first[d] : first[d + 1]] == is_town)
                if len(callers):
                    centre_of[s, callers], _ = rooms.setdefault(name, (len(rooms), d))
    return Rooms(names=tuple(rooms), centre_of=centre_of, cell=np.array([d for _, d in rooms.values()], np.int32))


def positions(
    rooms: Rooms, services: Sequence[str], people: NDArray[np.float64], load: NDArray[np.float64]
) -> NDArray[np.int32]:
    """(C,) positions: enough for the evening's peak and a margin that grows with the square root of the load.

    The rule of thumb of A. K. Erlang's square-root staffing (W. Whitt, "Understanding the efficiency of multi-server
    service systems", 1992); ``load`` (S,) callers a day in the whole country.
    """
    rules = invented()
    talk = rules.centres.talk_s
    peak = max(rules.demand.hour) / np.mean(rules.demand.hour)
    erlangs = np.zeros(len(rooms.names))
    for s, service in enumerate(services):
        busy_s = talk.get(service, talk["other"]) * np.exp(rules.centres.talk_spread**2 / 2) + rules.centres.wrap_s
        callers = load[s] * people / people.sum()
        erlangs += np.bincount(rooms.centre_of[s], callers * peak / _DAY_S * busy_s, minlength=len(erlangs))
    return np.ceil(erlangs + rules.centres.safety * np.sqrt(erlangs) + 1).astype(np.int32)


_DAY_S: Final = 86_400

"""What a scenario's faults reach in a country: its equipment by name, and each cell's chance to be hit."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase as fits
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import norm

from tocsin.errors import InputError
from tocsin.simulate.country import ACCESSES, Country
from tocsin.simulate.invented import invented
from tocsin.simulate.scenario import Fault, Scenario, Surge
from tocsin.words import Sentence

_FIELD: Final = {
    "area": "areas",
    "service": "services",
    "operator": "operators",
    "access": "access",
    "node": "nodes",
    "centre": "centres",
    "feed": "feeds",
}
"""Fields of an alarm's scope, and what a fault calls them."""


STARRED: Final = ("node", "centre", "feed")
"""Fields in which ``*`` stands for anything."""


def reached(scenario: Scenario, country: Country) -> dict[str, list[str]]:
    """The scope of all faults together, in the fields of an alarm's scope; a field that is absent means all.

    Names with ``*`` are spelled out. A name that nothing in the country bears is an error with file and field, in a
    surge too.
    """
    known = {
        "area": country.areas,
        "service": country.services,
        "operator": country.operators,
        "access": ACCESSES,
        "node": country.nodes,
        "centre": country.centres,
        "feed": country.feeds,
    }
    scope: dict[str, set[str]] = {}
    parts: list[tuple[str, Fault | Surge]] = [(f"fault {i}", fault) for i, fault in enumerate(scenario.faults, start=1)]
    parts += [(f"demand {i}", surge) for i, surge in enumerate(scenario.surges, start=1)]
    for where, part in parts:
        for field, plural in _FIELD.items():
            for pattern in getattr(part, plural, ()):
                met = {name for name in known[field] if name == pattern or (field in STARRED and fits(name, pattern))}
                if not met:
                    raise InputError(
                        Sentence("fault.nothing_called", name=repr(pattern)),
                        file=f"{scenario.name}.toml",
                        field=f"{where}, {plural}",
                        do=Sentence("repair.such_as", name=known[field][0]),
                    )
                if isinstance(part, Fault):
                    scope.setdefault(field, set()).update(met)
    return {field: sorted(items) for field, items in scope.items()}


def chances(faults: Sequence[Fault], country: Country, rng: np.random.Generator) -> NDArray[np.float64]:
    """(F, D) how likely an attempt inside each fault's scope falls to it, cell by cell.

    The fault's ``loss`` is the share of attempts that are lost, redials included, over the fault's areas and accesses;
    around it cells differ by ``spread`` times a normal on the logistic scale, whose evenly spaced quantiles are dealt
    out to them.
    """
    chance = np.zeros((len(faults), len(country.cells)))
    for i, fault in enumerate(faults):
        if fault.kind == "silence":
            continue
        inside = country.inside(fault.areas)
        if fault.spread == 0 or fault.loss in (0.0, 1.0):
            chance[i, inside] = fault.loss
            continue
        weight = country.callers(fault.access)[inside]
        strays = fault.spread * norm.ppf((rng.permutation(len(weight)) + 0.5) / len(weight))
        even = float(logit(fault.loss))
        middle = brentq(_beyond, even - 20, even + 20, args=(strays, weight, fault.loss))
        chance[i, inside] = expit(middle + strays)
    return chance


def _beyond(middle: float, strays: NDArray[np.float64], weight: NDArray[np.float64], loss: float) -> float:
    """How far the share of attempts that are lost lies above the loss that is wanted.

    A caller who falls with the chance p and then redials with the probability r makes 1 / (1 - r p) attempts.
    """
    chance = expit(middle + strays)
    attempts = weight / (1 - invented().callers.redial_lost * chance)
    return float(attempts @ chance / attempts.sum()) - loss

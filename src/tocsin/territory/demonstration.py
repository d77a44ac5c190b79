"""The demonstration: a routing plan of all France, complete and invented."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from tocsin.territory.france import france
from tocsin.territory.plan import Plan
from tocsin.territory.plan_folder import load_plan

DEMONSTRATION: Final = Path(__file__).parent / "data" / "demonstration"
"""The folder: a copy of it is a good start for a plan of one's own."""


@cache
def demonstration_plan() -> Plan:
    """A SAMU, a fire and one or two police centres per département, 112 at either of the first two, help by neighbours.

    Everything in it is invented, and `Plan.demonstration` says so; every number is of a range that the numbering plan
    reserves for fiction, so that no call can reach anybody.
    """
    return load_plan(DEMONSTRATION, france())

"""How often a false alarm may ring, in the duty officer's words."""

from __future__ import annotations

import re
from typing import Final

from tocsin.errors import UsageError
from tocsin.words import Sentence

PERIOD_MINUTES: Final = {
    **{"day": 1440.0, "week": 10_080.0, "month": 43_200.0, "year": 525_600.0},
    **{"jour": 1440.0, "semaine": 10_080.0, "mois": 43_200.0, "an": 525_600.0},
}
"""A month has 30 days, a year 365. Both languages are understood whichever is spoken: a script is read by either."""

GRAMMAR: Final = re.compile(r"\s*(\d+)\s+(?:an?\s+(day|week|month|year)|par\s+(jour|semaine|mois|an))\s*")
DEFAULT: Final = "1 a month"


def minutes_per_false_alarm(text: str) -> float:
    """`2 a year`, `2 par an` as the minutes that one false alarm may cost: 262 800. UsageError on anything else."""
    match = GRAMMAR.fullmatch(text)
    if match is None or int(match[1]) == 0:
        raise UsageError(Sentence("usage.no_rate", rate=text), do=Sentence("do.rate"))
    return PERIOD_MINUTES[match[2] or match[3]] / int(match[1])

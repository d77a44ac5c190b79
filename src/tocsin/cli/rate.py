"""How often a false alarm may ring, in the duty officer's words."""

from __future__ import annotations

import re
from typing import Final

from tocsin.errors import UsageError
from tocsin.words import Sentence

PERIOD_MINUTES: Final = {"day": 1440.0, "week": 10_080.0, "month": 43_200.0, "year": 525_600.0}
"""A month has 30 days, a year 365."""

GRAMMAR: Final = re.compile(r"\s*(\d+)\s+an?\s+(day|week|month|year)\s*")
DEFAULT: Final = "1 a month"


def minutes_per_false_alarm(text: str) -> float:
    """`2 a year` as the minutes that one false alarm may cost: 262 800. Raises UsageError on anything else."""
    match = GRAMMAR.fullmatch(text)
    if match is None or int(match[1]) == 0:
        raise UsageError(Sentence("usage.no_rate", rate=text), do=Sentence("do.rate"))
    return PERIOD_MINUTES[match[2]] / int(match[1])

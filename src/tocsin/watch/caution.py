"""What a baseline can't promise, said when it is learned and on every alarm that it raises."""

from __future__ import annotations

from typing import Final

from tocsin.words import Sentence

MIN_DAYS: Final = 14
_DAY_S: Final = 86_400


def cautions(learned_from: int, learned_to: int) -> tuple[Sentence, ...]:
    """What to beware of where the history lasts from the one to the other (seconds since 1970)."""
    days = (learned_to - learned_from) / _DAY_S
    if round(days, 1) >= MIN_DAYS:  # fourteen days end with their last call, not at midnight
        return ()
    return (Sentence("caution.few_days", days=days, needed=MIN_DAYS),)

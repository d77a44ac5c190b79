"""The evidence, family by family: what is counted, against what, and which way it must move.

Each family is a row of `FAMILIES`, to be checked against the table "The evidence" in the project's notes on detection.
Failures are two families: `outcome` counts what the network lost or misrouted, `engaged` what met a busy or a refusal,
because one accident fills a centre's lines for ten minutes: a crowd fills lines but doesn't empty them, so `engaged`
counts only where fewer calls than usual get through (`fewer`). Why a share fell is asked when it pages: see `cause`.
Only families in which demand cancels page; a level pages only where more than half of the arrivals are missing
(`void`), and otherwise raises a watch.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Law(Enum):
    """How a count is distributed under the null, and so the likelihood ratio of a step.

    ``RATE`` k bad of n: null rate <= p0, alternative p1 = 1-(1-p0)(1-d), ratio (p1/p0)^k ((1-p1)/(1-p0))^(n-k) ·
    ``SHARE`` k of the class in its group of n: null odds >= the odds of p times (1-m), alternative times (1-d), ratio
    ((1-d)/(1-m))^k ((1-pm)/(1-pd))^n · ``FALL`` k arrivals against mu: null >= (1-m)mu, ratio
    ((1-d)/(1-m))^k exp((d-m)mu) · ``RISE`` the same upwards.
    """

    RATE = "rate"
    SHARE = "share"
    FALL = "fall"
    RISE = "rise"

    @property
    def by_calendar(self) -> bool:
        """Whether arrivals are compared with what the calendar expects, and no share is."""
        return self in (Law.FALL, Law.RISE)

    @property
    def of_absence(self) -> bool:
        """Whether it shows calls that don't arrive."""
        return self in (Law.SHARE, Law.FALL)


@dataclass(frozen=True, kw_only=True)
class Family:
    """One kind of evidence.

    ``bad`` and ``of`` name counters of `counts.COUNTERS`; for a SHARE ``of`` is the group's count, for a level the
    expectation stands in its place · ``margin`` a floor of the null's margin that is not learned ·
    ``least_per_minute`` attempts that a scope must have on an average minute: where one accident's crowd is most of
    what there is to count, attempts aren't independent and a mark says nothing ·
    ``guard`` the family of arrivals that must fall as well: the smaller of its own R and the guard's in the same scope
    and size counts, which is an e-value for both nulls ·
    ``weight`` its part of the paging mixture (or of the watch mixture) before the families without data drop out.
    """

    name: str
    evidence: str  # the name in `evidence`: outcome, reconciliation, mark, contrast, level, surge
    law: Law
    bad: str
    of: str
    kind: str  # the alarm's kind
    pages: bool
    weight: float
    step_s: int = 60
    margin: float = 0.0
    guard: str | None = None
    least_per_minute: float = 0.0


FAMILIES: Final = (
    Family(
        name="outcome", evidence="outcome", law=Law.RATE, bad="dropped", of="known",
        kind="failure", pages=True, weight=0.40, step_s=10,
    ),
    Family(
        name="engaged", evidence="outcome", law=Law.RATE, bad="engaged", of="known",
        kind="failure", pages=True, weight=0.02, step_s=10,
        guard="fewer",
    ),
    Family(
        name="reconciliation", evidence="reconciliation", law=Law.RATE, bad="unseen", of="delivered",
        kind="loss", pages=True, weight=0.09,
    ),
    Family(
        name="redial", evidence="mark", law=Law.RATE, bad="redials", of="callers",
        kind="redial", pages=True, weight=0.07, least_per_minute=5.0,
    ),
    Family(
        name="short", evidence="mark", law=Law.RATE, bad="short", of="answered",
        kind="redial", pages=True, weight=0.03, least_per_minute=5.0,
    ),
    Family(
        name="contrast", evidence="contrast", law=Law.SHARE, bad="arrived", of="arrived",
        kind="loss", pages=True, weight=0.35, step_s=10,
    ),
    Family(
        name="void", evidence="level", law=Law.FALL, bad="arrived", of="arrived",
        kind="loss", pages=True, weight=0.04, margin=0.5,
    ),
    Family(
        name="fewer", evidence="level", law=Law.FALL, bad="arrived", of="arrived",
        kind="loss", pages=True, weight=0.0,
    ),
    Family(
        name="level", evidence="level", law=Law.FALL, bad="arrived", of="arrived",
        kind="loss", pages=False, weight=0.7,
    ),
    Family(
        name="surge", evidence="surge", law=Law.RISE, bad="arrived", of="arrived",
        kind="surge", pages=False, weight=0.3,
    ),
)  # fmt: skip

SIZES: Final = (0.06, 0.12, 0.22, 0.4, 0.7, 0.98)
"""The losses sought beyond the margin, d'. A surge seeks the factors 1/(1-d')."""

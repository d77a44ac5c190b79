"""Yardsticks: how soon a loss can be seen at all, and what a file's volume reveals before anything is learned.

Lorden (1971): no detector with one false alarm in A minutes sees a change faster than log(A) / KL minutes on average to
first order, KL the nats a minute between what comes after and the *nearest* point of the null. One that must find the
scope among its siblings as well pays log(A x siblings) / KL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import expit

from tocsin.watch.baseline import Baseline, Reference
from tocsin.watch.family import Law
from tocsin.watch.nulls import Z, usual_sd


@dataclass(frozen=True, kw_only=True)
class Yardstick:
    """Minutes to first order; infinite where the loss lies inside the margin."""

    nats_per_minute: float
    lorden: float
    scope_aware: float


def yardstick(nats_per_minute: float, *, siblings: int, false_alarm_minutes: float) -> Yardstick:
    """From nats a minute to minutes."""
    if nats_per_minute <= 0:
        return Yardstick(nats_per_minute=0.0, lorden=float("inf"), scope_aware=float("inf"))
    return Yardstick(
        nats_per_minute=nats_per_minute,
        lorden=float(np.log(false_alarm_minutes) / nats_per_minute),
        scope_aware=float(np.log(false_alarm_minutes * siblings) / nats_per_minute),
    )


def rate_nats(per_minute: float, *, usual: float, null: float, loss: float) -> float:
    """Failures: ``per_minute`` attempts, ``usual`` of which fail, up to ``null`` by the null, ``loss`` of them lost."""
    after = 1 - (1 - usual) * (1 - loss)
    return per_minute * _binary(after, null) if after > null else 0.0


def share_nats(group_per_minute: float, *, share: float, margin: float, loss: float) -> float:
    """A class with ``share`` of a group loses ``loss`` of its arrivals; the share may be wrong by ``margin``."""
    if loss <= margin:
        return 0.0
    left = 1 - share * loss
    return group_per_minute * left * _binary(share * (1 - loss) / left, share * (1 - margin) / (1 - share * margin))


def level_nats(per_minute: float, *, margin: float, loss: float) -> float:
    """Arrivals against the calendar, which may be wrong by ``margin``."""
    if loss <= margin:
        return 0.0
    kept, null = 1 - loss, 1 - margin
    return per_minute * ((kept * np.log(kept / null) if kept > 0 else 0.0) - kept + null)


def _binary(p: float, q: float) -> float:
    """Kullback-Leibler divergence of one coin from another, nats."""
    q = min(max(q, 1e-12), 1 - 1e-12)
    first = p * np.log(p / q) if p > 0 else 0.0
    second = (1 - p) * np.log((1 - p) / (1 - q)) if p < 1 else 0.0
    return float(first + second)


def learned_yardstick(
    baseline: Baseline, reference: Reference, scope: int, *, loss: float, per_minute: float, false_alarm_minutes: float
) -> Yardstick:
    """The yardstick of a loss in one scope of a baseline, to the null that its learned margin leaves,
    tempered by the dispersion that was learned.

    ``per_minute`` what is counted in a minute then: attempts for a rate, the group's arrivals for a share, the scope's
    own for a level.
    """
    theta = float(reference.base[scope])
    level = baseline.lattice.level[scope]
    reach = Z * float(usual_sd(reference, baseline.lattice)[scope])
    siblings = int((reference.active & (baseline.lattice.level == level)).sum())
    law = reference.family.law
    if law is Law.RATE:
        usual, null = (expit(x) for x in (theta, theta + reach))
        nats = rate_nats(per_minute, usual=usual, null=null, loss=loss)
    elif law is Law.SHARE:
        share = expit(theta)
        nats = share_nats(per_minute, share=share, margin=1 - np.exp(-reach), loss=loss)
    else:
        nats = level_nats(per_minute, margin=1 - np.exp(-reach), loss=loss)
    return yardstick(nats / float(reference.phi[level]), siblings=siblings, false_alarm_minutes=false_alarm_minutes)


UNLEARNED_NULL: Final = 0.07
UNLEARNED_SHARE: Final = 0.12
UNLEARNED_LEVEL: Final = 0.50
"""Margins assumed before anything is learned: those of one département in the feasibility study; half for a level,
which alone may page only there."""

LOSSES: Final = (0.11, 0.3, 0.5, 0.85, 1.0)


@dataclass(frozen=True, kw_only=True)
class Revealed:
    """``loss`` of everything in the file (or of ``what``), seen by ``family`` after ``minutes``; None is never."""

    what: str
    loss: float
    family: str
    minutes: float | None


def reveals(
    per_minute: float, *, failure_rate: float | None, shares: Mapping[str, float], false_alarm_minutes: float
) -> list[Revealed]:
    """Which loss a volume reveals in how many minutes, and which never, before anything is learned.

    ``per_minute`` mean calls a minute · ``failure_rate`` of those with known outcome, None where outcomes aren't known
    · ``shares`` of the classes that the file tells apart, by name. The minutes are scope-aware yardsticks at the mean
    rate times 1.25, what the detector is held to; longer than a day is never.
    """
    found = []
    for loss in LOSSES:
        if failure_rate is not None:
            null = max(UNLEARNED_NULL, 1.5 * failure_rate)
            nats = rate_nats(per_minute, usual=failure_rate, null=null, loss=loss)
            found.append(_revealed("everything", loss, "outcome", nats, 1, false_alarm_minutes))
        nats = level_nats(per_minute, margin=UNLEARNED_LEVEL, loss=loss)
        found.append(_revealed("everything", loss, "level", nats, 1, false_alarm_minutes))
        for name, share in shares.items():
            nats = share_nats(per_minute, share=share, margin=UNLEARNED_SHARE, loss=loss)
            found.append(_revealed(name, loss, "contrast", nats, len(shares), false_alarm_minutes))
    return found


def _revealed(what: str, loss: float, family: str, nats: float, siblings: int, a: float) -> Revealed:
    minutes = 1.25 * yardstick(nats, siblings=siblings, false_alarm_minutes=a).scope_aware
    return Revealed(what=what, loss=loss, family=family, minutes=minutes if minutes <= 1440 else None)

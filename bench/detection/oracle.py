"""Yardsticks of a case: Lorden's, the scope-aware one, and an oracle that knows scope, size and onset's null.

The oracle is a Shiryaev-Roberts detector with the case's true parameters at the same A, simulated in steps of ten
seconds at the demand of 17:00. It pays for no other scope, size or family, so it can beat the scope-aware yardstick,
and where the change is slow it beats Lorden's first-order figure too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.detection.cases import ONSET_S, Case
from bench.detection.worlds import BASE_FAILURE, World, usual_minutes
from tocsin.watch import Watch, Yardstick
from tocsin.watch.family import Law
from tocsin.watch.nulls import Z
from tocsin.watch.ratio import RAREST
from tocsin.watch.yardstick import level_nats, rate_nats, share_nats, yardstick

RUNS: Final = 400
QUIET_MINUTES: Final = 120
MOST_MINUTES: Final = 360
STEP: Final = 1 / 6


@dataclass(frozen=True, kw_only=True)
class Stream:
    """What a case's detector counts at 17:00.

    ``per_minute`` attempts (outcome), the group's arrivals (contrast), the scope's own (level) · ``usual`` failure rate
    or share · ``siblings`` scopes of its kind in the lattice watched.
    """

    family: str
    per_minute: float
    usual: float
    loss: float
    siblings: int

    @classmethod
    def of(cls, case: Case, world: World) -> Stream:
        """As the world draws it."""
        whole = float(usual_minutes()[ONSET_S // 60])
        inside = case.where.weight(world)
        if case.family == "contrast":
            group = case.where.group().weight(world)
            return cls(
                family=case.family, per_minute=whole * group, usual=inside / group, loss=case.loss,
                siblings=case.siblings,
            )  # fmt: skip
        return cls(
            family=case.family, per_minute=whole * inside, usual=BASE_FAILURE, loss=case.loss, siblings=case.siblings
        )

    def yardstick(self, null: float, a: float) -> Yardstick:
        """To the null that ``null`` leaves: the largest failure rate allowed, or the margin of share or level."""
        if self.family == "outcome":
            nats = rate_nats(self.per_minute, usual=self.usual, null=null, loss=self.loss)
        elif self.family == "contrast":
            nats = share_nats(self.per_minute, share=self.usual, margin=null, loss=self.loss)
        else:
            nats = level_nats(self.per_minute, margin=null, loss=self.loss)
        return yardstick(nats, siblings=self.siblings, false_alarm_minutes=a)

    def oracle(self, null: float, a: float, seed: int) -> float:
        """Median minutes of the oracle against that null; infinite where the loss lies inside the margin."""
        if not np.isfinite(self.yardstick(null, a).lorden):
            return float("inf")
        rng = np.random.default_rng(seed)
        evidence = np.zeros(RUNS)
        for _ in range(round(QUIET_MINUTES / STEP)):
            evidence = (evidence + STEP) * np.exp(self._nats(null, 0.0, rng))
        seen = np.full(RUNS, np.inf)
        for step in range(round(MOST_MINUTES / STEP)):
            evidence = (evidence + STEP) * np.exp(np.minimum(self._nats(null, self.loss, rng), 300.0))
            seen[(evidence >= a) & np.isinf(seen)] = (step + 1) * STEP
            if np.isfinite(seen).all():
                break
            evidence = np.minimum(evidence, 1e250)
        return float(np.median(seen))

    def _nats(self, null: float, lost: float, rng: np.random.Generator) -> NDArray[np.float64]:
        """(RUNS,) the log ratio of one step, drawn while ``lost`` is lost."""
        mean, sought = self.per_minute * STEP, min(self.loss, 1 - 1e-9)
        if self.family == "outcome":
            n = rng.poisson(mean, RUNS)
            k = rng.binomial(n, 1 - (1 - self.usual) * (1 - lost))
            after = 1 - (1 - self.usual) * (1 - sought)
            return np.asarray(k * np.log(after / null) + (n - k) * np.log((1 - after) / (1 - null)))
        share = self.usual if self.family == "contrast" else 1.0
        k = rng.poisson(mean * share * (1 - lost), RUNS)
        kept = np.log((1 - sought) / (1 - null))
        if self.family == "contrast":
            n = k + rng.poisson(mean * (1 - share), RUNS)
            return np.asarray(k * kept + n * np.log((1 - share * null) / (1 - share * sought)))
        return np.asarray(k * kept + (sought - null) * mean)


def exact_null(case: Case) -> float:
    """The null without any margin."""
    return BASE_FAILURE if case.family == "outcome" else 0.0


def learned_null(watch: Watch, case: Case, world: World) -> float:
    """The null that the running watch holds now in the case's scope: the largest failure rate, or the margin."""
    evidence, lattice = watch._evidence, watch.baseline.lattice
    scope = next(index for index in range(len(lattice)) if lattice.scope(index) == case.where.scope(world))
    component = next(each for each in evidence.components if each.family.name == case.family)
    tracker = evidence.trackers[component.reference]
    reach = Z * tracker.sd()[scope]
    if component.family.law is not Law.RATE:
        return float(1 - np.exp(-reach))
    base = tracker.reference.base[scope] + tracker.deviation()[scope]
    return max(float(1 / (1 + np.exp(-base - reach))), RAREST)

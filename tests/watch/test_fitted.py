from __future__ import annotations

import numpy as np
import pytest
from tests.watch.island import FAILURE, FIXED, OPERATORS, PARISHES, baseline, drawn, island, second

from tocsin.watch import Baseline, Scope, learn
from tocsin.watch.baseline import Reference


def of(known: Baseline, family: str) -> Reference:
    return next(each for each in known.references if each.family_name == family)


def place(known: Baseline, scope: Scope) -> int:
    return next(index for index in range(len(known.lattice)) if known.lattice.scope(index) == scope)


def logistic(x: float) -> float:
    return float(1 / (1 + np.exp(-x)))


@pytest.mark.parametrize("scope", [Scope(), Scope(area="N1"), Scope(area="S2", service="18", operator="B")])
def test_the_failure_rate_of_every_scope_is_learned(scope: Scope) -> None:
    known = baseline()
    outcome = of(known, "outcome")
    at = place(known, scope)
    off = abs(logistic(outcome.base[at]) - FAILURE) / FAILURE
    assert off < 4 * np.sqrt(outcome.error[at]) + 0.02


def test_small_scopes_are_drawn_towards_their_wider_scope() -> None:
    """Where nothing truly differs, the estimates of small scopes scatter less than their counts would."""
    known = baseline()
    outcome = of(known, "outcome")
    small = np.flatnonzero(outcome.active & (outcome.per_minute < 1))
    scatter = np.std(outcome.base[small])
    by_counts = 1 / np.sqrt(np.median(outcome.per_minute[small]) * 15 * 1440 * FAILURE)
    assert scatter < by_counts / 2


def test_shares_of_operators_and_accesses_are_learned() -> None:
    known = baseline()
    contrast = of(known, "contrast")
    operator = place(known, Scope(area="N1", operator="A"))
    assert logistic(contrast.base[operator]) == pytest.approx(OPERATORS["A"], abs=0.01)
    assert logistic(contrast.base[place(known, Scope(access="fixed"))]) == pytest.approx(FIXED, abs=0.01)


def test_arrivals_are_a_share_of_the_calendars_demand() -> None:
    known = baseline()
    level = of(known, "level")
    for parish, share in PARISHES.items():
        part = np.exp(level.base[place(known, Scope(area=parish))] - level.base[place(known, Scope())])
        assert part == pytest.approx(share, rel=0.02)


def test_a_class_that_is_nearly_all_or_lies_elsewhere_has_nothing_to_compare_with() -> None:
    known = baseline(vantage="centre", outcomes=False)
    contrast = of(known, "contrast")
    assert not contrast.active[place(known, Scope(area="N1", centre="room N1"))]  # all calls of its parish
    assert not contrast.active[place(known, Scope(centre="room N1"))]  # a place: others' accidents take its share
    assert contrast.active[place(known, Scope(area="N1", access="fixed"))]


def test_who_never_knows_how_a_call_ends_has_no_failure_rate() -> None:
    known = baseline(vantage="centre", outcomes=False)
    assert {each.family_name for each in known.references} == {"contrast", "level"}


def test_few_days_know_less() -> None:
    short = learn(drawn(second("-72:00"), second("00:00"), seed=1), island(), hold_s=0)
    few, many = (of(known, "outcome").error[place(known, Scope())] for known in (short, baseline()))
    assert few == pytest.approx(5 * many, rel=0.3)

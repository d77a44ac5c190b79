from __future__ import annotations

import numpy as np
import pytest
from tests.watch.island import baseline, island, second
from tests.watch.test_event import ONSET, event, outcomes

from tocsin.watch import Scope
from tocsin.watch.counting import USED
from tocsin.watch.detector import Component
from tocsin.watch.evidence import Evidence
from tocsin.watch.explain import ALLOWED, explained_loss

EVIDENCE = Evidence(baseline(), island(), second("17:00"))
LATTICE = EVIDENCE.lattice


def place(scope: Scope) -> int:
    return next(index for index in range(len(LATTICE)) if LATTICE.scope(index) == scope)


def component(name: str) -> Component:
    return next(each for each in EVIDENCE.components if each.family.name == name)


def explained(name: str, scope: Scope, *, n: int, k: int, inside: float) -> float:
    """What an event that loses three in ten explains in ``scope``, where ``k`` of ``n`` were counted since onset."""
    part = component(name)
    total = np.zeros((1, len(LATTICE), len(USED)), np.int32)
    total[0, :, part.of] = n
    total[0, place(scope), part.bad] = k
    what = event(ONSET + 2)
    what.learn({0: outcomes(ONSET + 30)})
    share = np.zeros(len(LATTICE))
    share[place(scope)] = inside
    quiet = np.zeros(len(LATTICE))
    found = explained_loss(EVIDENCE, part, total, share, what, second("17:30") // 60, quiet)
    return float(found[part.scope == place(scope)][0])


def test_what_a_scope_loses_within_the_event_is_explained_and_half_more() -> None:
    lost = explained("outcome", Scope(area="N1"), n=10_000, k=int(10_000 * (1 - 0.98 * 0.7)), inside=1.0)
    assert lost == pytest.approx(0.3 * ALLOWED, abs=0.03)


def test_a_class_that_loses_its_share_is_explained_likewise() -> None:
    n = 100_000
    k = round(n * 0.6 * 0.7 / (0.6 * 0.7 + 0.4))
    assert explained("contrast", Scope(operator="A"), n=n, k=k, inside=1.0) == pytest.approx(0.3 * ALLOWED, abs=0.03)


def test_where_little_has_been_counted_the_events_own_loss_stands_in() -> None:
    whole = explained("outcome", Scope(area="N1"), n=0, k=0, inside=1.0)
    half = explained("outcome", Scope(area="N1"), n=0, k=0, inside=0.5)
    assert whole > 0.3 * ALLOWED
    assert 0 < half < whole


def test_a_scope_that_shares_no_call_with_the_event_is_explained_nothing() -> None:
    assert explained("outcome", Scope(area="S1"), n=1000, k=900, inside=0.0) == 0


def test_nothing_explains_more_than_everything() -> None:
    assert explained("outcome", Scope(area="N1"), n=1000, k=1000, inside=1.0) <= 1

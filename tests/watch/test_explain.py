from __future__ import annotations

import numpy as np
import pytest
from tests.watch.island import baseline, island, second
from tests.watch.test_event import ONSET, event, outcomes

from tocsin.watch import Scope
from tocsin.watch.counting import USED
from tocsin.watch.detector import Component
from tocsin.watch.event import Event
from tocsin.watch.evidence import Evidence
from tocsin.watch.explain import ALLOWED, explained_loss
from tocsin.watch.recent import Total
from tocsin.watch.usual import Usual

EVIDENCE = Evidence(baseline(), island(), second("17:00"))
LATTICE = EVIDENCE.lattice


def place(scope: Scope) -> int:
    return next(index for index in range(len(LATTICE)) if LATTICE.scope(index) == scope)


def component(name: str) -> Component:
    return next(each for each in EVIDENCE.components if each.family.name == name)


def open_event(part: Component) -> Event:
    what = event(ONSET + 2)
    what.frozen.deviation[part.reference] = np.zeros(len(LATTICE))
    what.learn({0: outcomes(ONSET + 30)})
    return what


def explained(name: str, scope: Scope, *, n: int, k: int, inside: float) -> float:
    """What an event that loses three in ten explains in ``scope``, where ``k`` of ``n`` were counted since onset."""
    part = component(name)
    what = open_event(part)
    total = Total(since=what.onset[1], counts=np.zeros((1, len(LATTICE), len(USED)), np.int32), added=0)
    total.counts[0, :, part.of] = n
    total.counts[0, place(scope), part.bad] = k
    share = np.zeros(len(LATTICE))
    share[place(scope)] = inside
    usual = Usual(EVIDENCE, second("16:30") // 60)
    usual.carry_on(EVIDENCE, second("17:30") // 60)
    found = explained_loss(EVIDENCE, part, total, usual, share, what)
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


def test_arrivals_are_held_against_the_demand_of_each_minute_since_the_onset() -> None:
    """From 04:00 to 16:00 demand grows from its least to its most: neither end's rate stands for the half day."""
    part = component("level")
    what = open_event(part)
    since, until = second("04:00") // 60, second("16:00") // 60
    usual = Usual(EVIDENCE, since)
    usual.carry_on(EVIDENCE, until)
    expected = sum(40 * (1 - 0.4 * np.cos(2 * np.pi * (minute - since) / 1440)) for minute in range(since, until))
    total = Total(since=since, counts=np.zeros((1, len(LATTICE), len(USED)), np.int32), added=0)
    total.counts[0, place(Scope()), part.bad] = round(0.7 * expected)
    found = explained_loss(EVIDENCE, part, total, usual, np.ones(len(LATTICE)), what)
    assert found[part.scope == place(Scope())][0] == pytest.approx(0.3 * ALLOWED, abs=0.04)

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.watch.island import second
from tests.watch.test_cells import place
from tests.watch.test_posterior import NORTH, running

from tocsin.watch import Level, Scope
from tocsin.watch.event import SETTLE_MINUTES, Event
from tocsin.watch.opening import claim, part_of


def belongs(event: Event, other: Event) -> tuple[Event, int] | None:
    watch = running(NORTH)
    return part_of(event, [other], watch._evidence, watch._cells, watch._events._follow)


def opened() -> Event:
    """The page of the north."""
    return running(NORTH)._events._open[0]


def another(scope: Scope, *, minutes: int = 0) -> Event:
    """What pages in a scope so many minutes after the north's page, of a loss that began then."""
    north = opened()
    onset = (north.onset[0] + minutes, north.onset[1] + minutes, north.onset[2] + minutes)
    return replace(north, alarm="b", scope=place(scope), opened=north.opened + minutes, onset=onset, total=None)


def test_the_same_event_grown_is_the_same_event() -> None:
    north = opened()
    assert belongs(another(Scope()), north) == (north, place(Scope()))
    assert belongs(another(Scope(area="NN")), north) == (north, north.scope)


def test_a_parish_of_a_region_that_pages_belongs_to_it() -> None:
    north = opened()
    assert belongs(another(Scope(area="N1")), north) == (north, north.scope)


def test_a_watch_is_no_part_of_a_page_nor_a_surge_of_a_loss() -> None:
    north = opened()
    assert belongs(replace(another(Scope(area="NN")), level=Level.WATCH), north) is None
    assert belongs(replace(another(Scope()), level=Level.WATCH), replace(north, level=Level.WATCH, surge=True)) is None


def test_a_wider_loss_that_began_after_the_other_had_settled_is_an_event_of_its_own() -> None:
    before = replace(opened(), alarm="c", scope=place(Scope(area="S1")))
    soon, late = another(Scope(), minutes=0), another(Scope(), minutes=SETTLE_MINUTES + 10)
    assert belongs(soon, before) == (before, place(Scope()))
    assert belongs(late, before) != (before, place(Scope()))


def test_a_claim_takes_the_evidence_of_the_scope_and_of_all_that_overlap_it() -> None:
    watch = running(NORTH)
    evidence = watch._evidence
    kept = [component.evidence.copy() for component in evidence.components]
    paging = [component for component in evidence.components if component.family.name == "outcome"]
    row = int(np.flatnonzero(paging[0].scope == place(Scope(area="N1")))[0])
    paging[0].evidence[row] = 1e30
    found = claim(evidence, watch._cells, pages=True, a=43_200.0)
    assert found.scope == place(Scope(area="N1"))
    assert found.kind == "failure"
    assert abs(sum(found.shares.values()) - 1) < 0.01
    assert not paging[0].evidence[row].any()
    assert evidence.mixture(pages=True) < 43_200
    for component, before in zip(evidence.components, kept, strict=True):
        component.evidence[:] = before
    assert second("17:10") == watch._events._follow.now

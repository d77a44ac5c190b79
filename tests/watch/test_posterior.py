from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from tests.watch.island import Fault, baseline, drawn, fault, island, pages, second
from tests.watch.test_cells import place

from tocsin.watch import Scope, Watch
from tocsin.watch.event import Event
from tocsin.watch.posterior import better, log_posterior

NORTH = fault("17:00", "18:00", 0.5, area="N")


@cache
def running(where: Fault, *, outcomes: bool = True) -> Watch:
    """A watch that has seen the loss for ten minutes."""
    vantage = "operator" if outcomes else "centre"
    tally = drawn(second("15:00"), second("17:10"), seed=5, faults=(where,), vantage=vantage, outcomes=outcomes)
    watch = Watch(baseline(vantage=vantage, outcomes=outcomes), island())
    assert pages(watch.decide(tally, second("17:10")))
    return watch


def scored(watch: Watch) -> tuple[Event, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    event = watch._events._open[0]
    return event, log_posterior(watch._evidence, watch._cells, event, watch._events._follow)


@pytest.mark.parametrize(
    ("where", "named"),
    [
        (NORTH, Scope(area="NN")),
        (fault("17:00", "18:00", 0.6, operator="B"), Scope(operator="B")),
        (fault("17:00", "18:00", 0.4), Scope()),
    ],
)
def test_the_scope_that_lost_its_calls_is_the_likeliest(where: Fault, named: Scope) -> None:
    _, scores = scored(running(where))
    assert int(scores.argmax()) == place(named)


def test_a_loss_of_everything_seen_in_arrivals_alone_is_a_loss_of_everything() -> None:
    """No class loses more than another, so no share says anything: arrivals do."""
    event, scores = scored(running(fault("17:00", "18:00", 0.8), outcomes=False))
    assert int(scores.argmax()) == event.scope == 0
    assert scores[0] > np.delete(scores, 0).max() + 3


def test_only_what_shares_calls_with_the_event_can_explain_it() -> None:
    event, scores = scored(running(fault("17:00", "18:00", 0.9, area="N1")))
    assert np.isinf(scores[place(Scope(area="S1"))])
    assert np.isfinite(scores[event.scope])


def test_a_scope_as_good_as_another_takes_no_name_away() -> None:
    watch = running(NORTH)
    event = watch._events._open[0]
    assert better(watch._evidence, watch._cells, event, watch._events._follow) is None
    right, event.scope = event.scope, place(Scope(area="N1"))
    assert better(watch._evidence, watch._cells, event, watch._events._follow) == right
    event.scope = right

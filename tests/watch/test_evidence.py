from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.watch.island import PER_MINUTE, baseline, island, second, shape

from tocsin.watch import Scope
from tocsin.watch.baseline import Feed
from tocsin.watch.counting import COLUMN, USED
from tocsin.watch.evidence import Evidence
from tocsin.watch.lattice import Membership
from tocsin.watch.scoped import Scoped

MINUTE = second("17:00") // 60


@pytest.fixture
def evidence() -> Evidence:
    return Evidence(baseline(), island(), second("17:00"))


def place(scope: Scope) -> int:
    lattice = baseline().lattice
    return next(index for index in range(len(lattice)) if lattice.scope(index) == scope)


def counts(**scopes: dict[str, int]) -> Scoped:
    """One step: ``all`` is everything, other names are areas."""
    out = Scoped(1, len(baseline().lattice))
    for name, columns in scopes.items():
        add(out, place(Scope() if name == "all" else Scope(area=name)), columns)
    return out


def add(out: Scoped, scope: int, columns: dict[str, int]) -> None:
    """Count in one scope alone, as if it were a cell."""
    row = np.zeros((1, len(USED)), np.uint32)
    for column, value in columns.items():
        row[0, COLUMN[column]] = value
    alone = Membership(start=np.array([0, 1]), scope=np.array([scope], np.int32))
    out.add(np.zeros(1, np.int32), row, alone, np.zeros(1, np.int8))


ALL_FAIL = counts(N1={"known": 20, "dropped": 20})


def test_nothing_counted_adds_its_minutes(evidence: Evidence) -> None:
    for _ in range(6):
        evidence.step(counts(), 10)
    steps = [each for each in evidence.components if each.family.pages and each.family.step_s == 10]
    paging = [each for each in steps if each.guard is None]  # a guard that has seen no minute yet lets nothing count
    assert evidence.mixture(pages=True) == pytest.approx(sum(float(each.weight.sum()) for each in paging))


def test_failures_raise_their_own_scope(evidence: Evidence) -> None:
    evidence.step(ALL_FAIL, 10)
    by_scope = evidence.by_scope(pages=True)
    assert by_scope.argmax() == place(Scope(area="N1"))
    assert by_scope.sum() == pytest.approx(evidence.mixture(pages=True))
    everywhere = np.ones(len(by_scope), bool)
    shares = evidence.by_component(everywhere, pages=True)
    assert sum(shares.values()) == pytest.approx(by_scope.sum())
    assert evidence.components[max(shares, key=lambda index: shares[index])].family.name == "outcome"


def test_what_has_been_said_is_taken_back_where_it_was_said(evidence: Evidence) -> None:
    evidence.step(ALL_FAIL, 10)
    said = np.zeros(len(baseline().lattice), bool)
    said[place(Scope(area="N1"))] = True
    evidence.zero(said, pages=True)
    assert evidence.by_scope(pages=True)[place(Scope(area="N1"))] == 0
    assert 0 < evidence.mixture(pages=True) < 1


FEED = Feed(name="switch", vantage="operator", per_minute=40.0, heartbeat_s=60.0, scopes=(place(Scope(area="N1")),))


def test_scopes_of_a_silent_feed_sleep_until_it_speaks(evidence: Evidence) -> None:
    evidence.sleep({FEED: 0}, 60)
    evidence.step(ALL_FAIL, 10)
    assert evidence.mixture(pages=True) < 1
    evidence.sleep({}, 120)
    evidence.step(ALL_FAIL, 10)
    assert evidence.mixture(pages=True) > 1e6


def test_evidence_that_is_withheld_grows_and_counts_once_the_feed_has_spoken(evidence: Evidence) -> None:
    evidence.withhold([FEED])
    evidence.step(ALL_FAIL, 10)
    assert evidence.mixture(pages=True, enough=100.0) < 1
    evidence.withhold([])
    assert evidence.mixture(pages=True) > 1e6
    evidence.forget([FEED])
    assert evidence.mixture(pages=True) < 1


def test_a_feed_of_another_vantage_puts_nothing_to_sleep(evidence: Evidence) -> None:
    evidence.sleep({replace(FEED, name="room", vantage="centre"): 0}, 60)
    evidence.step(ALL_FAIL, 10)
    assert evidence.mixture(pages=True) > 1e6


def test_expected_arrivals_follow_the_clock(evidence: Evidence) -> None:
    for clock in ("04:00", "10:00", "16:00"):
        hourly = np.exp(evidence.demand_of("operator", second(clock) // 60)) * 60
        truth = PER_MINUTE * 0.98 * shape(np.array([second(clock)]))[0]
        assert hourly[0] == pytest.approx(truth, rel=0.06)
        assert hourly[0] == pytest.approx(hourly[1:].sum(), rel=0.03)


def test_a_series_of_expectations_is_its_minutes_one_by_one_also_over_midnight(evidence: Evidence) -> None:
    first = second("23:50") // 60
    series = evidence.demand_series("operator", 1, first, 20)
    one_by_one = [evidence.demand_of("operator", first + minute)[1] for minute in range(20)]
    assert series.tolist() == one_by_one
    assert len(evidence.demand_series("operator", 1, first, 0)) == 0


def test_what_an_event_explains_no_longer_raises_anything(evidence: Evidence) -> None:
    third_lost = counts(N1={"known": 100, "dropped": 30})
    explained = Evidence(baseline(), island(), second("17:00"))
    for index, component in enumerate(explained.components):
        if component.family.name == "outcome":
            explained.explained[index] = np.where(component.scope == place(Scope(area="N1")), 0.45, 0.0)
    explained.set_nulls(second("17:00"))
    evidence.step(third_lost, 10)
    explained.step(third_lost, 10)
    assert evidence.mixture(pages=True) > 1e6
    assert explained.mixture(pages=True) < 1


def moved(*, frozen: bool) -> float:
    """The whole's deviation after four hours in which 2.4 % fail instead of 2, where rates may drift by a tenth."""
    known = baseline()
    drifting = tuple(replace(each, sigma=np.full_like(each.sigma, 0.1)) for each in known.references)
    evidence = Evidence(replace(known, references=drifting), island(), second("17:00"))
    evidence.frozen[:] = frozen
    out = Scoped(1, len(known.lattice))
    for scope in range(len(known.lattice)):
        add(out, scope, {"known": 1000, "dropped": 24})
    for minute in range(MINUTE, MINUTE + 240):
        evidence.count(minute, out)
    tracker = next(each for each in evidence.trackers if each.reference.family_name == "outcome")
    return float(tracker.deviation()[0])


def test_rates_are_learned_block_by_block_but_not_from_an_open_event() -> None:
    assert moved(frozen=False) > 0.08
    assert moved(frozen=True) == 0

"""Shares that fall: lost, moved to others, crowded out. Arrivals only, so that nothing else tells."""

from __future__ import annotations

import numpy as np
import pytest
from tests.watch.island import baseline, drawn, fault, pages, second, watched

from tocsin.counts import Tally
from tocsin.watch import Alarm, Level, State
from tocsin.watch.cause import _gone_to_others

KNOWN = baseline(vantage="centre", outcomes=False)


def quiet(seed: int) -> Tally:
    return drawn(second("15:00"), second("18:30"), seed=seed, vantage="centre", outcomes=False)


def passed_on(tally: Tally, *, seed: int, share: float = 0.5, lost_from: str = "24:00") -> Tally:
    """From 17:00 on a share of A's calls comes over C, an operator that the history never met; later C loses all."""
    chosen = (tally.cells["operator"] == "A").to_numpy()[tally.cell] & (tally.step >= second("17:00"))
    chosen &= np.random.default_rng(seed).random(len(tally)) < share
    moved = tally.cells.with_columns(operator=tally.cells["operator"].replace("A", "C"))
    kept = ~(chosen & (tally.step >= second(lost_from)))
    return Tally(
        cells=tally.cells.vstack(moved),
        step=tally.step[kept],
        cell=np.where(chosen, tally.cell + tally.cells.height, tally.cell).astype(np.int32)[kept],
        counts=tally.counts[kept],
    )


def losses(alarms: list[Alarm], level: Level) -> list[Alarm]:
    return [alarm for alarm in alarms if alarm.level is level and alarm.kind == "loss" and alarm.state is State.OPEN]


@pytest.mark.parametrize("seed", [61, 62, 63])
def test_customers_who_change_operator_are_watched_and_page_nobody(seed: int) -> None:
    said = watched(passed_on(quiet(seed), seed=seed), "18:30", KNOWN)
    assert not pages(said)
    watch = losses(said, Level.WATCH)[0]
    assert watch.scope.operator == "A"
    assert watch.at.timestamp() < second("17:15")
    assert watch.evidence[0].family == "contrast"


@pytest.mark.parametrize("seed", [61, 62, 63])
def test_the_same_calls_page_where_they_are_lost(seed: int) -> None:
    said = watched(passed_on(quiet(seed), seed=seed, lost_from="17:00"), "18:30", KNOWN)
    assert pages(said)[0].scope.operator == "A"
    assert pages(said)[0].at.timestamp() < second("17:15")


def test_calls_that_have_moved_and_are_lost_on_their_new_way_page() -> None:
    """A watch at 17:0x, since C has what A lacks; C fails at 17:15, and the watch closes into a page."""
    said = watched(passed_on(quiet(61), seed=61, lost_from="17:15"), "18:30", KNOWN)
    watch, page = losses(said, Level.WATCH)[0], pages(said)[0]
    assert watch.at < page.at
    assert second("17:15") < page.at.timestamp() <= second("17:45")
    closed = [alarm.at for alarm in said if alarm.alarm == watch.alarm and alarm.state is State.CLOSED]
    assert closed == [page.at]


@pytest.mark.parametrize("seed", [51, 52, 53])
def test_a_crowd_in_one_parish_pages_nobody_for_its_fixed_lines(seed: int) -> None:
    """From 17:00 to 18:00 mobiles in N1 make two calls for one: the share of fixed lines falls, their calls don't."""
    tally = drawn(
        second("15:00"),
        second("18:30"),
        seed=seed,
        vantage="centre",
        outcomes=False,
        faults=(fault("17:00", "18:00", 1.0, kind="more", access="mobile", area="N1"),),
    )
    said = watched(tally, "18:30", KNOWN)
    assert not pages(said)
    assert "surge" in {alarm.kind for alarm in said}


def share_of(
    *, lost: float = 0.0, second: float = 0.0, moved: float = 0.0, crowd: float = 1.0, calls: int = 4000, seed: int = 1
) -> bool:
    """The verdict on the first of five classes of so many calls that loses, or passes calls on to the second."""
    share = np.array([0.3, 0.2, 0.2, 0.2, 0.1, 0.0])
    usual = calls * share * crowd
    usual[1] += moved * usual[0]
    usual[0] *= 1 - lost - moved
    usual[1] *= 1 - second
    k = np.random.default_rng(seed).poisson(usual).astype(float)
    return _gone_to_others(k, float(k.sum()), share, np.full(6, 0.01))


def verdicts(
    *, lost: float = 0.0, second: float = 0.0, moved: float = 0.0, crowd: float = 1.0, calls: int = 4000
) -> float:
    """How often calls are believed to have moved, over 200 draws."""
    drawn = [
        share_of(lost=lost, second=second, moved=moved, crowd=crowd, calls=calls, seed=seed) for seed in range(200)
    ]
    return float(np.mean(drawn))


def test_calls_that_have_moved_are_told_from_calls_that_are_lost() -> None:
    assert verdicts(moved=0.4) > 0.95
    assert verdicts(lost=0.4) < 0.03


def test_a_country_that_calls_half_as_often_again_changes_nothing() -> None:
    assert verdicts(moved=0.4, crowd=1.5) > 0.95
    assert verdicts(lost=0.4, crowd=1.5) < 0.03


def test_half_moved_and_half_lost_is_a_loss_once_there_are_calls_to_tell() -> None:
    assert verdicts(moved=0.2, lost=0.2) < 0.2
    assert verdicts(moved=0.2, lost=0.2, calls=16_000) < 0.03


def test_two_classes_that_lose_alike_have_lost() -> None:
    """Beside them the other three have grown; but not by what either lacks beside the other, which is nothing."""
    assert verdicts(lost=0.3, second=0.3) < 0.05
    assert verdicts(lost=0.3, second=0.3, calls=16_000) < 0.05


@pytest.mark.parametrize("seed", range(4))
def test_a_total_loss_beside_a_crowd_pages(seed: int) -> None:
    """N1's fixed lines lose everything at 17:00, and its mobiles make half as many calls again."""
    faults = (
        fault("17:00", "18:30", 1.0, access="fixed", area="N1"),
        fault("17:00", "18:30", 0.5, kind="more", access="mobile", area="N1"),
    )
    tally = drawn(second("15:00"), second("18:30"), seed=seed, vantage="centre", outcomes=False, faults=faults)
    assert pages(watched(tally, "18:30", KNOWN))[0].at.timestamp() <= second("17:15")

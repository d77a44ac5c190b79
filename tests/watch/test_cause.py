"""Shares that fall: lost, moved to others, crowded out. Arrivals only, so that nothing else tells."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from tests.watch.island import baseline, drawn, fault, history, island, pages, second, watched, without

from tocsin.counts import COUNTERS, Tally
from tocsin.watch import Alarm, Baseline, Cause, Level, Scope, State, Watch, learn

KNOWN = baseline(vantage="centre", outcomes=False)


def quiet(seed: int) -> Tally:
    return drawn(second("15:00"), second("18:30"), seed=seed, vantage="centre", outcomes=False)


def passed_on(
    tally: Tally, *, seed: int, share: float = 0.5, lost_from: str = "24:00", chosen: NDArray[np.bool_] | None = None
) -> Tally:
    """From 17:00 on a share of A's calls comes over C, an operator that the history never met; later C loses all.

    Other calls may be ``chosen``.
    """
    if chosen is None:
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


def routed(tally: Tally, paths: list[str], *, seed: int, moved: bool = False, lost: bool = False) -> Tally:
    """The calls over nodes, each path as often; from 17:00 on the first path's take the second, or don't arrive."""
    rng = np.random.default_rng((seed, len(paths)))
    path = rng.integers(0, len(paths), len(tally))
    late = (path == 0) & (tally.step >= second("17:00"))
    path[late & moved] = 1
    kept = ~(late & lost)
    cells = tally.cells.drop("path").join(pl.DataFrame({"path": paths}), how="cross").select(tally.cells.columns)
    cell = (tally.cell * len(paths) + path).astype(np.int32)
    return Tally(cells=cells, step=tally.step[kept], cell=cell[kept], counts=tally.counts[kept])


ROUTES = {
    "alone": [f"S{node}" for node in range(10)],
    "through one of two gateways": [f"S{node}>G{node % 2}" for node in range(10)],
    "through gateways and trunks": [f"S{node}>G{node % 2}>T{node % 3}" for node in range(10)],
}


@cache
def routes(name: str) -> Baseline:
    return learn(routed(history(vantage="centre", outcomes=False), ROUTES[name], seed=1), island(), hold_s=0)


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
    assert watch.cause is Cause.MOVED
    assert watch.lost is not None
    assert watch.lost.low == 0.0


@pytest.mark.parametrize("seed", [61, 64, 66])
def test_a_page_whose_calls_turn_out_to_have_moved_stays_and_says_that_hardly_any_is_lost(seed: int) -> None:
    """N1 changes operator at 17:00 and the other parishes at 17:25: chance hides at first where some of it went."""
    quietly = quiet(seed)
    chosen = (quietly.cells["operator"] == "A").to_numpy()[quietly.cell] & (quietly.step >= second("17:00"))
    chosen &= (quietly.cells["area"] == "N1").to_numpy()[quietly.cell] | (quietly.step >= second("17:25"))
    said = watched(passed_on(quietly, seed=seed, chosen=chosen), "18:30", KNOWN)
    page = pages(said)[0]
    told = [alarm for alarm in said if alarm.alarm == page.alarm]
    doubted = next(alarm for alarm in told if alarm.cause is Cause.MOVED)
    assert doubted.at - page.at <= timedelta(minutes=6)
    assert (doubted.state, doubted.level, doubted.lost_per_hour) == (State.UPDATE, Level.PAGE, None)
    assert (told[-1].level, told[-1].cause, len(pages(said))) == (Level.PAGE, Cause.MOVED, 1)
    assert told[-1].lost is not None
    assert told[-1].lost.low == 0.0
    assert told[-1].lost.best < 60


@pytest.mark.parametrize("until", ["17:05", "17:20", "18:10"])
def test_a_page_says_when_its_calls_are_sent_another_way_and_what_was_lost_before(until: str) -> None:
    """Half of A's calls are lost from 17:00 on; then they come over C. One interval in four may miss."""
    held = []
    for seed in range(80, 84):
        quietly = drawn(second("15:00"), second("20:00"), seed=seed, vantage="centre", outcomes=False)
        moved = passed_on(quietly, seed=seed)
        over = (moved.cells["operator"] == "C").to_numpy()[moved.cell]
        lost = over & (moved.step < second(until))
        tally = Tally(cells=moved.cells, step=moved.step[~lost], cell=moved.cell[~lost], counts=moved.counts[~lost])
        said = watched(tally, "20:00", KNOWN)
        page = pages(said)[0]
        told = [alarm for alarm in said if alarm.alarm == page.alarm]
        sent = next(alarm for alarm in told if alarm.cause is Cause.MOVED)
        assert sent.at.timestamp() <= second(until) + 50 * 60
        assert (told[-1].cause, told[-1].level, len(pages(said))) == (Cause.MOVED, Level.PAGE, 1)
        assert sent.lost is not None
        held.append(sent.lost.low <= moved.counts[lost, COUNTERS.index("attempts")].sum() <= sent.lost.high)
    assert sum(held) >= 3


def test_a_page_whose_calls_are_lost_again_on_their_new_way_says_that_they_are_lost() -> None:
    """Lost from 17:00, over C from 17:20, and from 18:20 on C fails as well."""
    moved = passed_on(drawn(second("15:00"), second("20:00"), seed=81, vantage="centre", outcomes=False), seed=81)
    over = (moved.cells["operator"] == "C").to_numpy()[moved.cell]
    lost = over & ((moved.step < second("17:20")) | (moved.step >= second("18:20")))
    tally = Tally(cells=moved.cells, step=moved.step[~lost], cell=moved.cell[~lost], counts=moved.counts[~lost])
    said = watched(tally, "20:00", KNOWN)
    (page,) = pages(said)
    causes = [(alarm.at, alarm.cause) for alarm in said if alarm.alarm == page.alarm]
    changes = [later for earlier, later in pairwise(causes) if later[1] is not earlier[1]]
    assert [cause for _, cause in changes] == [Cause.MOVED, Cause.LOST]
    assert second("18:20") < changes[1][0].timestamp() <= second("18:45")


def over(tally: Tally, shares: dict[str, float], *, seed: int, kept: dict[str, float] | None = None) -> Tally:
    """The calls over nodes by ``shares``; from 17:00 on only the part ``kept`` of a node's arrives."""
    rng = np.random.default_rng((seed, len(shares)))
    node = rng.choice(len(shares), len(tally), p=list(shares.values()))
    part = np.array([(kept or {}).get(name, 1.0) for name in shares])[node]
    arrive = (tally.step < second("17:00")) | (rng.random(len(tally)) < part)
    cells = tally.cells.drop("path").join(pl.DataFrame({"path": list(shares)}), how="cross").select(tally.cells.columns)
    cell = (tally.cell * len(shares) + node).astype(np.int32)
    return Tally(cells=cells, step=tally.step[arrive], cell=cell[arrive], counts=tally.counts[arrive])


FOUR = {"S0": 0.4, "S1": 0.25, "S2": 0.2, "S3": 0.15}
TEN = {f"S{node}": 0.1 for node in range(10)}


@cache
def nodes(of: tuple[tuple[str, float], ...]) -> Baseline:
    return learn(over(history(vantage="centre", outcomes=False), dict(of), seed=1), island(), hold_s=0)


@pytest.mark.parametrize("seed", [91, 92, 93])
@pytest.mark.parametrize(
    ("shares", "kept"),
    [
        (FOUR, {"S0": 0.3, "S1": 0.55}),
        (FOUR, {"S0": 0.1, "S1": 0.5}),
        (TEN, {"S0": 0.0, **dict.fromkeys(("S1", "S2", "S3"), 0.3)}),
        (TEN, {"S0": 0.1, **dict.fromkeys(("S1", "S2", "S3", "S4", "S5"), 0.5)}),
    ],
)
def test_nodes_that_lose_calls_unequally_while_all_call_more_are_not_taken_for_calls_that_moved(
    shares: dict[str, float], kept: dict[str, float], seed: int
) -> None:
    """From 17:00 on half as many again call, as on 2 June 2021: the calendar doesn't miss the calls of the nodes."""
    before = drawn(second("15:00"), second("17:00"), seed=seed, vantage="centre", outcomes=False)
    after = drawn(second("17:00"), second("19:00"), seed=seed, vantage="centre", outcomes=False, demand=1.5)
    tally = over(Tally.merge([before, after]), shares, seed=seed, kept=kept)
    said = watched(tally, "19:00", nodes(tuple(shares.items())))
    assert pages(said)[0].at.timestamp() < second("17:20")
    assert {alarm.cause for alarm in said if alarm.level is Level.PAGE} == {Cause.LOST}
    assert all(alarm.state is not State.CLOSED for alarm in said if alarm.level is Level.PAGE)


@pytest.mark.parametrize("seed", [61, 62])
@pytest.mark.parametrize("rooms", [("N1", "N2"), ("N1", "N2", "S1", "S2")])
def test_feeds_that_fall_silent_make_no_page_of_calls_that_moved(seed: int, rooms: tuple[str, ...]) -> None:
    """Half of A's calls come over C since 17:00; from 17:40 to 18:40 rooms tell nothing, and nothing is lost."""
    known = baseline(vantage="centre", outcomes=False, beats=True)
    tally = drawn(second("15:00"), second("19:30"), seed=seed, vantage="centre", outcomes=False)
    beats = drawn(second("15:00"), second("19:30"), seed=seed, vantage="centre", outcomes=False, beats=True, demand=0.0)
    tally = Tally.merge([passed_on(tally, seed=seed), beats])
    for room in rooms:
        tally = without(tally, "17:40", "18:40", feed=f"room {room}")
    said = watched(tally, "19:30", known)
    assert losses(said, Level.WATCH)[0].cause is Cause.MOVED
    assert not pages(said)


def test_customers_who_changed_operator_for_good_let_the_rest_be_learned() -> None:
    watch = Watch(KNOWN, island())
    moved = passed_on(quiet(61), seed=61)
    watch.decide(moved, second("17:20"))
    assert watch._evidence.frozen.mean() > 0.5
    watch.decide(moved, second("18:00"))
    assert watch._evidence.frozen.mean() < 0.1


@pytest.mark.parametrize("seed", [61, 62, 63])
def test_the_same_calls_page_where_they_are_lost(seed: int) -> None:
    said = watched(passed_on(quiet(seed), seed=seed, lost_from="17:00"), "18:30", KNOWN)
    assert pages(said)[0].scope.operator == "A"
    assert pages(said)[0].at.timestamp() < second("17:15")


@pytest.mark.parametrize("name", ROUTES)
def test_a_node_whose_calls_all_take_another_is_one_watch_for_as_long_as_it_lasts(name: str) -> None:
    """Of six draws two may page: after four minutes chance can hide where some twenty calls went."""
    told = [
        watched(routed(quiet(seed), ROUTES[name], seed=seed, moved=True), "18:30", routes(name))
        for seed in range(71, 77)
    ]
    paged = [said for said in told if pages(said)]
    assert len(paged) <= 2
    for said in (said for said in told if not pages(said)):
        (watch,) = losses(said, Level.WATCH)
        assert (watch.scope.node, watch.cause) == ("S0", Cause.MOVED)
        assert second("17:00") < watch.at.timestamp() < second("17:10")


@pytest.mark.parametrize("name", ROUTES)
def test_a_node_whose_calls_do_not_arrive_pages_whatever_they_cross_besides(name: str) -> None:
    """Of six draws one may be held for a move first: it pages within a quarter of an hour."""
    told = [
        watched(routed(quiet(seed), ROUTES[name], seed=seed, lost=True), "18:30", routes(name))
        for seed in range(71, 77)
    ]
    first = [pages(said)[0] for said in told]
    assert {(page.scope.node, page.cause) for page in first} == {("S0", Cause.LOST)}
    assert all(alarm.state is not State.CLOSED for said in told for alarm in said if alarm.level is Level.PAGE)
    minutes = sorted((page.at.timestamp() - second("17:00")) / 60 for page in first)
    assert minutes[-2] < 8
    assert minutes[-1] <= 15


@pytest.mark.parametrize("lost_from", ["17:15", "17:50", "18:30"])
@pytest.mark.parametrize("seed", [61, 62])
def test_calls_that_have_moved_and_are_lost_on_their_new_way_page(lost_from: str, seed: int) -> None:
    """A watch at 17:0x, since C has what A lacks; C fails, and the watch closes into a page of that hour."""
    tally = drawn(second("15:00"), second("20:00"), seed=seed, vantage="centre", outcomes=False)
    said = watched(passed_on(tally, seed=seed, lost_from=lost_from), "20:00", KNOWN)
    watch, page = losses(said, Level.WATCH)[0], pages(said)[0]
    assert watch.at < page.at
    assert second(lost_from) < page.at.timestamp() <= second(lost_from) + 15 * 60
    closed = [alarm.at for alarm in said if alarm.alarm == watch.alarm and alarm.state is State.CLOSED]
    assert closed == [page.at]
    assert abs(page.onset[1].timestamp() - second(lost_from)) <= 5 * 60
    gone = (tally.cells["operator"] == "A").to_numpy()[tally.cell] & (tally.step >= second(lost_from))
    gone &= np.random.default_rng(seed).random(len(tally)) < 0.5
    last = [alarm for alarm in said if alarm.alarm == page.alarm][-1]
    truth = tally.counts[gone & (tally.step < last.at.timestamp()), COUNTERS.index("attempts")].sum()
    assert last.lost is not None
    assert last.lost.low <= truth <= last.lost.high


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


@pytest.mark.parametrize("seed", range(4))
def test_a_total_loss_beside_a_crowd_pages(seed: int) -> None:
    """N1's fixed lines lose everything at 17:00, and its mobiles make half as many calls again."""
    faults = (
        fault("17:00", "18:30", 1.0, access="fixed", area="N1"),
        fault("17:00", "18:30", 0.5, kind="more", access="mobile", area="N1"),
    )
    tally = drawn(second("15:00"), second("18:30"), seed=seed, vantage="centre", outcomes=False, faults=faults)
    assert pages(watched(tally, "18:30", KNOWN))[0].at.timestamp() <= second("17:15")


def test_calls_crowded_out_that_are_lost_an_hour_later_page() -> None:
    """From 16:30 N1's mobiles make two calls for one: its fixed lines are watched; at 17:30 they lose everything."""
    crowd = fault("16:30", "19:00", 1.0, kind="more", access="mobile", area="N1")
    dead = fault("17:30", "19:00", 1.0, access="fixed", area="N1")
    tally = drawn(second("15:00"), second("19:00"), seed=3, vantage="centre", outcomes=False, faults=(crowd, dead))
    said = watched(tally, "19:00", KNOWN)
    watch, page = losses(said, Level.WATCH)[0], pages(said)[0]
    assert (watch.cause, watch.lost) == (Cause.CROWDED, None)
    assert second("17:30") < page.at.timestamp() <= second("17:45")
    assert page.scope.access == "fixed"
    assert abs(page.onset[1].timestamp() - second("17:30")) <= 5 * 60


@pytest.mark.parametrize("seed", [61, 62, 63])
def test_calls_known_to_have_moved_do_not_hide_the_fall_of_an_island(seed: int) -> None:
    """Half of A's calls come over C since 17:00; from 17:40 on a third of all calls is missing."""
    fall = fault("17:40", "19:30", 0.35)
    tally = drawn(second("15:00"), second("19:30"), seed=seed, vantage="centre", outcomes=False, faults=(fall,))
    said = watched(passed_on(tally, seed=seed), "19:30", KNOWN)
    assert losses(said, Level.WATCH)[0].cause is Cause.MOVED
    wide = next(alarm for alarm in losses(said, Level.WATCH) if alarm.scope == Scope())
    assert second("17:40") < wide.at.timestamp() < second("17:55")


def test_what_is_told_as_lost_of_calls_that_had_moved_holds_for_days() -> None:
    """Lost from 17:50 on for a day and a half: single minutes of the onset are long forgotten, its slack is kept."""
    tally = drawn(second("15:00"), second("36:00"), seed=61, vantage="centre", outcomes=False)
    said = watched(passed_on(tally, seed=61, lost_from="17:50"), "36:00", KNOWN)
    page = pages(said)[0].alarm
    lost = [alarm.lost for alarm in said if alarm.alarm == page and alarm.lost is not None]
    assert all(later.low >= earlier.low for earlier, later in pairwise(lost))
    assert lost[-1].high - lost[-1].low < 0.15 * lost[-1].best

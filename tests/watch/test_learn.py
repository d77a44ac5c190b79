from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from tests.watch.island import MONDAY, STORY, baseline, between, drawn, history, island, second

from tocsin.counts import COUNTERS, KEY, Tally
from tocsin.errors import InputError
from tocsin.watch import Scope, Watch, learn

EMPTY = Tally.from_frame(pl.DataFrame(schema={"step": pl.Int64, **dict.fromkeys(KEY, pl.String)}))


def test_an_empty_history_is_refused_in_a_sentence() -> None:
    with pytest.raises(InputError) as error:
        learn(EMPTY, island(), hold_s=0)
    assert str(error.value) == "the history holds no call: give records of at least 14 days."


def test_heartbeats_alone_are_no_history() -> None:
    tally = drawn(second("00:00"), second("01:00"), seed=1, beats=True)
    beats = tally.counts[:, COUNTERS.index("heartbeats")] > 0
    alone = Tally(cells=tally.cells, step=tally.step[beats], cell=tally.cell[beats], counts=tally.counts[beats])
    with pytest.raises(InputError) as error:
        learn(alone, island(), hold_s=0)
    assert str(error.value) == "the history holds no call: give records of at least 14 days."


@pytest.mark.parametrize(
    ("since", "until", "minutes", "hours"),
    [("12:05", "12:25", 20, 0), ("12:05", "13:55", 110, 0), ("12:05", "14:55", 170, 1), ("12:00", "13:30", 90, 1)],
)
def test_less_than_two_whole_hours_is_refused_and_how_much_there_is_is_said(
    since: str, until: str, minutes: int, hours: int
) -> None:
    with pytest.raises(InputError) as error:
        learn(drawn(second(since), second(until), seed=1), island(), hold_s=0)
    assert str(error.value) == (
        f"the history lasts {minutes} min; whole hours by the clock in it: {hours}, needed at least: 2: "
        "give records of at least 14 days."
    )


def test_two_whole_hours_are_learned_from_with_a_caution_and_can_be_watched_with() -> None:
    hours = drawn(second("12:00"), second("14:00"), seed=1)
    known = learn(hours, island(), hold_s=0)
    assert len(known.cautions) == 1
    assert Watch(known, island()).decide(hours, second("14:00")) == []


def test_fewer_than_fourteen_days_are_learned_with_a_caution() -> None:
    known = learn(drawn(second("-72:00"), second("00:00"), seed=1), island(), hold_s=0)
    assert known.cautions == (
        "learned from 3.0 days, fewer than 14: the false-alarm rate is not promised, because how rates drift from day "
        "to day and on weekends is hardly known",
    )
    assert baseline().cautions == ()


def test_a_handful_of_calls_a_day_is_enough_to_learn_from() -> None:
    few = np.sort(np.random.default_rng(1).choice(len(history()), 75, replace=False))
    tally = Tally(
        cells=history().cells, step=history().step[few], cell=history().cell[few], counts=history().counts[few]
    )
    known = learn(tally, island(), hold_s=0)
    assert len(known.lattice) == 1


def test_the_baseline_says_what_it_was_learned_from() -> None:
    known = baseline()
    assert known.learned_from == int(MONDAY.timestamp())
    assert known.learned_to == int(STORY.timestamp())
    assert known.territory == "Island"
    assert known.vantages == ("operator",)
    assert known.series == (("operator", ""), ("operator", "15"), ("operator", "18"))


def test_feeds_are_known_by_their_rhythm_and_the_scopes_that_hang_on_them() -> None:
    known = baseline(vantage="centre", outcomes=False, beats=True)
    assert [feed.name for feed in known.feeds] == ["room N1", "room N2", "room S1", "room S2"]
    room = known.feeds[0]
    assert room.heartbeat_s == 60
    assert room.per_minute == pytest.approx(0.4 * 40, rel=0.02)
    hanging = {str(known.lattice.scope(scope)) for scope in room.scopes}
    assert {"area N1", "area NN", "everything", "centre room N1"} <= hanging
    assert "area S1" not in hanging


def test_a_feed_that_sends_no_heartbeat_has_none() -> None:
    assert [feed.heartbeat_s for feed in baseline().feeds] == [None]


def test_each_vantage_has_references_of_its_own() -> None:
    begin = second("-72:00")
    centre = drawn(begin, second("00:00"), seed=2, vantage="centre", outcomes=False)
    known = learn(Tally.merge([between(history(), begin, second("00:00")), centre]), island(), hold_s=60)
    found = {(each.vantage, each.family_name) for each in known.references}
    assert found == {
        ("operator", "outcome"), ("operator", "engaged"), ("operator", "contrast"), ("operator", "level"),
        ("centre", "contrast"), ("centre", "level"),
    }  # fmt: skip
    assert known.hold_s == 60
    assert known.loss_base.shape == (2, len(known.lattice))


def test_losses_per_delivered_call_are_what_a_normal_day_has() -> None:
    assert baseline().loss_base[0, 0] == pytest.approx(0.02 / 0.98, rel=0.05)


def test_how_many_records_come_in_time_is_learned_for_each_scope() -> None:
    """Where half of the calls of the north come after the hold, whatever their class."""
    tally = history()
    counts = tally.counts.copy()
    north = tally.cells["area"].str.starts_with("N").to_numpy()[tally.cell]
    counts[north, COUNTERS.index("late")] = counts[north, COUNTERS.index("attempts")]
    late = Tally(cells=tally.cells, step=tally.step, cell=tally.cell, counts=counts)
    known = learn(late, island(), hold_s=60)
    north_share, south_share, whole = (
        known.settled[0, next(i for i in range(len(known.lattice)) if known.lattice.scope(i) == scope)]
        for scope in (Scope(area="NN"), Scope(area="SS", operator="B"), Scope())
    )
    assert north_share == pytest.approx(0.5, abs=0.001)
    assert south_share == pytest.approx(1.0, abs=0.001)
    assert whole == pytest.approx(1 / 1.6, abs=0.001)
    assert (baseline().settled == 1).all()

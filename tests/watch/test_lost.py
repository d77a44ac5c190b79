from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from tests.watch.island import at, baseline, drawn, fault, history, island, pages, second, watched
from tests.watch.test_silence import ROOM, centres

from tocsin.counts import COUNTERS, Tally
from tocsin.watch import Interval, State, learn


def lost_in_all(*, vantage: str, outcomes: bool, share: float) -> Interval:
    """What the last word says of a loss of ``share`` in parish N1 from 17:00 to 18:00."""
    tally = drawn(
        second("15:00"),
        second("19:00"),
        seed=9,
        vantage=vantage,
        outcomes=outcomes,
        faults=(fault("17:00", "18:00", share, area="N1"),),
    )
    alarms = watched(tally, "19:00", baseline(vantage=vantage, outcomes=outcomes))
    first = pages(alarms)[0].alarm
    lost = next(alarm for alarm in alarms if alarm.alarm == first and alarm.state is State.CLOSED).lost
    assert lost is not None
    return lost


EXPECTED = 40 * 0.4 * 60 * 1.387
"""Calls of N1 from 17:00 to 18:00: 16 a minute, times the hour's demand."""


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_losses_are_counted_where_outcomes_are_known(share: float) -> None:
    lost = lost_in_all(vantage="operator", outcomes=True, share=share)
    assert lost.best == pytest.approx(share * EXPECTED, rel=0.15)
    assert lost.high - lost.low < 0.2 * lost.best


def test_where_only_arrivals_are_known_those_that_are_missing_are_counted() -> None:
    lost = lost_in_all(vantage="centre", outcomes=False, share=1.0)
    assert lost.low <= EXPECTED <= lost.high
    assert lost.best == pytest.approx(EXPECTED, rel=0.2)


def compared(tally: Tally, *, missing: str | None = None) -> Tally:
    """Half of what was delivered could be compared; one in a hundred wasn't seen, in parish ``missing`` none was."""
    rng = np.random.default_rng(23)
    counts = tally.counts.copy()
    attempts, losses, delivered, unseen = (
        COUNTERS.index(name) for name in ("attempts", "losses", "delivered", "unseen")
    )
    counts[:, delivered] = rng.binomial(counts[:, attempts] - counts[:, losses], 0.5)
    miss = np.full(len(tally), 0.01)
    if missing is not None:
        gone = (tally.cells["area"] == missing).to_numpy()[tally.cell]
        miss[gone & (tally.step >= second("17:00")) & (tally.step < second("18:00"))] = 1.0
    counts[:, unseen] = rng.binomial(counts[:, delivered], miss)
    return Tally(cells=tally.cells, step=tally.step, cell=tally.cell, counts=counts)


def test_what_an_operator_delivered_to_a_dead_room_is_lost_though_half_of_it_could_not_be_compared() -> None:
    known = learn(compared(history()), island(), hold_s=0)
    tally = compared(drawn(second("15:00"), second("19:00"), seed=9), missing="N1")
    alarms = watched(tally, "19:00", known)
    page = pages(alarms)[0]
    assert page.kind == "loss"
    assert at("17:00") < page.at <= at("17:05")
    lost = alarms[-1].lost
    assert lost is not None
    dead = (tally.step >= second("17:00")) & (tally.step < second("18:00"))
    dead &= (tally.cells["area"] == "N1").to_numpy()[tally.cell]
    attempts, losses = (tally.counts[dead, COUNTERS.index(name)].sum() for name in ("attempts", "losses"))
    truth = 0.99 * (attempts - losses)  # one in a hundred is never matched, on any day
    assert lost.low <= truth <= lost.high
    assert lost.best == pytest.approx(truth, rel=0.03)


def test_the_last_ten_minutes_are_told_by_the_hour() -> None:
    tally, known = centres(beats=True, lost=True)
    alarms = [alarm for alarm in watched(tally, "19:00", known) if at("17:15") < alarm.at < at("17:44")]
    assert alarms
    for alarm in alarms:
        assert alarm.lost_per_hour is not None
        assert alarm.scope.centre == ROOM or alarm.scope.area in ("N1", "NN")
        assert alarm.lost_per_hour.best == pytest.approx(EXPECTED, rel=0.4)


def test_what_is_missing_is_not_counted_by_the_failures_of_another_event() -> None:
    """Half of A's calls in the north vanish without a trace from 17:00; from 18:30 a tenth of all calls fail as well.

    At every change before and after, what is missing is told, and grows.
    """
    tally = drawn(second("15:00"), second("20:30"), seed=9, faults=(fault("18:30", "20:30", 0.1),))
    cells = tally.cells
    gone = (cells["area"].str.starts_with("N") & (cells["operator"] == "A")).to_numpy()[tally.cell]
    gone &= (tally.step >= second("17:00")) & (np.random.default_rng(9).random(len(tally)) < 0.5)
    kept = Tally(cells=cells, step=tally.step[~gone], cell=tally.cell[~gone], counts=tally.counts[~gone])
    alarms = watched(kept, "20:30", baseline())
    page = pages(alarms)[0]
    assert page.kind == "loss"
    assert (page.scope.area, page.scope.operator) == ("NN", "A")
    told = [(alarm.at, alarm.lost) for alarm in alarms if alarm.alarm == page.alarm]
    assert told[-1][0] > at("19:30")
    best = [lost.best for _, lost in told if lost is not None]
    assert all(later > 0.9 * earlier for earlier, later in pairwise(best))
    assert best[-1] == pytest.approx(int(tally.counts[gone, COUNTERS.index("attempts")].sum()), rel=0.25)

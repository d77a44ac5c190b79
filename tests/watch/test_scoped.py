from __future__ import annotations

import numpy as np
import pytest
from tests.watch.island import cells, drawn, island, second

from tocsin.watch.counting import USED, spread, used_counts
from tocsin.watch.lattice import Lattice, Membership
from tocsin.watch.scoped import Scoped

HALF_HOUR = drawn(second("17:00"), second("17:30"), seed=3)
COUNTS = used_counts(HALF_HOUR)
HERE = np.zeros(HALF_HOUR.cells.height, np.int8)


@pytest.fixture(scope="module")
def lattice() -> Lattice:
    return Lattice.of(cells(), np.ones(cells().height), island(), least=0.5)


@pytest.fixture(scope="module")
def member(lattice: Lattice) -> Membership:
    return lattice.membership(HALF_HOUR.cells, island())


def test_scopes_get_what_their_cells_counted_and_are_named_once(lattice: Lattice, member: Membership) -> None:
    scoped = Scoped(1, len(lattice))
    scoped.add(HALF_HOUR.cell, COUNTS, member, HERE)
    plain = np.zeros((1, len(lattice), len(USED)), np.int32)
    spread(HALF_HOUR.cell, COUNTS, member.start, member.scope, HERE, plain)
    assert (scoped.counts == plain).all()
    touched = scoped.touched(0)
    assert len(set(touched.tolist())) == len(touched)
    assert set(np.flatnonzero(plain[0].any(axis=1)).tolist()) <= set(touched.tolist())


def test_six_steps_taken_together_are_their_minute(lattice: Lattice, member: Membership) -> None:
    minute, whole, step = (Scoped(1, len(lattice)) for _ in range(3))
    until = int(np.searchsorted(HALF_HOUR.step, second("17:01")))
    whole.add(HALF_HOUR.cell[:until], COUNTS[:until], member, HERE)
    for begin in range(0, 60, 10):
        low, high = np.searchsorted(HALF_HOUR.step, [second("17:00") + begin, second("17:00") + begin + 10])
        step.add(HALF_HOUR.cell[low:high], COUNTS[low:high], member, HERE)
        minute.take(step)
        step.clear()
    assert (minute.counts == whole.counts).all()
    assert sorted(minute.touched(0).tolist()) == sorted(whole.touched(0).tolist())


def test_clearing_takes_back_all_that_was_counted(lattice: Lattice, member: Membership) -> None:
    scoped = Scoped(1, len(lattice))
    scoped.add(HALF_HOUR.cell, COUNTS, member, HERE)
    assert scoped.counts.any()
    scoped.clear()
    assert not scoped.counts.any()
    assert len(scoped.touched(0)) == 0


def test_a_vantage_that_is_not_watched_is_passed_over(lattice: Lattice, member: Membership) -> None:
    scoped = Scoped(1, len(lattice))
    scoped.add(HALF_HOUR.cell, COUNTS, member, HERE - 1)
    assert not scoped.counts.any()
    assert len(scoped.touched(0)) == 0

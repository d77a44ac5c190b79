from __future__ import annotations

import numpy as np
import pytest
from tests.watch.island import MONDAY, baseline, cells, history, island, second

from tocsin.counts import COUNTERS, Tally
from tocsin.watch import Baseline, learn
from tocsin.watch.baseline import Reference


def only(known: Baseline, family: str) -> Reference:
    return next(each for each in known.references if each.family_name == family)


def wandering() -> Tally:
    """A history whose failure rate wanders by a third up and down about 4 %, with a memory of half a day."""
    rng = np.random.default_rng(8)
    quiet = history()
    blocks = (second("00:00") - int(MONDAY.timestamp())) // 1800
    keep = np.exp(-1 / 24)
    x = np.zeros(blocks)
    for block in range(1, blocks):
        x[block] = keep * x[block - 1] + 0.3 * np.sqrt(1 - keep**2) * rng.standard_normal()
    counts = quiet.counts.copy()
    p = 0.04 * np.exp(x)[(quiet.step - int(MONDAY.timestamp())) // 1800]
    known = counts[:, COUNTERS.index("known")]
    for name in ("failed", "losses"):
        counts[:, COUNTERS.index(name)] = rng.binomial(known, np.minimum(p, 0.5))
    return Tally(cells=cells(), step=quiet.step, cell=quiet.cell, counts=counts)


def test_a_common_wander_is_learned_once_from_the_whole() -> None:
    known = learn(wandering(), island(), hold_s=0)
    sigma = only(known, "outcome").sigma
    assert 0.2 <= sigma[0] <= 0.5
    parishes = known.lattice.level[np.flatnonzero(known.lattice.depth[known.lattice.area] == 2)]
    assert sigma[np.unique(parishes)].max() <= 0.1


def test_independent_calls_do_not_drift() -> None:
    for family in ("outcome", "contrast"):
        assert only(baseline(), family).sigma.max() <= 0.03


def test_what_is_not_active_says_so_and_is_never_a_number_to_use() -> None:
    reference = only(baseline(), "contrast")
    idle = ~reference.active
    assert idle[0]  # everything has no class
    assert (reference.base[idle] == -30).all()
    assert (reference.error[idle] == 0).all()


def test_a_minutes_mean_is_that_of_what_is_counted() -> None:
    tries = history().counts[:, COUNTERS.index("tries")].sum() / (15 * 1440)
    assert only(baseline(), "outcome").per_minute[0] == pytest.approx(tries)
    assert only(baseline(), "level").per_minute[0] == pytest.approx(tries * 0.98, rel=0.01)


def test_the_same_history_gives_the_same_references() -> None:
    again = learn(history(), island(), hold_s=0)
    for one, other in zip(baseline().references, again.references, strict=True):
        assert (one.base == other.base).all()
        assert (one.phi == other.phi).all()

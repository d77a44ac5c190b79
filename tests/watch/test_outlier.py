from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from tests.watch.island import MONDAY, baseline, drawn, fault, island, second

from tocsin.watch import Baseline, learn

FOUR_DAYS_AGO = fault("-96:00", "-93:00", 0.6, area="N")


@cache
def scarred() -> Baseline:
    """Learned from a history in which the north lost six calls in ten for three hours, four days before its end."""
    tally = drawn(int(MONDAY.timestamp()), second("00:00"), seed=1, faults=(FOUR_DAYS_AGO,))
    return learn(tally, island(), hold_s=0)


def test_an_outage_in_the_history_is_found_and_said() -> None:
    said = [hours for hours in scarred().left_out if hours.family == "outcome" and hours.scope == {"area": "NN"}]
    assert len(said) == 1
    assert said[0].start == second("-96:00")
    assert said[0].end == second("-93:00")
    assert said[0].seen > 10 * said[0].expected


def test_an_outage_in_the_history_is_not_learned_as_normal() -> None:
    clean, spoilt = (
        next(each for each in known.references if each.family_name == "outcome") for known in (baseline(), scarred())
    )
    assert (spoilt.active == clean.active).all()
    assert spoilt.base[clean.active] == pytest.approx(clean.base[clean.active], abs=0.15)
    assert spoilt.sigma.max() <= 0.05
    assert np.median(spoilt.phi) < 1.3


def test_a_quiet_history_leaves_nothing_out() -> None:
    assert baseline().left_out == ()
    assert baseline().cautions == ()


def test_half_an_hour_alone_may_be_a_burst_and_is_kept() -> None:
    burst = fault("-96:00", "-96:30", 0.5, area="N")
    tally = drawn(int(MONDAY.timestamp()), second("00:00"), seed=1, faults=(burst,))
    assert not [hours for hours in learn(tally, island(), hold_s=0).left_out if hours.family == "outcome"]


def test_what_is_usually_lost_is_learned_without_the_outage() -> None:
    """Everywhere in the north, also in classes too small to show the outage themselves."""
    clean, spoilt = baseline().loss_base[0], scarred().loss_base[0]
    assert spoilt == pytest.approx(clean, rel=0.2)

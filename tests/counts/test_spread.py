"""Quantiles in bounded memory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.counts.spread import FINEST_S, Spread


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e7), min_size=1, max_size=50), st.sampled_from([0.0, 0.5, 0.9, 0.99, 1.0]))
def test_a_quantile_is_right_within_two_percent(seconds: list[float], share: float) -> None:
    spread = Spread()
    for part in np.array_split(np.array(seconds), 3):
        spread.add(part)
    exact = float(np.quantile(seconds, share, method="inverted_cdf"))
    assert spread.quantile(share) == pytest.approx(exact, rel=0.021, abs=FINEST_S)
    assert len(spread) == len(seconds)


def test_of_nothing_there_is_no_quantile() -> None:
    assert Spread().quantile(0.5) is None


def test_durations_beyond_all_bins_and_below_none_are_still_counted() -> None:
    spread = Spread()
    spread.add(np.array([-5.0, 1e12]))
    assert (len(spread), spread.quantile(0.5)) == (2, 0.0)
    assert (spread.quantile(1.0) or 0) > 400 * 86_400

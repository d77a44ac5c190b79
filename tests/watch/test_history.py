from __future__ import annotations

import numpy as np
from tests.watch.island import baseline

from tocsin.watch.history import DISPERSION_SAMPLE, dispersion_sample, profile_groups


def test_the_minutes_kept_are_those_of_each_levels_largest_scopes_and_of_their_groups() -> None:
    lattice = baseline().lattice
    size = np.arange(len(lattice), dtype=float)
    kept = dispersion_sample(lattice, size)
    assert (np.diff(kept) > 0).all()
    assert np.isin(lattice.group[kept], kept).all()
    for level in np.unique(lattice.level):
        here = np.flatnonzero(lattice.level == level)
        assert np.isin(here[-DISPERSION_SAMPLE:], kept).all()


def test_scopes_of_one_class_and_service_share_their_hours_over_all_areas() -> None:
    lattice = baseline().lattice
    groups = profile_groups(lattice)
    for group in np.unique(groups):
        mine = np.flatnonzero(groups == group)
        assert len({(int(lattice.klass[scope]), int(lattice.service[scope])) for scope in mine}) == 1
        assert len({int(lattice.area[scope]) for scope in mine}) == len(mine)

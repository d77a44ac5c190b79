from __future__ import annotations

import numpy as np
import pytest
from tests.simulate.rehearsal import FRANCE

from tocsin.simulate import build
from tocsin.simulate.country import FIXED, MOBILE
from tocsin.simulate.first import phones
from tocsin.simulate.invented import world
from tocsin.simulate.world import weather

COUNTRY = build(FRANCE, 1)
SKY = weather(world("exact"), COUNTRY, seed=1, ordinal=738_000, minutes=1440)


def test_each_caller_has_an_access_and_an_operator_by_the_shares_of_the_departement() -> None:
    many = 40_000
    paris = int(np.flatnonzero(COUNTRY.cell_of == COUNTRY.cells.index("75"))[0])
    where = np.full(many, paris, np.int32)
    made = phones(np.zeros(many), where, np.zeros(many, np.int8), None, COUNTRY, SKY, np.random.default_rng(1))
    cell = COUNTRY.cell_of[paris]
    # standard errors of at most 0.0025; 0.0125 is five of them (five proportions: once in 300,000)
    assert np.bincount(made.operator, minlength=4) / many == pytest.approx(COUNTRY.share[cell], abs=0.0125)
    assert (made.access == FIXED).mean() == pytest.approx(COUNTRY.fixed[cell], abs=0.0125)
    assert len(np.unique(made.caller)) == many


def test_where_the_access_is_given_nobody_has_another() -> None:
    where = np.zeros(100, np.int32)
    made = phones(np.zeros(100), where, np.zeros(100, np.int8), MOBILE, COUNTRY, SKY, np.random.default_rng(1))
    assert set(made.access) == {MOBILE}

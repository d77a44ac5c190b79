from __future__ import annotations

import numpy as np
from tests.simulate.rehearsal import FRANCE

from tocsin.simulate import build
from tocsin.simulate.country import FIXED, MOBILE
from tocsin.simulate.disturbance import bursts, class_surges, machines
from tocsin.simulate.first import MACHINE, PERSON
from tocsin.simulate.invented import invented, world
from tocsin.simulate.world import weather

COUNTRY = build(FRANCE, 1)
SKY = weather(world("exact"), COUNTRY, seed=1, ordinal=738_000, minutes=1440)
FLAT = np.ones(1440)


def test_a_burst_is_many_people_of_one_commune_within_four_minutes() -> None:
    made = bursts(FLAT, COUNTRY, SKY, np.random.default_rng(1))
    events = invented().bursts.a_day
    # 150 bursts of 7: the standard error of the total is about 120; four of them
    assert abs(len(made.time) - 7 * events) < 480
    assert set(made.access) == {MOBILE}
    assert set(made.kind) == {PERSON}
    assert len(np.unique(made.caller)) == len(made.caller)
    largest = np.bincount(made.commune).argmax()
    assert np.ptp(made.time[made.commune == largest]) < 86_400


def test_an_auto_dialler_dials_one_number_from_one_line_every_few_seconds() -> None:
    made = machines(FLAT, COUNTRY, SKY, np.random.default_rng(3))
    callers = np.unique(made.caller)
    assert 1 <= len(callers) <= 20  # six a day
    for caller in callers:
        own = made.caller == caller
        assert len(np.unique(made.commune[own])) == len(np.unique(made.service[own])) == 1
        assert (np.abs(np.diff(made.time[own]) - 6) <= 1.2).all()
    assert set(made.access) == {FIXED}
    assert set(made.kind) == {MACHINE}


def test_a_class_surge_adds_callers_of_one_class_in_one_departement() -> None:
    ordinary = np.ones((len(COUNTRY.cells), 1440))
    for seed in range(6):
        made = class_surges(ordinary, COUNTRY, SKY, np.random.default_rng(seed))
        cells = COUNTRY.cell_of[made.commune]
        for cell in np.unique(cells):
            own = cells == cell
            kinds = [len(np.unique(column[own])) for column in (made.service, made.operator, made.access)]
            assert min(kinds) == 1 or own.sum() > 200  # one class, or several surges met in a large département


def test_half_a_country_has_half_the_accidents() -> None:
    total = sum(len(np.unique(machines(FLAT, COUNTRY, SKY, np.random.default_rng(i)).caller)) for i in range(100))
    expected = 100 * 6 * COUNTRY.people.sum() / invented().demand.population
    assert abs(total - expected) < 4 * np.sqrt(expected)

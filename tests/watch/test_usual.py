from __future__ import annotations

import numpy as np
import pytest
from tests.watch.island import PARISHES, SERVICES, baseline, drawn, island, second
from tests.watch.test_explain import place

from tocsin.counts import COUNTERS
from tocsin.watch import Scope
from tocsin.watch.evidence import Evidence
from tocsin.watch.usual import Usual

EVIDENCE = Evidence(baseline(), island(), second("00:00"))
LEVEL = next(component.reference for component in EVIDENCE.components if component.family.name == "level")
QUIET = np.zeros(len(EVIDENCE.lattice))


def expected(begin: str, end: str, *, pieces: int = 1) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    since, until = second(begin) // 60, second(end) // 60
    usual = Usual(EVIDENCE, since)
    for each in np.linspace(since, until, pieces + 1).astype(int):
        usual.carry_on(EVIDENCE, int(each))
    return usual.arrivals(EVIDENCE, LEVEL, QUIET)


def test_a_days_arrivals_are_what_a_day_brings_in_the_whole_and_in_every_parish() -> None:
    day = drawn(second("00:00"), second("24:00"), seed=12)
    calls = day.counts[:, COUNTERS.index("tries")] - day.counts[:, COUNTERS.index("failed")]
    found = expected("00:00", "24:00")
    assert found[place(Scope())] == pytest.approx(calls.sum(), rel=0.03)
    for parish in PARISHES:
        mine = (day.cells["area"] == parish).to_numpy()[day.cell]
        assert found[place(Scope(area=parish))] == pytest.approx(calls[mine].sum(), rel=0.05)


def test_services_and_classes_have_their_part_of_it() -> None:
    found = expected("04:00", "16:00")
    for service, share in SERVICES.items():
        assert found[place(Scope(service=service))] == pytest.approx(share * found[place(Scope())], rel=0.03)
    assert found[place(Scope(operator="B"))] == pytest.approx(0.4 * found[place(Scope())], rel=0.03)


def test_it_is_the_same_however_often_it_is_carried_on() -> None:
    assert np.allclose(expected("15:00", "18:00"), expected("15:00", "18:00", pieces=180))


def test_no_time_brings_no_call_and_drift_multiplies() -> None:
    assert not expected("15:00", "15:00").any()
    usual = Usual(EVIDENCE, second("15:00") // 60)
    usual.carry_on(EVIDENCE, second("16:00") // 60)
    lower = usual.arrivals(EVIDENCE, LEVEL, QUIET + np.log(0.9))
    assert np.allclose(lower, 0.9 * usual.arrivals(EVIDENCE, LEVEL, QUIET))

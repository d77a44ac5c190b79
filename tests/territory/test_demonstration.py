from __future__ import annotations

from collections import Counter

import pytest

from tocsin.territory import DEMONSTRATION, Plan, check_plan, demonstration_plan, france

FRANCE = france()
DEPARTMENTS = tuple(code for code in FRANCE.cell_areas if FRANCE.areas[code].kind == "departement")
FICTION = ("019900", "026191", "035301", "046571", "053649", "063998")  # ARCEP decision 2018-0881


@pytest.fixture(scope="module")
def plan() -> Plan:
    return demonstration_plan()


def test_it_has_no_fault() -> None:
    assert check_plan(DEMONSTRATION, FRANCE) == []


def test_it_says_that_it_is_a_demonstration(plan: Plan) -> None:
    assert plan.demonstration
    assert plan.name == "Démonstration: tout est inventé"
    assert all(centre.name.endswith("(démonstration)") for centre in plan.centres.values())


def test_it_leads_every_departement_s_calls_somewhere(plan: Plan) -> None:
    assert plan.covers == DEPARTMENTS
    bare = [
        (area, service)
        for cell in DEPARTMENTS
        for area in (cell, *FRANCE.leaves[cell][:3])
        for service in ("15", "17", "18", "112")
        if not plan.targets(area, service)
    ]
    assert bare == []


def test_each_departement_has_one_samu_one_fire_and_one_or_two_police_centres(plan: Plan) -> None:
    kinds = Counter((centre.area, code.rpartition("-")[0]) for code, centre in plan.centres.items())
    for area in DEPARTMENTS:
        assert kinds[area, "CRRA-SAMU"] == kinds[area, "CTA-CODIS"] == 1
        assert 1 <= kinds[area, "CIC"] + kinds[area, "CORG"] <= 2
    assert set(kinds.values()) == {1}


def test_112_is_answered_by_fire_or_by_the_samu(plan: Plan) -> None:
    first = Counter(plan.targets(area, "112")[0].centre.rpartition("-")[0] for area in DEPARTMENTS)
    assert first == {"CTA-CODIS": 90, "CRRA-SAMU": 11}


def test_its_numbers_are_fiction_and_each_is_given_once(plan: Plan) -> None:
    numbers = [number for given in plan.numbers.values() for number in given]
    assert all(number.startswith(FICTION) and len(number) == 10 for number in numbers)
    assert len(set(numbers)) == len(numbers) == 575


def test_neighbours_help_each_other_except_at_the_three_ends(plan: Plan) -> None:
    """Help that never leads back must end somewhere: in Paris, in Guadeloupe, in La Réunion."""
    alone = {centre.area for code, centre in plan.centres.items() if not plan.mutual_aid.get(code)}
    assert alone == {"75", "971", "974"}
    assert [target.centre for target in plan.targets("35238", "15") if target.aid][:2] == [
        "CRRA-SAMU-49",
        "CRRA-SAMU-50",
    ]
    assert all(len(helpers) <= 2 for helpers in plan.mutual_aid.values())

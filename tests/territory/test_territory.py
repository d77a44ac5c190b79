from __future__ import annotations

import pickle

from tocsin.territory import demonstration_plan, france

FRANCE = france()


def test_a_territory_is_read_once_and_may_be_a_key() -> None:
    assert france() is FRANCE
    assert {FRANCE: 1}[france()] == 1


def test_a_territory_and_a_plan_can_be_sent_to_another_process() -> None:
    FRANCE.rollup, FRANCE.children, FRANCE.leaves, FRANCE.outlines  # noqa: B018 - what is kept once asked goes along
    sent = pickle.loads(pickle.dumps(demonstration_plan()))
    assert sent.targets("35238", "15") == demonstration_plan().targets("35238", "15")
    assert sent.territory.areas == FRANCE.areas
    assert sent.territory.rollup == FRANCE.rollup


def test_the_areas_below_are_those_that_name_the_area_above() -> None:
    assert set(FRANCE.children["R53"]) == {"22", "29", "35", "56"}
    assert "35238" in FRANCE.children["35"]
    assert FRANCE.parent("R53") == "FR"
    assert FRANCE.parent("FR") is None
    assert FRANCE.parent("nowhere") is None


def test_its_text_is_short_enough_to_read() -> None:
    assert len(repr(FRANCE)) < 1_000

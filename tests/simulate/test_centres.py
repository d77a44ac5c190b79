from __future__ import annotations

import numpy as np
from tests.simulate.rehearsal import FRANCE

from tocsin.simulate.centres import answering, positions
from tocsin.territory import demonstration_plan

CELLS = ("35", "56")
PEOPLE = np.array([220_000.0, 4_000.0, 50_000.0])  # a town and a village of 35, a town of 56
CELL_OF = np.array([0, 0, 1], np.int32)


def test_towns_call_the_police_villages_the_gendarmerie_and_all_the_same_firemen() -> None:
    rooms = answering(demonstration_plan(), CELLS, ("17", "18", "119"), CELL_OF, PEOPLE)
    named = [[rooms.names[c] for c in row] for row in rooms.centre_of]
    assert named == [
        ["CIC-35", "CORG-35", "CIC-56"],
        ["CTA-CODIS-35", "CTA-CODIS-35", "CTA-CODIS-56"],
        ["NATIONAL-119"] * 3,
    ]
    assert [CELLS[d] for d in rooms.cell] == ["35", "35", "56", "35", "56", "35"]


def test_without_a_plan_one_room_a_cell_answers_everything() -> None:
    rooms = answering(None, CELLS, ("911", "988"), CELL_OF, PEOPLE)
    assert rooms.names == ("CENTRE-35", "CENTRE-56")
    assert rooms.centre_of.tolist() == [[0, 0, 1], [0, 0, 1]]


def test_positions_grow_with_the_load_and_large_rooms_share_theirs_better() -> None:
    rooms = answering(None, CELLS, ("911",), CELL_OF, PEOPLE)
    (small, few), (large, many) = (positions(rooms, ("911",), PEOPLE, np.array([load])) for load in (500.0, 5000.0))
    assert few < small < large
    assert many < large < 10 * small


def test_every_centre_of_the_plan_that_answers_first_is_there() -> None:
    plan = demonstration_plan()
    cells = tuple(cell for cell in FRANCE.cell_areas if (cell, "15") in plan.own)
    rooms = answering(plan, cells, ("15",), np.arange(len(cells), dtype=np.int32), np.ones(len(cells)))
    assert set(rooms.names) == {plan.own[cell, "15"][0] for cell in cells}

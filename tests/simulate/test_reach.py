from __future__ import annotations

import numpy as np
import pytest
from tests.simulate.rehearsal import FRANCE, county, written

from tocsin.errors import InputError
from tocsin.simulate import build, load, records
from tocsin.simulate.reach import chances, reached

COUNTRY = build(FRANCE, 1)


def test_names_with_a_star_are_spelled_out() -> None:
    assert reached(load("2021-06-02"), COUNTRY) == {
        "access": ["fixed"],
        "node": ["A-CS-1", "A-CS-2", "A-CS-3", "A-CS-4", "A-CS-5", "A-CS-6"],
    }


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            'nodes = ["Z-CS-*"]',
            "mine.toml, fault 1, nodes: nothing in this country is called 'Z-CS-*': write a name such as A-GW-BRK.",
        ),
        (
            'services = ["15"]',
            "mine.toml, fault 1, services: nothing in this country is called '15': write a name such as 911.",
        ),
        (
            'areas = ["35"]',
            "mine.toml, fault 1, areas: nothing in this country is called '35': write a name such as T01.",
        ),
        (
            'areas = ["T*"]',
            "mine.toml, fault 1, areas: nothing in this country is called 'T*': write a name such as T01.",
        ),
    ],
)
def test_what_the_country_doesn_t_have_is_named_with_file_and_field(line: str, sentence: str) -> None:
    scenario = written(f'[[fault]]\nkind = "loss"\nfrom = "10:00"\nto = "11:00"\n{line}\n')
    with pytest.raises(InputError) as caught:
        records(scenario, county(), seed=1)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("line", "field"), [('areas = ["T99"]', "areas: nothing in"), ('services = ["15"]', "services: nothing in")]
)
def test_a_surge_of_what_doesn_t_exist_is_an_error_too(line: str, field: str) -> None:
    scenario = written(f'[[demand]]\nat = ["10:00", "11:00"]\nfactor = [1.0, 2.0]\n{line}\n')
    with pytest.raises(InputError, match=rf"^mine\.toml, demand 1, {field}"):
        records(scenario, county(), seed=1)


def test_a_loss_that_differs_from_cell_to_cell_keeps_its_share_of_the_attempts() -> None:
    (chance,) = chances(load("2021-06-02").faults, COUNTRY, np.random.default_rng(1))
    assert 0.05 < chance.min() < 0.2 < 0.6 < chance.max() < 0.9
    attempts = COUNTRY.callers(("fixed",)) / (1 - 0.7 * chance)
    assert attempts @ chance / attempts.sum() == pytest.approx(0.3675)


def test_without_spread_every_cell_of_the_scope_has_the_loss_and_no_other_any() -> None:
    (chance,) = chances(load("2025-09-18").faults, COUNTRY, np.random.default_rng(1))
    inside = COUNTRY.inside(("R28", "R52", "R53"))
    assert set(chance[inside]) == {0.9}
    assert set(chance[~inside]) == {0.0}

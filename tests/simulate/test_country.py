from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.simulate.rehearsal import FRANCE, PEOPLE, county

from tocsin.errors import InputError
from tocsin.simulate import Country, build
from tocsin.simulate.country import FIXED, MOBILE


@pytest.fixture(scope="module")
def country() -> Country:
    return build(FRANCE, 1)


def test_everybody_in_france_can_call_once(country: Country) -> None:
    """The tree holds some people several times (a commune, its département, its arrondissement): none calls twice."""
    assert country.people.sum() == pytest.approx(68.2e6, rel=0.02)
    assert country.weight.sum() == pytest.approx(1)


def test_the_same_seed_is_the_same_country_and_another_seed_another(country: Country) -> None:
    same, other = build(FRANCE, 1), build(FRANCE, 2)
    assert np.array_equal(country.share, same.share)
    assert np.array_equal(country.centre_clock, same.centre_clock)
    assert not np.array_equal(country.share, other.share)


def test_operators_have_40_25_20_and_15_per_cent_that_vary_by_a_quarter_from_departement_to_departement(
    country: Country,
) -> None:
    assert country.operators == ("A", "B", "C", "D")
    assert country.share.sum(axis=1) == pytest.approx(np.ones(len(country.cells)))
    # the standard error of a mean over 109 départements is under 0.01; 0.03 is over three of them
    assert np.median(country.share, axis=0) == pytest.approx([0.40, 0.25, 0.20, 0.15], abs=0.03)
    ratio = np.log(country.share / country.share[:, :1])[:, 1:]  # of two log-normals of 0.25: 0.35
    assert ratio.std(axis=0) == pytest.approx([0.354] * 3, abs=0.09)  # standard error 0.024


def test_exactly_a_quarter_of_callers_are_on_fixed_lines(country: Country) -> None:
    assert country.weight @ country.fixed == pytest.approx(0.25)
    assert country.fixed.min() < 0.2 < 0.3 < country.fixed.max()


def test_fixed_lines_of_every_operator_cross_the_six_call_servers_of_operator_a(country: Country) -> None:
    assert [node for node in country.nodes if "-CS-" in node] == [f"A-CS-{k}" for k in range(1, 7)]
    assert country.server(3, FIXED, 0) == "A-CS-1"
    assert country.server(3, MOBILE, 0) == "D-SBC-1"
    assert country.servers.shape == (len(country.regions), 6)


def test_calls_go_where_the_demonstration_plan_sends_them(country: Country) -> None:
    def answers(service: str, commune: str) -> str:
        row = country.services.index(service), country.communes.index(commune)
        return country.centres[int(country.centre_of[row])]

    assert answers("15", "35238") == "CRRA-SAMU-35"
    assert answers("18", "35238") == "CTA-CODIS-35"
    assert answers("17", "35238") == "CIC-35"  # Rennes is a town: the police
    assert answers("17", "35001") == "CORG-35"  # Acigné is not: the gendarmerie
    assert answers("112", "35238") in ("CRRA-SAMU-35", "CTA-CODIS-35")
    assert answers("119", "35238") == "NATIONAL-119"


def test_a_centre_has_positions_for_its_callers(country: Country) -> None:
    positions = dict(zip(country.centres, country.positions.tolist(), strict=True))
    assert positions["CRRA-SAMU-59"] > 2 * positions["CRRA-SAMU-48"]  # Nord, Lozère
    assert country.positions.min() >= 1


def test_communes_are_drawn_by_population(country: Country) -> None:
    cell = country.cells.index("35")
    drawn = country.commune_in(np.full(20_000, cell), np.random.default_rng(1).random(20_000))
    assert set(country.cell_of[drawn]) == {cell}
    rennes = country.communes.index("35238")
    expected = country.people[rennes] / country.people[country.cell_of == cell].sum()
    # a proportion near 0.2 of 20,000 has the standard error 0.0028; false alarm once in 15,787 (four of them)
    assert (drawn == rennes).mean() == pytest.approx(expected, abs=0.0113)


def test_another_country_has_its_own_centres_and_the_same_operators() -> None:
    brackwater = build(county(), 1)
    assert brackwater.cells == tuple(PEOPLE)
    assert brackwater.centres == ("CENTRE-T01", "CENTRE-T02", "CENTRE-T03")
    assert brackwater.regions == ("BRK",)
    assert brackwater.feeds == ("operator-A", "operator-B", "operator-C", "operator-D", "centres-BRK")


def test_a_country_without_inhabitants_is_refused() -> None:
    empty = replace(county(), areas={code: replace(area, population=0) for code, area in county().areas.items()})
    with pytest.raises(InputError) as caught:
        build(empty, 1)
    assert str(caught.value) == "no area has any inhabitants, so nobody calls: give areas.csv a population column."

"""The packaged France, against what is publicly known of it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import tocsin.territory
from tocsin.territory import Territory, france


@pytest.fixture(scope="module")
def country() -> Territory:
    return france()


def test_the_tree_has_all_of_france(country: Territory) -> None:
    kinds = Counter(area.kind for area in country.areas.values())
    assert kinds == {
        "nation": 1,
        "region": 18,
        "departement": 101,
        "collectivity": 8,
        "arrondissement": 333,
        "commune": 34_969,
        "municipal arrondissement": 45,
    }


def test_every_area_reaches_the_nation(country: Territory) -> None:
    tops = {(code, *country.ancestors(code))[-1] for code in country.areas}
    assert tops == {"FR"}


def test_former_communes_are_no_areas(country: Territory) -> None:
    assert "01015" in country.areas  # Arboys en Bugey, which took over the code of Arbignieu
    assert country.areas["01015"].name == "Arboys en Bugey"
    assert "01120" not in country.areas  # Cordieux, part of Montluel since 1974


def test_inhabitants_add_up_at_every_level(country: Territory) -> None:
    added: Counter[str] = Counter()
    for area in country.areas.values():
        if area.kind == "commune":
            added.update(dict.fromkeys(country.ancestors(area.code), area.population))
            if area.district is not None:
                added[area.district] += area.population
    upper = {code: area.population for code, area in country.areas.items() if area.kind not in LOWEST}
    assert upper == {code: added[code] for code in upper}
    departments = [area.population for area in country.areas.values() if area.kind == "departement"]
    assert sum(departments) == pytest.approx(68.3e6, rel=0.005)  # INSEE, legal populations in force in 2026


LOWEST = ("commune", "municipal arrondissement")


def test_a_region_and_a_departement_of_one_number_are_two_areas(country: Territory) -> None:
    assert country.areas["R53"].name == "Bretagne"
    assert country.areas["53"].name == "Mayenne"
    assert country.areas["R01"].name == "Guadeloupe"
    assert country.areas["01"].name == "Ain"


@pytest.mark.parametrize(
    ("code", "cell", "above"),
    [
        ("35238", "35", ("35", "R53", "FR")),  # Rennes
        ("2A004", "2A", ("2A", "R94", "FR")),  # Ajaccio
        ("97105", "971", ("971", "R01", "FR")),  # Basse-Terre
        ("97611", "976", ("976", "R06", "FR")),  # Mamoudzou
        ("75101", "75", ("75056", "75", "R11", "FR")),  # the first arrondissement of Paris
        ("13055", "13", ("13", "R93", "FR")),  # Marseille, which has arrondissements below it
        ("353", "35", ("35", "R53", "FR")),  # the arrondissement of Rennes
        ("98735", "987", ("987", "FR")),  # Papeete: a collectivity has no région
        ("35", "35", ("R53", "FR")),
        ("R53", None, ("FR",)),
        ("FR", None, ()),
        ("99999", None, ()),
    ],
)
def test_a_call_is_counted_under_the_level_above_the_commune(
    country: Territory, code: str, cell: str | None, above: tuple[str, ...]
) -> None:
    assert country.cell_area(code) == cell
    assert country.ancestors(code) == above


def test_calls_are_counted_under_101_departements_and_8_collectivities(country: Territory) -> None:
    assert len(country.cell_areas) == 109
    assert set(country.rollup.values()) == set(country.cell_areas)
    assert set(country.areas) - set(country.rollup) == {
        code for code, area in country.areas.items() if area.kind in ("region", "nation")
    }


def test_calls_come_from_communes_and_from_the_arrondissements_of_the_three_large_cities(country: Territory) -> None:
    assert len(country.leaves["35"]) == 332
    assert country.leaves["75"] == tuple(f"751{number:02}" for number in range(1, 21))
    assert sum(map(len, country.leaves.values())) == 34_969 - 3 + 45


def test_a_commune_knows_its_postal_codes_and_its_arrondissement(country: Territory) -> None:
    rennes = country.areas["35238"]
    assert rennes.name == "Rennes"
    assert rennes.postal_codes == ("35000", "35200", "35700")
    assert rennes.district == "353"
    assert country.areas["353"].kind == "arrondissement"
    assert country.parent("353") == "35"
    communes = [area for area in country.areas.values() if area.kind == "commune"]
    assert all(area.district in country.areas for area in communes if area.district)
    assert [area.code for area in communes if not area.postal_codes and area.population] == []


def test_twelve_numbers_are_known_and_four_of_them_everywhere(country: Territory) -> None:
    assert list(country.services) == [
        "15",
        "17",
        "18",
        "112",
        "114",
        "115",
        "116000",
        "116117",
        "119",
        "191",
        "196",
        "197",
    ]
    assert [code for code, service in country.services.items() if service.required] == ["15", "17", "18", "112"]
    assert all({"fr", "en"} <= set(service.names) for service in country.services.values())


REGISTERED = {  # IANA, Service URN Labels, as of 2017-05-15, which TS 24.229 extends by sos.country-specific
    "15": "urn:service:sos.ambulance",
    "17": "urn:service:sos.police",
    "18": "urn:service:sos.fire",
    "112": "urn:service:sos",
    "116117": "urn:service:sos.physician",
    "119": "urn:service:counseling.children",
    "196": "urn:service:sos.marine",
}


def test_a_national_number_without_a_registered_urn_has_the_country_specific_one(country: Territory) -> None:
    urns = {code: service.urn for code, service in country.services.items()}
    assert urns == {code: REGISTERED.get(code, f"urn:service:sos.country-specific.fr.{code}") for code in urns}


LOADING = (
    "import sys; from tocsin.territory import france; france(); print(sorted(set(sys.argv[1:]) & set(sys.modules)))"
)


def test_france_loads_without_what_the_router_must_not_need() -> None:
    heavy = ("numpy", "polars", "scipy", "matplotlib", "holidays", "vacances_scolaires_france")
    printed = subprocess.run([sys.executable, "-c", LOADING, *heavy], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "[]"


def test_the_packaged_files_are_small_enough_for_a_wheel() -> None:
    data = Path(tocsin.territory.__file__).parent / "data"
    assert sum(path.stat().st_size for path in data.rglob("*") if path.is_file()) < 1_200_000

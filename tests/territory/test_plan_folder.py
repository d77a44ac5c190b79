"""An officer's folder: what is taken, what is at fault, and that every fault comes out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.territory.belfort import CENTRES, FRANCE, NUMBERS, TARGETS, belfort, faults_of, write

from tocsin.errors import InputError
from tocsin.territory import Centre, FolderError, Target, check_plan, load, load_plan


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return belfort(tmp_path / "belfort")


def test_a_departement_s_plan_of_three_files_is_complete(plan: Path) -> None:
    assert faults_of(plan) == []
    belfort = load_plan(plan, FRANCE)
    assert (belfort.name, belfort.demonstration, belfort.covers) == ("belfort", False, ("90",))
    assert belfort.centres["CTA"] == Centre(code="CTA", name="Pompiers du Territoire de Belfort", area="90")
    assert belfort.targets("90010", "112") == (
        Target(centre="CTA", numbers=("0353010902",), aid=False),
        Target(centre="SAMU", numbers=("0353010901",), aid=False),
    )
    assert belfort.targets("35238", "112") == ()


def test_what_a_french_spreadsheet_saves_is_the_same_plan(plan: Path, tmp_path: Path) -> None:
    english = load_plan(plan, FRANCE)
    folder = tmp_path / "excel"
    folder.mkdir()
    titles = {"name": "Nom", "area": "Zone", "number": "Numéro", "order": "Ordre", "service": "Service"}
    for name, text in (("CENTRES.CSV", CENTRES), ("numeros.csv", NUMBERS), ("Acheminement.csv", TARGETS)):
        header, _, rows = text.partition("\n")
        french = ";".join(titles.get(title, title.upper()) for title in header.split(";"))
        (folder / name).write_bytes(f"{french}\n{rows}".replace("\n", "\r\n").encode("cp1252"))
    french_plan = load_plan(folder, FRANCE)
    assert (french_plan.own, french_plan.numbers, french_plan.centres) == (
        english.own,
        english.numbers,
        english.centres,
    )


def test_services_and_numbers_may_be_written_as_people_write_them(plan: Path) -> None:
    write(
        plan,
        {
            "numbers.csv": NUMBERS.replace("0353010905", "+33 3 53 01 09 05"),
            "targets.csv": TARGETS.replace("90;18;", "90;urn:service:sos.fire;"),
        },
    )
    belfort = load_plan(plan, FRANCE)
    assert belfort.targets("90", "15")[0].numbers == ("0353010905",)
    assert belfort.targets("90", "18")[0].centre == "CTA"


def test_numbers_are_tried_in_their_order_and_not_in_the_file_s(plan: Path) -> None:
    text = "centre;service;number;order\nSAMU;15;0353010904;2\nSAMU;15;0353010905;1\n" + NUMBERS.partition("0905\n")[2]
    write(plan, {"numbers.csv": text})
    assert load_plan(plan, FRANCE).targets("90", "15")[0].numbers == ("0353010905", "0353010904")


def test_the_smallest_area_s_rows_count(plan: Path) -> None:
    delle = "90033;112;1;SAMU\n901;15;1;CTA\n"
    write(plan, {"targets.csv": TARGETS + delle, "numbers.csv": NUMBERS + "CTA;15;0353010909\n"})
    belfort = load_plan(plan, FRANCE)
    assert [target.centre for target in belfort.targets("90033", "112")] == ["SAMU"]
    assert [target.centre for target in belfort.targets("90010", "112")] == ["CTA", "SAMU"]
    assert [target.centre for target in belfort.targets("90010", "15")] == ["CTA"]  # by its arrondissement
    assert [target.centre for target in belfort.targets("90", "15")] == ["SAMU"]


def test_a_national_row_serves_everyone_and_obliges_to_nothing(plan: Path) -> None:
    write(
        plan,
        {
            "centres.csv": CENTRES + "SNATED;Enfance en danger;FR\n",
            "numbers.csv": NUMBERS + "SNATED;119;0199001190\n",
            "targets.csv": TARGETS + "FR;119;1;SNATED\n",
        },
    )
    belfort = load_plan(plan, FRANCE)
    assert belfort.covers == ("90",)
    assert [target.centre for target in belfort.targets("35238", "119")] == ["SNATED"]


def test_a_plan_with_faults_does_not_load(plan: Path) -> None:
    (plan / "targets.csv").unlink()
    with pytest.raises(FolderError) as caught:
        load_plan(plan, FRANCE)
    assert str(caught.value) == (
        f"{plan}: 1 fault in the folder: mend each and try again.\n"
        "targets.csv: the file is missing: write it or acheminement.csv with the header area;service;order;centre."
    )


def test_a_folder_that_is_not_there_is_one_fault(tmp_path: Path) -> None:
    assert faults_of(tmp_path / "nowhere") == [
        f"{tmp_path / 'nowhere'}: the folder can't be read (No such file or directory): "
        "check its name and that you may read it."
    ]
    with pytest.raises(InputError):
        load_plan(tmp_path / "nowhere", FRANCE)


def test_another_country_s_plan_is_checked_by_its_own_rules(tmp_path: Path) -> None:
    county = write(
        tmp_path / "county",
        {
            "areas.csv": "code,name,kind,parent,population\nBRK,Brackwater,county,,5\nT01,Alder Mills,township,BRK,5\n",
            "services.csv": "code,urn\n911,urn:service:sos\n",
        },
    )
    plan = write(
        tmp_path / "plan",
        {
            "centres.csv": "code,name,area\nPSAP,County dispatch,BRK\n",
            "numbers.csv": "center,service,number\nPSAP,911,610-555-0100\n",
            "targets.csv": "area,service,order,center\nT01,911,1,PSAP\n",
        },
    )
    territory = load(county)
    assert check_plan(plan, territory) == []
    assert load_plan(plan, territory).targets("T01", "911") == (
        Target(centre="PSAP", numbers=("6105550100",), aid=False),
    )


FILES = ("centres.csv", "numbers.csv", "targets.csv", "mutual_aid.csv", "plan.csv")
HEADERS = {
    "centres.csv": "code;name;area",
    "numbers.csv": "centre;service;number",
    "targets.csv": "area;service;order;centre",
    "mutual_aid.csv": "centre;order;helper",
    "plan.csv": "name;covers;demonstration",
}
CELLS = st.sampled_from(["90", "SAMU", "CTA", "15", "112", "1", "2", "0353010905", "", "FR", "9", "oui", '"', "é", "²"])


@given(st.sampled_from(FILES), st.binary(max_size=200))
@settings(deadline=None)  # files are slow at times
def test_any_bytes_give_a_plan_or_faults(tmp_path_factory: pytest.TempPathFactory, name: str, data: bytes) -> None:
    folder = write(
        tmp_path_factory.mktemp("any"), {"centres.csv": CENTRES, "numbers.csv": NUMBERS, "targets.csv": TARGETS}
    )
    (folder / name).write_bytes(data)
    assert_plan_or_faults(folder)


@given(st.dictionaries(st.sampled_from(FILES), st.lists(st.lists(CELLS, max_size=5), max_size=6)))
@settings(deadline=None)  # files are slow at times
def test_any_rows_give_a_plan_or_faults(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, list[list[str]]]
) -> None:
    folder = write(
        tmp_path_factory.mktemp("rows"), {"centres.csv": CENTRES, "numbers.csv": NUMBERS, "targets.csv": TARGETS}
    )
    write(folder, {name: "\n".join([HEADERS[name], *map(";".join, rows)]) for name, rows in files.items()})
    assert_plan_or_faults(folder)


def assert_plan_or_faults(folder: Path) -> None:
    """A fault names what to do; a plan without faults leads every service of every area it covers to a number."""
    faults = check_plan(folder, FRANCE)
    if faults:
        assert all(fault.what and fault.do and fault.file for fault in faults)
        return
    plan = load_plan(folder, FRANCE)
    for area in plan.covers:
        for service in ("15", "17", "18", "112"):
            assert all(target.numbers for target in plan.targets(area, service))
            assert plan.targets(area, service)

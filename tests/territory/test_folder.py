"""Any other country: an invented county of townships."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.errors import InputError, TocsinError
from tocsin.territory import Area, FolderError, Node, Operator, load

AREAS = """code,name,kind,parent,population
BRK,Brackwater County,county,,61200
T01,Alder Mills,township,BRK,18400
T02,Goose Ferry,township,BRK,12 800
T03,Low Pasture,township,BRK,30000
"""
SERVICES = """code,urn,name
911,urn:service:sos,Emergency
988,urn:service:counseling.suicide,Crisis line
"""


@pytest.fixture
def county(tmp_path: Path) -> Path:
    return write(tmp_path / "brackwater", {"areas.csv": AREAS, "services.csv": SERVICES})


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(FolderError) as caught:
        load(folder)
    return [str(fault) for fault in caught.value.faults]


def test_two_files_are_a_country(county: Path) -> None:
    brackwater = load(county)
    assert brackwater.name == "brackwater"
    assert brackwater.zone == "UTC"
    assert brackwater.areas["T02"] == Area(
        code="T02", name="Goose Ferry", kind="township", parent="BRK", population=12_800
    )
    assert brackwater.cell_areas == ("T01", "T02", "T03")
    assert [brackwater.cell_area(code) for code in ("T01", "BRK", "T99")] == ["T01", None, None]
    assert brackwater.ancestors("T01") == ("BRK",)
    assert brackwater.children == {"BRK": ("T01", "T02", "T03")}
    service = brackwater.service("urn:service:sos.fire")
    assert service is not None
    assert service.name("fr") == "Emergency"
    assert brackwater.outlines == {}
    assert brackwater.operators == {}


def test_of_a_country_that_says_no_more_nothing_is_made_up(county: Path) -> None:
    brackwater = load(county)
    assert brackwater.access_of("610-555-0100") is None
    assert not brackwater.holidays(date(2024, 7, 4))
    assert not brackwater.school_holidays_known(date(2024, 7, 4), "T01")
    assert not brackwater.school_holiday(date(2024, 7, 4), "T01")


def test_further_files_say_more(county: Path) -> None:
    write(
        county,
        {
            "territory.toml": 'name = "Brackwater"\nzone = "America/New_York"\ncountry = "US"\n'
            'cell_kinds = ["county"]\n[numbering]\ncalling_codes = ["1"]\ninternational = "011"\nlength = 10\n',
            "access.csv": "prefix;access\n610;fixed\n6105;mobile\n",
            "calendars.csv": "area;public\nBRK;DE\n",
            "operators.csv": "code;name\nop-a;Brackwater Bell\n",
            "nodes.csv": "code;kind;operator\ngw-1;gateway;op-a\nsbc-1;SBC;\n",
        },
    )
    brackwater = load(county)
    assert (brackwater.name, brackwater.zone) == ("Brackwater", "America/New_York")
    assert brackwater.cell_areas == ("BRK",)
    assert brackwater.cell_area("T03") == "BRK"
    assert [brackwater.access_of(number) for number in ("6101230100", "+1 (610) 523-0100", "(484) 555-0100")] == [
        "fixed",
        "mobile",
        None,
    ]
    assert brackwater.holidays(date(2024, 7, 4))
    assert not brackwater.holidays(date(2024, 3, 29))
    assert [brackwater.holidays(date(2024, 3, 29), area) for area in ("BRK", "T01")] == [True, True]  # Good Friday
    assert brackwater.operators == {"op-a": Operator(code="op-a", name="Brackwater Bell")}
    assert brackwater.nodes == {
        "gw-1": Node(code="gw-1", kind="gateway", operator="op-a"),
        "sbc-1": Node(code="sbc-1", kind="SBC", operator=None),
    }


def test_a_french_spreadsheet_of_it_says_the_same(county: Path) -> None:
    plain = load(county).areas
    text = AREAS.replace(",", ";").replace("code;name;kind;parent;population", "Code;Nom;Type;Parent;Habitants")
    (county / "areas.csv").write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    assert load(county).areas == plain


def test_everything_wrong_with_a_folder_comes_out_together(county: Path) -> None:
    write(
        county,
        {
            "areas.csv": "code,name,kind,parent,population\nBRK,Brackwater,county,T01,61200\n"
            "T01,Alder,township,BRK,many\nT02,Goose,,NOWHERE,5\nT02,Goose,township,BRK,5\n,Low,township,BRK,5\n",
            "services.csv": "code,urn,name,required\nnine,sos,Emergency,perhaps\n",
            "territory.toml": 'zone = "Europe/Brackwater"\ncountry = "XX"\ncolour = "red"\n[numbering]\nlength = 99\n'
            'surcharged = [""]\n',
            "access.csv": "prefix,access\n+61,pigeon\n",
            "calendars.csv": "area,public,school\nT99,PA,D\n",
            "nodes.csv": "code,kind,operator\ngw-1,gateway,op-z\n",
            "operators.csv": "",
        },
    )
    assert faults_of(county) == [
        "territory.toml, zone: 'Europe/Brackwater' is not a time zone such as Europe/Paris: correct it.",
        "territory.toml, colour: there is no such setting: the settings are name, zone, country, cell_kinds.",
        "territory.toml, length: 99 is not a number of digits, 4 to 15: correct it.",
        "territory.toml, surcharged: [''] is not a list of digits in quotation marks: correct it.",
        "territory.toml, country: the holidays of 'XX' are not known: "
        "write an ISO 3166 code that the package holidays has, or leave the line out.",
        "areas.csv line 3, population: 'many' is not a number of inhabitants: "
        "write the inhabitants in digits; 0 is enough to watch, but nobody is simulated there.",
        "areas.csv line 4, kind: the cell is empty: write what the area is: county, township.",
        "areas.csv line 5, code: 'T02' stands already on line 4: keep one of the two rows.",
        "areas.csv line 6, code: the cell is empty: every row needs one.",
        "areas.csv line 2, parent: 'BRK' lies within itself: correct its parent.",
        "areas.csv line 3, parent: 'T01' lies within itself: correct its parent.",
        "areas.csv line 4, parent: the area 'NOWHERE' is unknown: add its row or correct the code.",
        "services.csv line 2, code: 'nine' is not a short number: write digits only.",
        "services.csv line 2, urn: 'sos' is not a service URN: write one of RFC 5031, such as urn:service:sos.fire.",
        "services.csv line 2, required: 'perhaps' is neither yes nor no: write yes or no.",
        "access.csv line 2, prefix: '+61' is not the beginning of a number: "
        "write the first digits of national numbers.",
        "access.csv line 2, access: 'pigeon' is no access: write fixed or mobile.",
        "calendars.csv line 2, area: the area 'T99' is unknown: write a code that areas.csv has.",
        "calendars.csv line 2, public: the country is not known: "
        'write its ISO 3166 code in territory.toml: country = "FR".',
        "calendars.csv line 2, school: 'D' is no school zone of a country that territory.toml doesn't name: "
        "write nothing: none of its school holidays are known.",
        "operators.csv: the file is empty: write the header code;name.",
        "nodes.csv line 2, operator: the operator 'op-z' is unknown: write a code that operators.csv has, or nothing.",
    ]


def test_the_error_of_a_folder_shows_every_fault(county: Path) -> None:
    (county / "areas.csv").unlink()
    (county / "services.csv").unlink()
    with pytest.raises(FolderError) as caught:
        load(county)
    assert str(caught.value) == (
        f"{county}: 2 faults in the folder: mend each and try again.\n"
        "areas.csv: the file is missing: write it with the header code;name;kind;parent;population.\n"
        "services.csv: the file is missing: write it with the header code;urn."
    )


def test_a_missing_column_is_said_once_and_not_on_every_row(county: Path) -> None:
    write(county, {"areas.csv": "code,name,kind,parent\nBRK,Brackwater,county,\nT01,Alder,township,BRK\n"})
    assert faults_of(county) == [
        "areas.csv line 1, population: the column population is missing: "
        "the header is code;name;kind;parent;population."
    ]


def test_a_subdivision_that_the_country_lacks_is_a_fault(county: Path) -> None:
    write(county, {"territory.toml": 'country = "US"\n', "calendars.csv": "area,public\nBRK,Bretagne\n"})
    assert faults_of(county) == [
        "calendars.csv line 2, public: 'Bretagne' is no subdivision of 'US': "
        "write one that the package holidays has, or nothing."
    ]


def test_a_kind_to_count_under_must_be_some_areas_kind(county: Path) -> None:
    write(county, {"territory.toml": 'cell_kinds = ["county", "parish"]\n'})
    assert faults_of(county) == ["territory.toml, cell_kinds: no area is a 'parish': write kinds that areas.csv has."]


def test_a_header_alone_is_no_country(county: Path) -> None:
    write(county, {"services.csv": "code,urn,name\n"})
    assert faults_of(county) == ["services.csv: the file has a header and no rows: write the rows below it."]


def test_a_school_zone_must_be_the_country_s(county: Path) -> None:
    write(county, {"territory.toml": 'country = "FR"\n', "calendars.csv": "area,school\nBRK,A\nT01,D\n"})
    assert faults_of(county) == [
        "calendars.csv line 3, school: 'D' is no school zone of 'FR': write A, B, C or nothing."
    ]


@pytest.mark.parametrize("text", ["zone = Europe", "zone = 5", "country = 5", "numbering = 5", 'name = ""', "\x00"])
def test_settings_that_mean_nothing_are_faults(county: Path, text: str) -> None:
    write(county, {"territory.toml": text})
    assert all("territory.toml" in fault for fault in faults_of(county))


def test_a_folder_that_is_not_there_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load(tmp_path / "nowhere")
    assert str(caught.value) == (
        f"{tmp_path / 'nowhere'}: the folder can't be read (No such file or directory): "
        "check its name and that you may read it."
    )


FILES = ("areas.csv", "services.csv", "access.csv", "calendars.csv", "operators.csv", "nodes.csv", "territory.toml")


@given(st.sampled_from(FILES), st.binary(max_size=200))
@settings(deadline=None)  # files are slow at times
def test_any_bytes_in_any_file_give_a_territory_or_its_faults(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: bytes
) -> None:
    folder = write(tmp_path_factory.mktemp("any"), {"areas.csv": AREAS, "services.csv": SERVICES})
    (folder / name).write_bytes(data)
    try:
        load(folder)
    except TocsinError as error:
        said = str(error)
    else:
        said = ""
    assert said == "" or name in said

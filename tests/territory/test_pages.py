"""The pages on territories and routing plans, run and compared with the program."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest
from tests.territory.belfort import FRANCE, write

from tocsin.territory import check_plan, load, load_plan
from tocsin.territory.folder import ACCESS, AREAS, CALENDARS, NODES, OPERATORS, SERVICES
from tocsin.territory.plan_check import RULES
from tocsin.territory.plan_sheets import KINDS
from tocsin.territory.settings import NUMBERING, SETTINGS
from tocsin.territory.sheet import Kind

DOCS = Path(__file__).parents[2] / "docs"
HOW_TO = (DOCS / "how-to" / "routing-plan.md").read_text("utf-8")
REFERENCE = (DOCS / "reference" / "territory.md").read_text("utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def plan_of_the_page(folder: Path) -> Path:
    centres, numbers, targets, aid, more_numbers, about, _faulty = blocks(HOW_TO, "csv")
    files = {
        "centres.csv": centres,
        "numeros.csv": numbers + more_numbers.partition("\n")[2],
        "acheminement.csv": targets,
        "entraide.csv": aid,
        "plan.csv": about,
    }
    return write(folder, files)


def test_the_officer_s_example_is_a_plan_without_faults(tmp_path: Path) -> None:
    plan = load_plan(plan_of_the_page(tmp_path / "plan"), FRANCE)
    assert [target.centre for target in plan.targets("35238", "17")] == ["CIC-35", "CORG-35"]
    assert [target.centre for target in plan.targets("35", "17")] == ["CORG-35"]
    assert [(target.centre, target.aid) for target in plan.targets("35", "15")] == [
        ("CRRA-SAMU-35", False),
        ("CTA-CODIS-35", True),
    ]


def test_the_first_three_files_are_a_plan_by_themselves(tmp_path: Path) -> None:
    names = ("centres.csv", "numeros.csv", "acheminement.csv")
    folder = write(tmp_path / "plan", dict(zip(names, blocks(HOW_TO, "csv"), strict=False)))
    assert check_plan(folder, FRANCE) == []


def test_the_officer_s_faults_are_those_that_the_page_shows(tmp_path: Path) -> None:
    folder = plan_of_the_page(tmp_path / "plan")
    with (folder / "acheminement.csv").open("a", encoding="utf-8") as file:
        file.write(blocks(HOW_TO, "csv")[-1])
    assert "\n".join(map(str, check_plan(folder, FRANCE))) + "\n" == blocks(HOW_TO, "text")[0]


@pytest.mark.parametrize("page", [HOW_TO, REFERENCE], ids=["how-to", "reference"])
def test_the_page_s_python_prints_what_the_page_shows(page: str) -> None:
    (code,) = blocks(page, "python")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {})
    assert printed.getvalue() in blocks(page, "text")


def test_the_county_of_the_page_loads(tmp_path: Path) -> None:
    county = load(
        write(tmp_path / "county", dict(zip(("areas.csv", "services.csv"), blocks(REFERENCE, "csv"), strict=True)))
    )
    assert county.cell_areas == ("T01", "T02")


@pytest.mark.parametrize(
    "kind", [AREAS, SERVICES, ACCESS, CALENDARS, OPERATORS, NODES, *KINDS], ids=lambda kind: kind.names[0]
)
def test_every_file_and_column_is_in_the_reference(kind: Kind) -> None:
    (line,) = (line for line in REFERENCE.splitlines() if line.startswith(f"| `{kind.names[0]}`"))
    for column in kind.columns:
        assert (f"`{column.name}`" if column.needed else f"[`{column.name}`]") in line
    assert all(f"`{name}`" in line for name in kind.names)


def test_every_setting_is_in_the_reference() -> None:
    for name in SETTINGS:
        assert f"| `{name}` |" in REFERENCE
    for name in NUMBERING:
        assert f"| `[numbering]` `{name}` |" in REFERENCE


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_check_is_in_the_reference_in_its_own_words(rule: object) -> None:
    assert f"- {rule.__doc__}" in REFERENCE


def test_every_service_of_france_is_in_the_reference() -> None:
    for service in FRANCE.services.values():
        assert f"| {service.code} | `{service.urn}` | {'yes' if service.required else 'no'} |" in REFERENCE

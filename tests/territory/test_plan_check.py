"""Each rule of the check, broken once; and all at once, since no fault may hide another."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.territory.belfort import CENTRES, FRANCE, NUMBERS, TARGETS, belfort, faults_of, write

from tocsin.territory import load_plan


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return belfort(tmp_path / "belfort")


ONE_FAULT = {
    "an unknown area": (
        "targets.csv",
        TARGETS + "9O;17;2;CTA\n",
        [
            "targets.csv line 7, area: the area '9O' is unknown: write a code that the territory of France has.",
            "targets.csv line 7, centre: CTA has no number for 17: add the row CTA;17;its number to numbers.csv.",
        ],
    ),
    "an area that lost its zero": (
        "centres.csv",
        CENTRES.replace("SAMU du Territoire de Belfort;90", "SAMU;1"),
        ["centres.csv line 2, area: the area '1' is unknown: write 01 if you mean Ain, in a column formatted as text."],
    ),
    "two areas in one cell": (
        "targets.csv",
        TARGETS.replace("90;112;2;SAMU", "90 25;112;2;SAMU"),
        ["targets.csv line 6, area: the area '90 25' is unknown: write a code that the territory of France has."],
    ),
    "an area without a target for a service": (
        "targets.csv",
        TARGETS.replace("90;18;1;CTA\n", ""),
        [
            "targets.csv, area: 90 (Territoire de Belfort) has no target for 18: "
            "add the row 90;18;1;the code of a centre."
        ],
    ),
    "a service led somewhere in one commune only": (
        "targets.csv",
        TARGETS.replace("90;18;1;CTA", "90010;18;1;CTA"),
        [
            "targets.csv, area: 90 (Territoire de Belfort) has no target for 18 in 100 of its 101 areas: "
            "add the row 90;18;1;the code of a centre."
        ],
    ),
    "a target without number": (
        "numbers.csv",
        NUMBERS.replace("SAMU;15;0353010905\n", ""),
        ["targets.csv line 2, centre: SAMU has no number for 15: add the row SAMU;15;its number to numbers.csv."],
    ),
    "an empty number": (
        "numbers.csv",
        NUMBERS.replace("0353010905", ""),
        [
            "numbers.csv line 2, number: the cell is empty: every row needs one.",
            "targets.csv line 2, centre: SAMU has no number for 15: add the row SAMU;15;its number to numbers.csv.",
        ],
    ),
    "a malformed number": (
        "numbers.csv",
        NUMBERS.replace("0353010905", "03 53 01 09"),
        ["numbers.csv line 2, number: '03 53 01 09' has 8 digits, a number has 10: write all of them."],
    ),
    "a short number": (
        "numbers.csv",
        NUMBERS.replace("0353010905", "15"),
        [
            "numbers.csv line 2, number: '15' is a short number: "
            "write the number that it leads to: a short number would be routed again."
        ],
    ),
    "a surcharged number": (
        "numbers.csv",
        NUMBERS.replace("0353010905", "0892 70 10 15"),
        ["numbers.csv line 2, number: '0892 70 10 15' costs the caller extra: write the centre's ordinary number."],
    ),
    "an unknown service": (
        "numbers.csv",
        NUMBERS + "SAMU;16;0353010900\n",
        [
            "numbers.csv line 7, service: the service '16' is unknown: "
            "write one of 15, 17, 18, 112, 114, 115, 116000, 116117, 119, 191, 196, 197."
        ],
    ),
    "an unknown centre": (
        "targets.csv",
        TARGETS.replace("90;112;2;SAMU", "90;112;2;samu") + "90;17;2;CIC\n",
        [
            "targets.csv line 6, centre: the centre 'samu' is unknown: write SAMU.",
            "targets.csv line 6, centre: samu has no number for 112: add the row samu;112;its number to numbers.csv.",
            "targets.csv line 7, centre: the centre 'CIC' is unknown: add it to centres.csv or correct its code.",
            "targets.csv line 7, centre: CIC has no number for 17: add the row CIC;17;its number to numbers.csv.",
        ],
    ),
    "a centre twice": (
        "centres.csv",
        CENTRES + "CTA;Pompiers;90\n",
        ["centres.csv line 5, code: code CTA stands already on line 3: keep one of the two rows."],
    ),
    "a number twice": (
        "numbers.csv",
        NUMBERS + "SAMU;15;03 53 01 09 05\n",
        [
            "numbers.csv line 7, number: centre SAMU, service 15, number 03 53 01 09 05 stands already on line 2: "
            "keep one of the two rows."
        ],
    ),
    "one number of two centres": (
        "numbers.csv",
        NUMBERS.replace("0353010906", "+33353010905"),
        ["numbers.csv line 6, number: +33353010905 is also the number of SAMU on line 2: give each centre its own."],
    ),
    "one order twice": (
        "targets.csv",
        TARGETS.replace("90;112;2;SAMU", "90;112;1;SAMU"),
        [
            "targets.csv line 6, order: area 90, service 112, order 1 stands already on line 5: "
            "keep one of the two rows."
        ],
    ),
    "an order that is none": (
        "targets.csv",
        TARGETS.replace("90;112;2;SAMU", "90;112;second;SAMU"),
        ["targets.csv line 6, order: 'second' is no order: write 1 for the first, 2 for the next."],
    ),
    "a loop of mutual aid": (
        "mutual_aid.csv",
        "centre;order;helper\nSAMU;1;CTA\nCTA;1;SAMU\n",
        [
            "mutual_aid.csv line 2, helper: CTA has no number for 15: add the row CTA;15;its number to numbers.csv.",
            "mutual_aid.csv line 3, helper: mutual aid goes round in a loop: SAMU -> CTA -> SAMU: "
            "take one of these rows out.",
            "mutual_aid.csv line 3, helper: SAMU has no number for 18: add the row SAMU;18;its number to numbers.csv.",
        ],
    ),
    "a centre that helps itself": (
        "entraide.csv",
        "centre;ordre;secours\nSAMU;1;SAMU\n",
        ["entraide.csv line 2, secours: mutual aid goes round in a loop: SAMU -> SAMU: take one of these rows out."],
    ),
    "a centre nobody reaches": (
        "centres.csv",
        CENTRES + "CIC;Police;90\n",
        ["centres.csv line 5, code: no call reaches CIC: name it in targets.csv or mutual_aid.csv, or take it out."],
    ),
    "a missing column": (
        "targets.csv",
        TARGETS.replace("area;", "place;"),
        ["targets.csv line 1, area: the column area is missing: the header is area;service;order;centre."],
    ),
    "an unreadable file": (
        "numbers.csv",
        "\x00\x01",
        ["numbers.csv: the file is not text: save it from the spreadsheet as CSV."],
    ),
    "no rows at all": (
        "centres.csv",
        "code;name;area\n",
        ["centres.csv: the file has a header and no rows: write the rows below it."],
    ),
    "a stray copy": (
        "Copie de centres.csv",
        CENTRES,
        [
            "Copie de centres.csv: the plan has no such file: call it one of centres.csv, numbers.csv, numeros.csv, "
            "targets.csv, acheminement.csv, mutual_aid.csv, entraide.csv, plan.csv, or move it elsewhere."
        ],
    ),
    "a workbook": (
        "centres.xlsx",
        "",
        ["centres.xlsx: the plan has no such file: save it as CSV, or move it elsewhere."],
    ),
    "a plan that covers more than it serves": (
        "plan.csv",
        "name;covers\nBelfort;90 2A\n",
        [
            f"targets.csv, area: 2A (Corse-du-Sud) has no target for {service}: "
            f"add the row 2A;{service};1;the code of a centre."
            for service in ("15", "17", "18", "112")
        ],
    ),
    "a plan that speaks of itself twice": (
        "plan.csv",
        "nom;couvre;demonstration\nBelfort;90;peut-être\nBelfort;9;\n",
        [
            "plan.csv line 2, demonstration: 'peut-être' is neither yes nor no: write yes or no.",
            "plan.csv line 3, nom: a second row about the plan: keep one.",
            "plan.csv line 3, couvre: the area '9' is unknown: "
            "write 09 if you mean Ariège, in a column formatted as text.",
        ],
    ),
}


@pytest.mark.parametrize(("name", "text", "sentences"), ONE_FAULT.values(), ids=list(ONE_FAULT))
def test_each_fault_has_its_address_and_its_cure(plan: Path, name: str, text: str, sentences: list[str]) -> None:
    write(plan, {name: text})
    assert faults_of(plan) == sentences


def test_a_demonstration_takes_only_numbers_that_nobody_has(plan: Path) -> None:
    write(plan, {"plan.csv": "name;covers;demonstration\nBelfort;90;yes\n"})
    assert load_plan(plan, FRANCE).demonstration
    write(plan, {"numbers.csv": NUMBERS.replace("0353010905", "0384000015")})
    assert faults_of(plan) == [
        "numbers.csv line 2, number: '0384000015' may be somebody's number, and this plan is a demonstration: "
        "take one that begins with 019900, 026191, 035301, 046571, 053649, 063998."
    ]


def test_a_plan_that_is_no_demonstration_has_no_number_of_fiction(plan: Path) -> None:
    write(plan, {"plan.csv": "name;covers;demonstration\nBelfort;90;non\n"})
    assert faults_of(plan) == [
        f"numbers.csv line {line}, number: '{number}' is reserved for fiction: nobody answers it: "
        "write the centre's own number."
        for line, number in enumerate(("0353010905", "0353010901", "0353010908", "0353010902", "0353010906"), 2)
    ]


def test_no_fault_hides_another(plan: Path) -> None:
    """Every case above that changes one file, all at once where they touch different files."""
    write(
        plan,
        {
            "centres.csv": CENTRES + "CIC;Police;9O\n",
            "numbers.csv": NUMBERS.replace("0353010905", "15").replace("CTA;18;0353010908\n", 'CTA;18;"0353\n'),
            "targets.csv": TARGETS.replace("90;17;1;CORG", "90;17;premier;CORGI"),
            "mutual_aid.csv": "centre;order;helper\nSAMU;1;SAMU\n",
            "notes.xls": "",
        },
    )
    assert faults_of(plan) == [
        "centres.csv line 4, code: no call reaches CORG: name it in targets.csv or mutual_aid.csv, or take it out.",
        "centres.csv line 5, area: the area '9O' is unknown: write a code that the territory of France has.",
        "centres.csv line 5, code: no call reaches CIC: name it in targets.csv or mutual_aid.csv, or take it out.",
        "numbers.csv line 2, number: '15' is a short number: "
        "write the number that it leads to: a short number would be routed again.",
        "numbers.csv line 4: a quotation mark is not closed: write the cell on one line, without quotation marks.",
        "targets.csv line 3, centre: the centre 'CORGI' is unknown: add it to centres.csv or correct its code.",
        "targets.csv line 3, order: 'premier' is no order: write 1 for the first, 2 for the next.",
        "targets.csv line 3, centre: CORGI has no number for 17: add the row CORGI;17;its number to numbers.csv.",
        "targets.csv line 4, centre: CTA has no number for 18: add the row CTA;18;its number to numbers.csv.",
        "mutual_aid.csv line 2, helper: mutual aid goes round in a loop: SAMU -> SAMU: take one of these rows out.",
        "notes.xls: the plan has no such file: save it as CSV, or move it elsewhere.",
    ]


def test_two_loops_are_two_faults(plan: Path) -> None:
    centres = "".join(f"{code};{code};90\n" for code in "ABCDE")
    write(
        plan,
        {
            "centres.csv": CENTRES + centres,
            "mutual_aid.csv": "centre;order;helper\nA;1;B\nB;1;C\nC;1;A\nD;1;E\nE;1;D\nE;2;A\n",
        },
    )
    loops = [fault for fault in faults_of(plan) if "loop" in fault]
    assert loops == [
        "mutual_aid.csv line 4, helper: mutual aid goes round in a loop: A -> B -> C -> A: take one of these rows out.",
        "mutual_aid.csv line 6, helper: mutual aid goes round in a loop: D -> E -> D: take one of these rows out.",
    ]

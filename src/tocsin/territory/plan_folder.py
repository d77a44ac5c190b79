"""The plan as a folder of CSV, which a prefecture's officer edits in a spreadsheet: checked, and read.

docs/how-to/routing-plan.md shows the files; docs/reference/territory.md has every column and every fault.
"""

from __future__ import annotations

from pathlib import Path

from tocsin.errors import InputError
from tocsin.territory.faults import FolderError
from tocsin.territory.network import Centre
from tocsin.territory.plan import Plan
from tocsin.territory.plan_check import (
    canonical,
    covered,
    faults_of,
    mutual_aid,
    order,
    said_demonstration,
    unsaid_kind,
)
from tocsin.territory.plan_sheets import Draft, read_draft
from tocsin.territory.sheet import Row, Sheet
from tocsin.territory.territory import Territory
from tocsin.words import Sentence


def check_plan(folder: str | Path, territory: Territory) -> list[InputError]:
    """Everything that is wrong with the plan in a folder, each fault with file, line, field and what to do.

    Never raises, whatever the files hold; an empty list is a plan that `load_plan` reads.
    """
    try:
        draft = read_draft(Path(folder))
    except InputError as fault:
        return [fault]
    return faults_of(draft, territory)


def note_on_plan(folder: str | Path, territory: Territory) -> Sentence | None:
    """What is to be said of a plan in a folder although it's no fault; None where there is nothing.

    Raises `InputError` where the folder can't be read.
    """
    return unsaid_kind(read_draft(Path(folder)), territory)


def load_plan(folder: str | Path, territory: Territory) -> Plan:
    """The plan in a folder; else a `FolderError` with everything that `check_plan` finds."""
    draft = read_draft(Path(folder))
    faults = faults_of(draft, territory)
    if faults:
        raise FolderError(faults, file=str(folder))
    return compile_plan(draft, territory)


def compile_plan(draft: Draft, territory: Territory) -> Plan:
    """The rows of a plan without faults as the tables that routing looks up."""
    numbers: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in in_order(draft.numbers):
        key = row["centre"], canonical(row, "service", territory)
        numbers[key] = (*numbers.get(key, ()), territory.numbering.parse(row["number"]))
    own: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in in_order(draft.targets):
        key = row["area"], canonical(row, "service", territory)
        own[key] = (*own.get(key, ()), row["centre"])
    return Plan(
        name=next((row["name"] for row in draft.about.rows), draft.name),
        demonstration=said_demonstration(draft) is True,
        territory=territory,
        covers=covered(draft, territory),
        centres={row["code"]: centre(row) for row in draft.centres.rows},
        numbers=numbers,
        own=own,
        mutual_aid=mutual_aid(draft),
    )


def in_order(sheet: Sheet) -> list[Row]:
    return sorted(sheet.rows, key=lambda row: (order(row) or 0, row.line))


def centre(row: Row) -> Centre:
    return Centre(code=row["code"], name=row["name"], area=row["area"], operator=row["operator"] or None)

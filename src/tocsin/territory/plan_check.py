"""The plan's check: every rule that a routing plan must keep, one function each.

A rule looks at the rows as written and yields its own faults only. All rules run on every plan, so that no fault hides
another; a rule that needs a file which couldn't be read says nothing, since that file's own fault says it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Final

from tocsin.errors import InputError
from tocsin.territory.plan import lookup, with_helpers
from tocsin.territory.plan_sheets import ABOUT, KINDS, Draft
from tocsin.territory.sheet import Row, Sheet
from tocsin.territory.territory import Territory
from tocsin.words import Sentence

YES: Final = ("yes", "oui")
NO: Final = ("no", "non")


def faults_of(draft: Draft, territory: Territory) -> list[InputError]:
    """Everything that is wrong with a plan, file by file, line by line."""
    faults = [*draft.faults, *(fault for rule in RULES for fault in rule(draft, territory))]
    files = [sheet.file for sheet in draft.sheets]
    place = {file: index for index, file in enumerate(files)}
    return sorted(faults, key=lambda fault: (place.get(fault.file or "", len(files)), fault.line or 0))


def at(sheet: Sheet, row: Row, field: str, what: str, do: str) -> InputError:
    return InputError(what, do=do, file=sheet.file, line=row.line, field=sheet.header(field))


def empty_cells(draft: Draft, _territory: Territory) -> Iterator[InputError]:
    """Every needed cell says something."""
    for sheet, kind in zip(draft.sheets, KINDS, strict=True):
        for row in sheet.rows:
            for column in kind.columns:
                if column.needed and column.name in sheet.columns and not row[column.name]:
                    yield at(sheet, row, column.name, Sentence("fault.empty"), Sentence("repair.needed"))


def unknown_areas(draft: Draft, territory: Territory) -> Iterator[InputError]:
    """Every area is one of the territory's."""
    named = [(sheet, row, "area", row["area"]) for sheet in (draft.centres, draft.targets) for row in sheet.rows]
    listed = [(draft.about, row, "covers", code) for row in draft.about.rows for code in row["covers"].split()]
    for sheet, row, field, code in named + listed:
        if code and code not in territory.areas:
            yield at(sheet, row, field, Sentence("fault.unknown_area", area=code), nearest_area(code, territory))


def nearest_area(code: str, territory: Territory) -> str:
    """What to write instead of an unknown area: spreadsheets drop zeros in front, people write a région's bare code."""
    for likely in (code.zfill(2), code.zfill(5), code.upper(), f"R{code.zfill(2)}"):
        if likely in territory.areas:
            return Sentence("repair.likely_area", likely=likely, name=territory.areas[likely].name)
    return Sentence("repair.territory_code", territory=territory.name)


def unknown_services(draft: Draft, territory: Territory) -> Iterator[InputError]:
    """Every service is one of the territory's."""
    for sheet in (draft.numbers, draft.targets):
        for row in sheet.rows:
            if row["service"] and territory.service(row["service"]) is None:
                do = Sentence("repair.one_of", known=", ".join(territory.services))
                yield at(sheet, row, "service", Sentence("fault.unknown_service", service=row["service"]), do)


def unknown_centres(draft: Draft, _territory: Territory) -> Iterator[InputError]:
    """Every centre stands in the list of centres."""
    if not draft.centres.whole:
        return
    known = {row["code"] for row in draft.centres.rows}
    alike = {code.casefold(): code for code in known}
    where = (
        (draft.numbers, "centre"),
        (draft.targets, "centre"),
        (draft.mutual_aid, "centre"),
        (draft.mutual_aid, "helper"),
    )
    for sheet, field in where:
        for row in sheet.rows:
            if row[field] and row[field] not in known:
                likely = alike.get(row[field].casefold())
                do = (
                    Sentence("repair.write", text=likely)
                    if likely
                    else Sentence("repair.add_centre", file=draft.centres.file)
                )
                yield at(sheet, row, field, Sentence("fault.unknown_centre", centre=row[field]), do)


def bad_orders(draft: Draft, _territory: Territory) -> Iterator[InputError]:
    """Every order is a whole number, 1 first."""
    for sheet in (draft.numbers, draft.targets, draft.mutual_aid):
        for row in sheet.rows:
            if row["order"] and order(row) is None:
                yield at(sheet, row, "order", Sentence("fault.no_order", text=row["order"]), Sentence("repair.order"))


def order(row: Row) -> int | None:
    """The order of a row; 1 where its column is empty, None where it's no order."""
    text = row["order"] or "1"
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 and int(text) > 0 else None


def bad_numbers(draft: Draft, territory: Territory) -> Iterator[InputError]:
    """Every number can be dialled; a demonstration has only numbers of fiction, a plan that isn't one has none."""
    fiction = territory.numbering.fiction
    invented = said_demonstration(draft)
    for row in draft.numbers.rows:
        if not row["number"]:
            continue
        try:
            number = territory.numbering.parse(row["number"])
        except InputError as fault:
            yield fault.within(file=draft.numbers.file, line=row.line, field=draft.numbers.header("number"))
        else:
            if invented is True and fiction and not number.startswith(fiction):
                what = Sentence("fault.maybe_real", number=row["number"])
                yield at(draft.numbers, row, "number", what, Sentence("repair.fiction", known=", ".join(fiction)))
            elif invented is False and number.startswith(fiction):
                what = Sentence("fault.fiction", number=row["number"])
                yield at(draft.numbers, row, "number", what, Sentence("repair.own_number"))


def unsaid_kind(draft: Draft, territory: Territory) -> Sentence | None:
    """What is to be said of a plan that holds invented numbers and others, and doesn't say which of the two it is."""
    fiction = territory.numbering.fiction
    numbers = {canonical(row, "number", territory) for row in draft.numbers.rows if row["number"]}
    invented = sum(number.startswith(fiction) for number in numbers) if fiction else 0
    if said_demonstration(draft) is not None or invented in (0, len(numbers)):
        return None
    return Sentence("plan.mixed", invented=invented, others=len(numbers) - invented, file=ABOUT.names[0])


def said_demonstration(draft: Draft) -> bool | None:
    """Whether the plan says that it's a demonstration; None where it doesn't say."""
    said = {row["demonstration"].casefold() for row in draft.about.rows}
    return True if said & set(YES) else False if said & set(NO) else None


def about(draft: Draft, _territory: Territory) -> Iterator[InputError]:
    """The plan speaks of itself in one row."""
    for row in draft.about.rows[1:]:
        yield at(draft.about, row, "name", Sentence("fault.second_about"), Sentence("repair.one_row"))
    for row in draft.about.rows:
        if row["demonstration"].casefold() not in ("", *YES, *NO):
            what = Sentence("fault.yes_or_no", text=row["demonstration"])
            yield at(draft.about, row, "demonstration", what, Sentence("repair.yes_or_no"))


def duplicates(draft: Draft, territory: Territory) -> Iterator[InputError]:
    """Nothing is said twice."""
    keys: tuple[tuple[Sheet, tuple[str, ...], str], ...] = (
        (draft.centres, ("code",), "code"),
        (draft.numbers, ("centre", "service", "number"), "number"),
        (draft.targets, ("area", "service", "order"), "order"),
        (draft.targets, ("area", "service", "centre"), "centre"),
        (draft.mutual_aid, ("centre", "order"), "order"),
        (draft.mutual_aid, ("centre", "helper"), "helper"),
    )
    for sheet, fields, field in keys:
        first: dict[tuple[str, ...], int] = {}
        for row in sheet.rows:
            key = tuple(canonical(row, name, territory) for name in fields)
            if all(key) and first.setdefault(key, row.line) != row.line:
                said = ", ".join(f"{sheet.header(name)} {row[name]}" for name in fields)
                what = Sentence("fault.again", said=said, line=str(first[key]))
                yield at(sheet, row, field, what, Sentence("repair.one_of_two"))


def shared_numbers(draft: Draft, territory: Territory) -> Iterator[InputError]:
    """A number rings in one centre only."""
    first: dict[str, Row] = {}
    for row in draft.numbers.rows:
        number = canonical(row, "number", territory)
        owner = first.setdefault(number, row)
        if number and owner["centre"] != row["centre"]:
            what = Sentence("fault.shared_number", number=row["number"], centre=owner["centre"], line=str(owner.line))
            yield at(draft.numbers, row, "number", what, Sentence("repair.each_own"))


def canonical(row: Row, field: str, territory: Territory) -> str:
    """A cell as it compares: however a service, a number or an order is written, the same is the same."""
    text = row[field]
    if field == "service":
        service = territory.service(text)
        return service.code if service else text
    if field == "number":
        return territory.numbering.national(text) or text
    if field == "order":
        return str(order(row) or text)
    return text


def loops(draft: Draft, _territory: Territory) -> Iterator[InputError]:
    """Help never leads back to a centre that was already tried: the call would go round and never be answered."""
    lines = {(row["centre"], row["helper"]): row for row in draft.mutual_aid.rows if row["centre"] and row["helper"]}
    while True:
        helpers: dict[str, list[str]] = {}
        for centre, helper in lines:
            helpers.setdefault(centre, []).append(helper)
        try:
            TopologicalSorter(helpers).prepare()
        except CycleError as error:
            ring = error.args[1][:0:-1]  # it lists who helps whom: turned round, who is helped by whom
            steps = sorted(pairwise([*ring, ring[0]]), key=lambda step: lines[step].line)
            start, last = ring.index(steps[0][0]), steps[-1]
            way = [*ring[start:], *ring[:start], ring[start]]
            what = Sentence("fault.loop", way=" -> ".join(way))
            yield at(draft.mutual_aid, lines.pop(last), "helper", what, Sentence("repair.one_out"))
        else:
            return


def mutual_aid(draft: Draft) -> Mapping[str, tuple[str, ...]]:
    """A centre's helpers, in order."""
    helpers: dict[str, tuple[str, ...]] = {}
    for row in sorted(draft.mutual_aid.rows, key=lambda row: (order(row) or 0, row.line)):
        helpers[row["centre"]] = (*helpers.get(row["centre"], ()), row["helper"])
    return helpers


def targets_without_number(draft: Draft, territory: Territory) -> Iterator[InputError]:
    """Every centre has a number for every service that is led there, by its own rows or by mutual aid."""
    if not (draft.numbers.whole and draft.targets.whole):
        return
    numbered = {(row["centre"], canonical(row, "service", territory)) for row in draft.numbers.rows if row["number"]}
    helpers = mutual_aid(draft)
    helping = {row["helper"]: row for row in reversed(draft.mutual_aid.rows)}
    for row in draft.targets.rows:
        service = canonical(row, "service", territory)
        if not (row["centre"] and service):
            continue
        for centre in with_helpers((row["centre"],), helpers):
            if (centre, service) in numbered:
                continue
            numbered.add((centre, service))
            sheet, where, field = (
                (draft.targets, row, "centre")
                if centre == row["centre"]
                else (draft.mutual_aid, helping[centre], "helper")
            )
            do = Sentence("repair.add_number", centre=centre, service=service, file=draft.numbers.file)
            yield at(sheet, where, field, Sentence("fault.no_number", centre=centre, service=service), do)


def uncovered_areas(draft: Draft, territory: Territory) -> Iterator[InputError]:
    """Every area that the plan covers has a target for every service that needs one."""
    if not draft.targets.whole:
        return
    led: dict[str, set[str]] = {}
    for row in draft.targets.rows:
        led.setdefault(canonical(row, "service", territory), set()).add(row["area"])
    required = [service.code for service in territory.services.values() if service.required]
    for cell in covered(draft, territory):
        for service in required:
            here = led.get(service, set())
            if not here.isdisjoint(lookup(territory, cell)):
                continue
            bare = all_areas = territory.leaves[cell]
            if any(territory.cell_area(code) == cell for code in here):
                bare = tuple(code for code in all_areas if here.isdisjoint(lookup(territory, code)))
            if bare:
                bereft = {"cell": cell, "name": territory.areas[cell].name, "service": service}
                yield InputError(
                    Sentence("fault.no_target", **bereft)
                    if len(bare) == len(all_areas)
                    else Sentence("fault.no_target_in", bare=len(bare), of=len(all_areas), **bereft),
                    do=Sentence("repair.add_target", cell=cell, service=service),
                    file=draft.targets.file,
                    field=draft.targets.header("area"),
                )


def covered(draft: Draft, territory: Territory) -> tuple[str, ...]:
    """The cell areas that the plan must serve: those that it says it covers; else those that its rows speak of.

    A row for a whole région or for the nation obliges to nothing: one national centre for 119 doesn't make a
    département's plan a national one.
    """
    said = [code for row in draft.about.rows for code in row["covers"].split()]
    if said:
        named = set(said)
        return tuple(
            cell
            for cell in territory.cell_areas
            if not named.isdisjoint((cell, *territory.ancestors(cell))) or cell in map(territory.cell_area, said)
        )
    spoken = (row["area"] for sheet in (draft.centres, draft.targets) for row in sheet.rows)
    return tuple(sorted({cell for code in spoken if (cell := territory.cell_area(code)) is not None}))


def unreached_centres(draft: Draft, _territory: Territory) -> Iterator[InputError]:
    """Every centre is reached, by an area's rows or by mutual aid."""
    if not (draft.targets.whole and draft.mutual_aid.whole):
        return
    reached = with_helpers(tuple(row["centre"] for row in draft.targets.rows), mutual_aid(draft))
    first = {row["code"]: row for row in reversed(draft.centres.rows) if row["code"]}
    for code, row in first.items():
        if code not in reached:
            do = Sentence("repair.reach", targets=draft.targets.file, mutual_aid=draft.mutual_aid.file)
            yield at(draft.centres, row, "code", Sentence("fault.unreached", centre=code), do)


Rule = Callable[[Draft, Territory], Iterator[InputError]]

RULES: Final[tuple[Rule, ...]] = (
    empty_cells,
    about,
    unknown_areas,
    unknown_services,
    unknown_centres,
    bad_orders,
    bad_numbers,
    shared_numbers,
    duplicates,
    loops,
    targets_without_number,
    uncovered_areas,
    unreached_centres,
)

"""A territory as a folder of files: any country, without a line of code.

`areas.csv` and `services.csv` are needed. `access.csv`, `calendars.csv`, `operators.csv`, `nodes.csv` and
`territory.toml` say more where they are there. docs/reference/territory.md has every column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from tocsin.errors import InputError
from tocsin.territory.area import Area
from tocsin.territory.calendar import SCHOOL_ZONES, Calendar
from tocsin.territory.faults import FolderError
from tocsin.territory.network import Node, Operator
from tocsin.territory.numbering import ACCESSES, Numbering
from tocsin.territory.service import Service
from tocsin.territory.settings import is_text, knows_holidays, read_settings
from tocsin.territory.sheet import Column, Kind, Row, list_folder, open_sheet
from tocsin.territory.territory import Territory
from tocsin.words import Sentence

AREAS: Final = Kind(
    names=("areas.csv",),
    columns=(
        Column(name="code"),
        Column(name="name", also=("nom", "libelle")),
        Column(name="kind", also=("type", "niveau")),
        Column(name="parent"),
        Column(name="population", also=("habitants",)),
        Column(name="postal_codes", also=("codes postaux",), needed=False),
        Column(name="district", also=("arrondissement",), needed=False),
    ),
)
SERVICES: Final = Kind(
    names=("services.csv",),
    columns=(
        Column(name="code", also=("numero", "number")),
        Column(name="urn"),
        Column(name="name", also=("nom",), needed=False),
        Column(name="name_en", also=("nom_en",), needed=False),
        Column(name="name_fr", also=("nom_fr",), needed=False),
        Column(name="required", also=("obligatoire",), needed=False),
    ),
)
ACCESS: Final = Kind(
    names=("access.csv",),
    columns=(Column(name="prefix", also=("prefixe",)), Column(name="access", also=("acces",))),
    needed=False,
)
CALENDARS: Final = Kind(
    names=("calendars.csv",),
    columns=(
        Column(name="area", also=("zone",)),
        Column(name="public", also=("feries",), needed=False),
        Column(name="school", also=("scolaire",), needed=False),
    ),
    needed=False,
)
OPERATORS: Final = Kind(
    names=("operators.csv",), columns=(Column(name="code"), Column(name="name", also=("nom",))), needed=False
)
NODES: Final = Kind(
    names=("nodes.csv",),
    columns=(
        Column(name="code"),
        Column(name="kind", also=("type",)),
        Column(name="operator", also=("operateur",), needed=False),
    ),
    needed=False,
)

YES: Final = {"": True, "yes": True, "oui": True, "no": False, "non": False}

T = TypeVar("T")

Note = Callable[..., None]
"""note(field, what, do): one more fault of the row at hand."""


def load(folder: str | Path) -> Territory:
    """The territory in a folder; else a `FolderError` of all that is wrong with it, each with file, line and field."""
    return read_folder(Path(folder))


def read_folder(
    folder: Path, *, areas: Mapping[str, Area] | None = None, outline_file: Path | None = None
) -> Territory:
    """As `load`; for the packaged country, whose tree has already been read and whose holidays need no looking up."""
    files = list_folder(folder)
    faults: list[InputError] = []
    knows = knows_holidays if areas is None else is_text
    settings = read_settings(folder, knows, faults)
    tree = read_areas(files, faults) if areas is None else areas
    for kind in unknown_kinds(settings.cell_kinds, tree):
        what, do = Sentence("fault.no_kind", kind=kind), Sentence("repair.kinds")
        faults.append(InputError(what, do=do, file="territory.toml", field="cell_kinds"))
    services = read_table(files, SERVICES, read_service, faults)
    access = read_table(files, ACCESS, read_access, faults)
    calendars = read_table(files, CALENDARS, partial(read_calendar, tree, settings.country, knows), faults)
    operators = read_table(files, OPERATORS, read_operator, faults)
    nodes = read_table(files, NODES, partial(read_node, operators), faults)
    if faults:
        raise FolderError(faults, file=str(folder))
    return Territory(
        name=settings.name,
        zone=settings.zone,
        areas=tree,
        services=services,
        cell_kinds=settings.cell_kinds,
        country=settings.country,
        numbering=Numbering(access=access, **settings.numbering),
        calendars=calendars,
        operators=operators,
        nodes=nodes,
        outline_file=outline_file,
    )


def read_table(
    files: Sequence[Path], kind: Kind, read: Callable[[Row, Note], T], faults: list[InputError]
) -> dict[str, T]:
    """The rows of one file by the value of its first column, which stands only once."""
    key = kind.columns[0].name
    sheet = open_sheet(files, kind)
    faults += sheet.faults
    table: dict[str, T] = {}
    lines: dict[str, int] = {}
    for row in sheet.rows:

        def note(field: str, what: str, do: str = "", row: Row = row) -> None:
            if field in sheet.columns:  # a column that is missing has its own fault, once
                faults.append(InputError(what, do=do, file=sheet.file, line=row.line, field=field))

        value = read(row, note)
        if row[key] in table:
            what = Sentence("fault.key_again", key=row[key], line=str(lines[row[key]]))
            note(key, what, Sentence("repair.one_of_two"))
        elif row[key]:
            table[row[key]], lines[row[key]] = value, row.line
        else:
            note(key, Sentence("fault.empty"), Sentence("repair.needed"))
    return table


def read_areas(files: Sequence[Path], faults: list[InputError]) -> dict[str, Area]:
    """The tree, every parent of which is known and no area of which lies within itself."""
    lines: dict[str, int] = {}

    def read(row: Row, note: Note) -> Area:
        lines.setdefault(row["code"], row.line)
        return read_area(row, note)

    areas = read_table(files, AREAS, read, faults)
    for area in areas.values():
        fault = parent_fault(area, areas)
        if fault is not None:
            faults.append(fault.within(file="areas.csv", line=lines[area.code], field="parent"))
    return areas


def unknown_kinds(cell_kinds: Sequence[str], areas: Mapping[str, Area]) -> list[str]:
    """The kinds that no area is of; none where there are no areas, which is another fault."""
    kinds = {area.kind for area in areas.values()}
    return [kind for kind in cell_kinds if areas and kind not in kinds]


def read_area(row: Row, note: Note) -> Area:
    if not row["kind"]:
        note("kind", Sentence("fault.empty"), Sentence("repair.kind"))
    digits = "".join(row["population"].split())
    if not (digits.isascii() and digits.isdigit()):
        said = Sentence("fault.no_inhabitants", text=row["population"]) if digits else Sentence("fault.empty")
        note("population", said, Sentence("repair.inhabitants"))
        digits = "0"
    return Area(
        code=row["code"],
        name=row["name"] or row["code"],
        kind=row["kind"],
        parent=row["parent"] or None,
        population=int(digits),
        postal_codes=tuple(row["postal_codes"].split()),
        district=row["district"] or None,
    )


def parent_fault(area: Area, areas: Mapping[str, Area]) -> InputError | None:
    """Why an area can't hang where it hangs in the tree."""
    if area.parent is None:
        return None
    if area.parent not in areas:
        return InputError(Sentence("fault.unknown_area", area=area.parent), do=Sentence("repair.add_area"))
    above: Area | None = areas[area.parent]
    passed: set[str] = set()
    while above is not None and above.code not in passed:
        passed.add(above.code)
        above = areas.get(above.parent or "")
    if area.code in passed:
        return InputError(Sentence("fault.within_itself", area=area.code), do=Sentence("repair.parent"))
    return None


def read_service(row: Row, note: Note) -> Service:
    code = row["code"]
    if code and not (code.isascii() and code.isdigit()):
        note("code", Sentence("fault.no_short_number", code=code), Sentence("repair.digits"))
    if not row["urn"].lower().startswith("urn:service:"):
        note("urn", Sentence("fault.no_urn", urn=row["urn"]), Sentence("repair.urn"))
    if row["required"].lower() not in YES:
        note("required", Sentence("fault.yes_or_no", text=row["required"]), Sentence("repair.yes_or_no"))
    names = {"en": row["name_en"] or row["name"], "fr": row["name_fr"] or row["name"]}
    return Service(
        code=code,
        urn=row["urn"],
        names={language: name for language, name in names.items() if name},
        required=YES.get(row["required"].lower(), True),
    )


def read_access(row: Row, note: Note) -> str:
    if not (row["prefix"].isascii() and row["prefix"].isdigit()):
        note("prefix", Sentence("fault.no_prefix", prefix=row["prefix"]), Sentence("repair.prefix"))
    if row["access"] not in ACCESSES:
        note("access", Sentence("fault.no_access", access=row["access"]), Sentence("repair.access"))
    return row["access"]


def read_calendar(
    areas: Mapping[str, Area], country: str | None, knows: Callable[..., bool], row: Row, note: Note
) -> Calendar:
    public, school = row["public"] or None, row["school"] or None
    if row["area"] and row["area"] not in areas:
        note("area", Sentence("fault.unknown_area", area=row["area"]), Sentence("repair.area"))
    if public is not None and country is None:
        note("public", Sentence("fault.country_unknown"), Sentence("repair.name_country"))
    elif public is not None and country is not None and not knows(country, public):
        what = Sentence("fault.no_subdivision", part=public, country=country)
        note("public", what, Sentence("repair.subdivision"))
    zones = SCHOOL_ZONES.get(country or "", ())
    if school is not None and school not in zones:
        what = (
            Sentence("fault.no_school_zone", school=school, country=country)
            if country
            else Sentence("fault.no_school_zone_there", school=school)
        )
        do = Sentence("repair.school", known=", ".join(zones)) if zones else Sentence("repair.no_school")
        note("school", what, do)
    return Calendar(public=public, school=school)


def read_operator(row: Row, _note: Note) -> Operator:
    return Operator(code=row["code"], name=row["name"] or row["code"])


def read_node(operators: Mapping[str, Operator], row: Row, note: Note) -> Node:
    if row["operator"] and row["operator"] not in operators:
        note("operator", Sentence("fault.no_operator", operator=row["operator"]), Sentence("repair.operator"))
    return Node(code=row["code"], kind=row["kind"], operator=row["operator"] or None)

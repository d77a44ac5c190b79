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
        what, do = f"no area is a '{kind}'", "write kinds that areas.csv has"
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
            note(key, f"'{row[key]}' stands already on line {lines[row[key]]}", "keep one of the two rows")
        elif row[key]:
            table[row[key]], lines[row[key]] = value, row.line
        else:
            note(key, "the cell is empty", "every row needs one")
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
        note("kind", "the cell is empty", "write what the area is: county, township")
    digits = "".join(row["population"].split())
    if not (digits.isascii() and digits.isdigit()):
        said = f"'{row['population']}' is not a number of inhabitants" if digits else "the cell is empty"
        note("population", said, "write the inhabitants in digits; 0 is enough to watch, but nobody is simulated there")
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
        return InputError(f"the area '{area.parent}' is unknown", do="add its row or correct the code")
    above: Area | None = areas[area.parent]
    passed: set[str] = set()
    while above is not None and above.code not in passed:
        passed.add(above.code)
        above = areas.get(above.parent or "")
    if area.code in passed:
        return InputError(f"'{area.code}' lies within itself", do="correct its parent")
    return None


def read_service(row: Row, note: Note) -> Service:
    code = row["code"]
    if code and not (code.isascii() and code.isdigit()):
        note("code", f"'{code}' is not a short number", "write digits only")
    if not row["urn"].lower().startswith("urn:service:"):
        note("urn", f"'{row['urn']}' is not a service URN", "write one of RFC 5031, such as urn:service:sos.fire")
    if row["required"].lower() not in YES:
        note("required", f"'{row['required']}' is neither yes nor no", "write yes or no")
    names = {"en": row["name_en"] or row["name"], "fr": row["name_fr"] or row["name"]}
    return Service(
        code=code,
        urn=row["urn"],
        names={language: name for language, name in names.items() if name},
        required=YES.get(row["required"].lower(), True),
    )


def read_access(row: Row, note: Note) -> str:
    if not (row["prefix"].isascii() and row["prefix"].isdigit()):
        note(
            "prefix",
            f"'{row['prefix']}' is not the beginning of a number",
            "write the first digits of national numbers",
        )
    if row["access"] not in ACCESSES:
        note("access", f"'{row['access']}' is no access", f"write {' or '.join(ACCESSES)}")
    return row["access"]


def read_calendar(
    areas: Mapping[str, Area], country: str | None, knows: Callable[..., bool], row: Row, note: Note
) -> Calendar:
    public, school = row["public"] or None, row["school"] or None
    if row["area"] and row["area"] not in areas:
        note("area", f"the area '{row['area']}' is unknown", "write a code that areas.csv has")
    if public is not None and country is None:
        note("public", "the country is not known", 'write its ISO 3166 code in territory.toml: country = "FR"')
    elif public is not None and country is not None and not knows(country, public):
        note(
            "public",
            f"'{public}' is no subdivision of '{country}'",
            "write one that the package holidays has, or nothing",
        )
    zones = SCHOOL_ZONES.get(country or "", ())
    if school is not None and school not in zones:
        where = f"of '{country}'" if country else "of a country that territory.toml doesn't name"
        do = f"write {', '.join(zones)} or nothing" if zones else "write nothing: none of its school holidays are known"
        note("school", f"'{school}' is no school zone {where}", do)
    return Calendar(public=public, school=school)


def read_operator(row: Row, _note: Note) -> Operator:
    return Operator(code=row["code"], name=row["name"] or row["code"])


def read_node(operators: Mapping[str, Operator], row: Row, note: Note) -> Node:
    if row["operator"] and row["operator"] not in operators:
        note(
            "operator",
            f"the operator '{row['operator']}' is unknown",
            "write a code that operators.csv has, or nothing",
        )
    return Node(code=row["code"], kind=row["kind"], operator=row["operator"] or None)

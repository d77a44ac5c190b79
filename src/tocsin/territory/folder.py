"""A territory as a folder of files: any country, without a line of code.

`areas.csv` and `services.csv` are needed. `access.csv`, `calendars.csv`, `operators.csv`, `nodes.csv` and
`territory.toml` say more where they are there. docs/reference/territory.md has every column.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tocsin.errors import InputError
from tocsin.territory.area import Area
from tocsin.territory.calendar import SCHOOL_ZONES, Calendar, public_holidays
from tocsin.territory.faults import FolderError
from tocsin.territory.network import Node, Operator
from tocsin.territory.numbering import ACCESSES, E164, Numbering
from tocsin.territory.service import Service
from tocsin.territory.sheet import Column, Row, find_sheet, read_sheet
from tocsin.territory.territory import Territory

AREAS: Final = (
    Column(name="code"),
    Column(name="name", also=("nom", "libelle")),
    Column(name="kind", also=("type", "niveau")),
    Column(name="parent"),
    Column(name="population", also=("habitants",)),
    Column(name="postal_codes", also=("codes postaux",), needed=False),
    Column(name="district", also=("arrondissement",), needed=False),
)
SERVICES: Final = (
    Column(name="code", also=("numero", "number")),
    Column(name="urn"),
    Column(name="name", also=("nom",), needed=False),
    Column(name="name_en", also=("nom_en",), needed=False),
    Column(name="name_fr", also=("nom_fr",), needed=False),
    Column(name="required", also=("obligatoire",), needed=False),
)
ACCESS: Final = (Column(name="prefix", also=("prefixe",)), Column(name="access", also=("acces",)))
CALENDARS: Final = (
    Column(name="area", also=("zone",)),
    Column(name="public", also=("feries",), needed=False),
    Column(name="school", also=("scolaire",), needed=False),
)
OPERATORS: Final = (Column(name="code"), Column(name="name", also=("nom",)))
NODES: Final = (
    Column(name="code"),
    Column(name="kind", also=("type",)),
    Column(name="operator", also=("operateur",), needed=False),
)

YES: Final = {"": True, "yes": True, "oui": True, "no": False, "non": False}

T = TypeVar("T")

Note = Callable[..., None]
"""note(field, what, do): one more fault of the row at hand."""


def load(folder: str | Path) -> Territory:
    """The territory in a folder; `FolderError` with everything that is wrong with it, each with file, line and field."""
    return read_folder(Path(folder))


def read_folder(
    folder: Path, *, areas: Mapping[str, Area] | None = None, outline_file: Path | None = None
) -> Territory:
    """As `load`; for the packaged country, whose tree has already been read and whose holidays need no looking up."""
    faults: list[InputError] = []
    knows = knows_holidays if areas is None else is_text
    tree = read_areas(folder, faults) if areas is None else areas
    services = read_table(folder, "services.csv", SERVICES, read_service, faults)
    access = read_table(folder, "access.csv", ACCESS, read_access, faults, needed=False)
    settings = read_settings(folder, knows, faults)
    calendars = read_table(
        folder, "calendars.csv", CALENDARS, partial(read_calendar, tree, settings.country, knows), faults, needed=False
    )
    operators = read_table(folder, "operators.csv", OPERATORS, read_operator, faults, needed=False)
    nodes = read_table(folder, "nodes.csv", NODES, partial(read_node, operators), faults, needed=False)
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
    folder: Path,
    name: str,
    columns: tuple[Column, ...],
    read: Callable[[Row, Note], T],
    faults: list[InputError],
    *,
    needed: bool = True,
) -> dict[str, T]:
    """The rows of one file by the value of its first column, which stands only once."""
    key = columns[0].name
    path, found = find_sheet(folder, (name,))
    faults += found
    if path is None:
        if needed and not found:
            do = f"write it with the header {';'.join(column.name for column in columns if column.needed)}"
            faults.append(InputError("the file is missing", do=do, file=name))
        return {}
    sheet = read_sheet(path, columns)
    faults += sheet.faults
    table: dict[str, T] = {}
    lines: dict[str, int] = {}
    for row in sheet.rows:

        def note(field: str, what: str, do: str = "", row: Row = row) -> None:
            faults.append(InputError(what, do=do, file=sheet.file, line=row.line, field=field))

        value = read(row, note)
        if not row[key]:
            if sheet.whole:
                note(key, "the cell is empty", "every row needs one")
        elif row[key] in table:
            note(key, f"'{row[key]}' stands already on line {lines[row[key]]}", "keep one of the two rows")
        else:
            table[row[key]], lines[row[key]] = value, row.line
    return table


def read_areas(folder: Path, faults: list[InputError]) -> dict[str, Area]:
    """The tree, every parent of which is known and no area of which lies within itself."""
    lines: dict[str, int] = {}

    def read(row: Row, note: Note) -> Area:
        lines.setdefault(row["code"], row.line)
        return read_area(row, note)

    areas = read_table(folder, "areas.csv", AREAS, read, faults)
    for area in areas.values():
        fault = parent_fault(area, areas)
        if fault is not None:
            faults.append(fault.within(file="areas.csv", line=lines[area.code], field="parent"))
    return areas


def read_area(row: Row, note: Note) -> Area:
    if not row["kind"]:
        note("kind", "the cell is empty", "write what the area is: county, township")
    digits = "".join(row["population"].split())
    if not (digits.isascii() and digits.isdigit()):
        note(
            "population",
            f"'{row['population']}' is not a number of inhabitants",
            "write it in digits, 0 if nobody lives there",
        )
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
    if not row["prefix"].isdigit():
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
    if school is not None and school not in SCHOOL_ZONES:
        note("school", f"'{school}' is no school zone", f"write {', '.join(SCHOOL_ZONES)} (of France) or nothing")
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


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What `territory.toml` says."""

    name: str
    zone: str = "UTC"
    country: str | None = None
    cell_kinds: tuple[str, ...] = ()
    numbering: Mapping[str, Any] = field(default_factory=dict)


def read_settings(folder: Path, knows: Callable[..., bool], faults: list[InputError]) -> Settings:
    """The settings, and a fault for each that means nothing; without the file, the defaults."""
    path = folder / "territory.toml"
    default = Settings(name=folder.resolve().name)
    if not path.is_file():
        return default
    try:
        told = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(InputError(f"the file is not TOML ({error})", do="correct it there", file=path.name))
        return default
    numbering = told.pop("numbering", {})
    if not isinstance(numbering, dict):
        numbering, told["numbering"] = {}, numbering
    wrong = [*setting_faults(told, SETTINGS), *setting_faults(numbering, NUMBERING)]
    country = told.get("country")
    if country is not None and not knows(country):
        wrong.append(InputError(f"the holidays of {country!r} are not known", do=COUNTRY, field="country"))
    faults += [fault.within(file=path.name) for fault in wrong]
    if wrong:
        return default
    return replace(default, numbering=frozen(numbering), **frozen(told))


def frozen(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}


def setting_faults(told: Mapping[str, Any], known: Mapping[str, Setting]) -> list[InputError]:
    faults = []
    for name, value in told.items():
        if name not in known:
            faults.append(InputError("there is no such setting", do=f"the settings are {', '.join(known)}", field=name))
        elif not known[name].good(value):
            faults.append(InputError(f"{value!r} is not {known[name].wanted}", do="correct it", field=name))
    return faults


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a setting may be: a test and its words."""

    good: Callable[[Any], bool]
    wanted: str


def is_text(value: object, *_: object) -> bool:
    return isinstance(value, str) and value != ""


def is_digits(value: object) -> bool:
    return isinstance(value, str) and (value == "" or (value.isascii() and value.isdigit()))


def is_list_of(good: Callable[[Any], bool], value: object) -> bool:
    return isinstance(value, list) and all(good(item) for item in value)


def is_zone(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def knows_holidays(country: object, subdivision: str | None = None) -> bool:
    if not isinstance(country, str):
        return False
    try:
        public_holidays(country, subdivision)
    except InputError:
        return False
    return True


COUNTRY: Final = "write an ISO 3166 code that the package holidays has, or leave the line out"
TEXT: Final = Setting(good=is_text, wanted="a text")
TEXTS: Final = Setting(good=partial(is_list_of, is_text), wanted="a list of texts")
DIGITS: Final = Setting(good=is_digits, wanted="digits")
PREFIXES: Final = Setting(good=partial(is_list_of, is_digits), wanted="a list of digits in quotation marks")
SETTINGS: Final = {
    "name": TEXT,
    "zone": Setting(good=is_zone, wanted="a time zone such as Europe/Paris"),
    "country": TEXT,
    "cell_kinds": TEXTS,
}
NUMBERING: Final = {
    "calling_codes": PREFIXES,
    "trunk": DIGITS,
    "international": DIGITS,
    "length": Setting(
        good=lambda value: type(value) is int and 3 < value <= E164, wanted="a number of digits, 4 to 15"
    ),
    "surcharged": PREFIXES,
    "fiction": PREFIXES,
}

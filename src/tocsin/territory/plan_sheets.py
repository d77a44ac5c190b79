"""The plan's folder: which files it has, which columns they have, and how they are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tocsin.errors import InputError
from tocsin.territory.sheet import Column, Kind, Sheet, list_folder, open_sheet
from tocsin.words import Sentence

AREA: Final = Column(name="area", also=("zone", "territoire", "code insee", "insee"))
SERVICE: Final = Column(name="service")
ORDER: Final = Column(name="order", also=("ordre", "rang"))
CENTRE: Final = Column(name="centre", also=("center",))


CENTRES: Final = Kind(
    names=("centres.csv",),
    columns=(
        Column(name="code"),
        Column(name="name", also=("nom", "libelle")),
        AREA,
        Column(name="operator", also=("operateur",), needed=False),
    ),
)
NUMBERS: Final = Kind(
    names=("numbers.csv", "numeros.csv"),
    columns=(
        CENTRE,
        SERVICE,
        Column(name="number", also=("numero", "telephone")),
        Column(name="order", also=ORDER.also, needed=False),
    ),
)
TARGETS: Final = Kind(names=("targets.csv", "acheminement.csv"), columns=(AREA, SERVICE, ORDER, CENTRE))
MUTUAL_AID: Final = Kind(
    names=("mutual_aid.csv", "entraide.csv"),
    columns=(CENTRE, ORDER, Column(name="helper", also=("secours", "aide"))),
    needed=False,
)
ABOUT: Final = Kind(
    names=("plan.csv",),
    columns=(
        Column(name="name", also=("nom",)),
        Column(name="covers", also=("couvre",)),
        Column(name="demonstration", needed=False),
    ),
    needed=False,
)
KINDS: Final = (CENTRES, NUMBERS, TARGETS, MUTUAL_AID, ABOUT)

SPREADSHEETS: Final = (".csv", ".xlsx", ".xls", ".ods", ".numbers")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A plan as written: its rows, not yet checked, and what was wrong with the files themselves."""

    name: str
    centres: Sheet
    numbers: Sheet
    targets: Sheet
    mutual_aid: Sheet
    about: Sheet
    faults: tuple[InputError, ...]

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """In the order of `KINDS`."""
        return (self.centres, self.numbers, self.targets, self.mutual_aid, self.about)


def read_draft(folder: Path) -> Draft:
    """All files of a plan's folder; an `InputError` only where the folder itself can't be read."""
    files = list_folder(folder)
    centres, numbers, targets, mutual_aid, about = sheets = [open_sheet(files, kind) for kind in KINDS]
    return Draft(
        name=folder.resolve().name,
        centres=centres,
        numbers=numbers,
        targets=targets,
        mutual_aid=mutual_aid,
        about=about,
        faults=(*(fault for sheet in sheets for fault in sheet.faults), *strangers(files)),
    )


def strangers(files: Sequence[Path]) -> Iterator[InputError]:
    """Spreadsheets that the plan wouldn't read: what stands in them would be missing without a word."""
    known = [name for kind in KINDS for name in kind.names]
    for path in files:
        name = path.name.lower()
        if name in known or name.startswith((".", "~")) or not name.endswith(SPREADSHEETS):
            continue
        do = Sentence("repair.call_it", names=", ".join(known)) if name.endswith(".csv") else Sentence("repair.as_csv")
        yield InputError(Sentence("fault.no_such_file"), do=do, file=path.name)

"""Build the packaged demonstration plan of France: complete, without a fault, and invented.

    python scripts/build_demonstration_plan.py          writes src/tocsin/territory/data/demonstration/

Who helps whom is invented too: each centre is helped by the neighbours that lie nearer to Paris, so that help never
leads back; the overseas départements by the nearest of their own ocean. The chains end in Paris (75), in Guadeloupe
(971) and in La Réunion (974), which nobody helps.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from tocsin.territory import Territory, france

FOLDER: Final = Path(__file__).parent.parent / "src/tocsin/territory/data/demonstration"
ROOT: Final = "75"
BY_SEA: Final = {"2A": ("13",), "2B": ("06",), "972": ("971",), "973": ("972",), "976": ("974",)}
HELPERS: Final = 2
"""How many neighbours help a centre, at most."""

FICTION: Final = {  # the geographic zone of each région (ARCEP), and the numbers that the zone reserves for fiction
    "019900": ("R11",),
    "026191": ("R24", "R28", "R52", "R53", "R04", "R06"),
    "035301": ("R27", "R32", "R44"),
    "046571": ("R84", "R93", "R94"),
    "053649": ("R75", "R76", "R01", "R02", "R03"),
}
POLICE_ONLY: Final = ("75", "92", "93", "94")
"""Where the police serves the whole département and the gendarmerie none of it."""

RURAL: Final = 300_000
"""Below so many inhabitants the demonstration gives a département one police centre, the gendarmerie's."""

SAMU_ANSWERS_112: Final = ("2A", "2B", "22", "29", "35", "38", "54", "67", "74", "971", "974")
"""Invented: everywhere else the fire centre does."""

KINDS: Final = {
    "CRRA-SAMU": "SAMU {code}: centre de réception et de régulation des appels",
    "CTA-CODIS": "Sapeurs-pompiers {code}: centre de traitement de l'alerte",
    "CIC": "Police nationale {code}: centre d'information et de commandement",
    "CORG": "Gendarmerie {code}: centre d'opérations et de renseignement",
}
LAST_DIGIT: Final = {  # of the number of a centre for a service
    ("CRRA-SAMU", "15"): 5,
    ("CRRA-SAMU", "112"): 1,
    ("CTA-CODIS", "18"): 8,
    ("CTA-CODIS", "112"): 2,
    ("CIC", "17"): 7,
    ("CORG", "17"): 6,
}


def main() -> None:
    territory = france()
    codes = [code for code in territory.cell_areas if territory.areas[code].kind == "departement"]
    helpers = nearer_neighbours(territory)
    FOLDER.mkdir(exist_ok=True)
    regions = " ".join(sorted({region for regions in FICTION.values() for region in regions}))
    write("plan.csv", ("name", "covers", "demonstration"), [("Démonstration: tout est inventé", regions, "yes")])
    write("centres.csv", ("code", "name", "area"), centres(territory, codes))
    write("numbers.csv", ("centre", "service", "number"), numbers(territory, codes))
    write("targets.csv", ("area", "service", "order", "centre"), targets(territory, codes))
    write("mutual_aid.csv", ("centre", "order", "helper"), mutual_aid(territory, codes, helpers))


def kinds_in(code: str, territory: Territory) -> list[str]:
    """The kinds of centre that a département has."""
    police = ["CIC"] if code in POLICE_ONLY else ["CIC", "CORG"]
    if territory.areas[code].population < RURAL:
        police = ["CORG"]
    return ["CRRA-SAMU", "CTA-CODIS", *police]


def centres(territory: Territory, codes: list[str]) -> Iterator[tuple[str, ...]]:
    for code in codes:
        for kind in kinds_in(code, territory):
            yield f"{kind}-{code}", f"{KINDS[kind].format(code=code)} (démonstration)", code


def numbers(territory: Territory, codes: list[str]) -> Iterator[tuple[str, ...]]:
    """0X XX XX, then three digits for the département, then one for kind and service."""
    zone = {region: prefix for prefix, regions in FICTION.items() for region in regions}
    for code in codes:
        prefix = zone[territory.areas[code].parent or ""] + {"2A": "201", "2B": "202"}.get(code, code.zfill(3))
        for (kind, service), digit in LAST_DIGIT.items():
            if kind in kinds_in(code, territory):
                yield f"{kind}-{code}", service, f"{prefix}{digit}"


def targets(territory: Territory, codes: list[str]) -> Iterator[tuple[str, ...]]:
    for code in codes:
        kinds = kinds_in(code, territory)
        first, second = ("CRRA-SAMU", "CTA-CODIS") if code in SAMU_ANSWERS_112 else ("CTA-CODIS", "CRRA-SAMU")
        wanted = {"15": ["CRRA-SAMU"], "17": kinds[2:], "18": ["CTA-CODIS"], "112": [first, second]}
        for service, answering in wanted.items():
            for order, kind in enumerate(answering, 1):
                yield code, service, str(order), f"{kind}-{code}"


def mutual_aid(territory: Territory, codes: list[str], helpers: dict[str, list[str]]) -> Iterator[tuple[str, ...]]:
    """Like helps like; the police and the gendarmerie help each other's neighbours where there is only one of them."""
    for code in codes:
        for kind in kinds_in(code, territory):
            for order, neighbour in enumerate(helpers.get(code, ()), 1):
                there = kinds_in(neighbour, territory)
                helper = kind if kind in there else there[-1]
                yield f"{kind}-{code}", str(order), f"{helper}-{neighbour}"


def nearer_neighbours(territory: Territory) -> dict[str, list[str]]:
    """For each département the neighbours fewer borders away from the root, the most inhabited first."""
    beside = neighbours(territory)
    steps = {ROOT: 0}
    queue = [ROOT]
    for code in queue:
        for other in sorted(beside.get(code, ())):
            if other not in steps:
                steps[other] = steps[code] + 1
                queue.append(other)
    nearer = {
        code: sorted(
            (other for other in beside[code] if steps.get(other, 0) < steps[code]),
            key=lambda other: (-territory.areas[other].population, other),
        )[:HELPERS]
        for code in steps
    }
    return nearer | {code: list(others) for code, others in BY_SEA.items()}


def neighbours(territory: Territory) -> dict[str, set[str]]:
    """The metropolitan départements that share a border: two points of their outlines at least."""
    points = {
        code: {(x, y) for ring in rings for x, y in ring.tolist()}
        for code, rings in territory.outlines.items()
        if len(code) == 2
    }
    return {
        code: {other for other in points if other != code and len(points[code] & points[other]) > 1} for code in points
    }


def write(name: str, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main()

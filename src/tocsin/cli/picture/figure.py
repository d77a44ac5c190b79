"""The whole picture on one sheet, as SVG or PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import wrap
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from tocsin.cli.picture.course import Course, Marks, draw_course, titled
from tocsin.cli.picture.ink import MUTED, SAID
from tocsin.cli.picture.map import draw_map
from tocsin.errors import UsageError
from tocsin.words import Sentence, Words

FORMATS: Final = (".svg", ".png")
STYLE: Final[dict[Any, Any]] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "svg.hashsalt": "tocsin",  # names inside the file follow from its content
    "svg.fonttype": "none",  # text stays text: it can be searched and read aloud
    "hatch.linewidth": 0.5,
}
WIDE: Final = 160
HALF: Final = 80
"""Letters of a course's title that go on one line: across the whole sheet, beside the map."""
SCOPE_LETTERS: Final = 130
NOTE_LETTERS: Final = 170
RIGHT: Final = 0.965
"""Where the courses end: half a date fits beside it, for a tick may stand at their very end."""
LINE: Final = 0.03
"""Height of a line of the header, as a part of the sheet's."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What is drawn. ``losses`` share of calls lost per area, missing where there are no data; ``losses_of`` what they
    are shares of, and ``unknown`` why one may be missing; ``outlines`` rings per area: where there are none, there is
    no map; ``simulated`` true writes so across the sheet, for the records come
    from the simulator; ``day`` of what it shows; ``fact`` how many were lost, and when; ``note`` what else is to be
    said of the sheet as a whole.
    """

    title: str
    scope: str
    simulated: bool
    outlines: Mapping[str, Sequence[NDArray[np.float64]]]
    losses: Mapping[str, float]
    courses: Sequence[Course]
    losses_of: str = ""
    unknown: str = ""
    marks: Marks = field(default_factory=Marks)
    day: str = ""
    fact: str = ""
    credit: str = ""
    note: str = ""


def check_format(path: Path) -> None:
    """Raise UsageError unless `path` ends as a picture that can be written."""
    if path.suffix not in FORMATS:
        raise UsageError(Sentence("usage.no_picture", name=path.name), do=Sentence("do.picture_ending"))


def draw(picture: Picture, path: Path, words: Words) -> None:
    """Draw to `path`, whose ending chooses the format. The same picture gives the same bytes."""
    check_format(path)
    with mpl.rc_context(STYLE):
        metadata = {"Date": None} if path.suffix == ".svg" else {"Software": None}
        sheet(picture, words).savefig(path, format=path.suffix[1:], metadata=metadata)


def sheet(picture: Picture, words: Words) -> Figure:
    """The sheet: the map on the left, the courses beside it, or across where there is no map."""
    figure = Figure(figsize=(13, 7.3), dpi=110)
    letters = HALF if picture.outlines else WIDE
    lines = max((titled(course, letters).count("\n") + 1 for course in picture.courses), default=1)
    title = 0.025 * lines
    top = _head(figure, picture, words) - title
    frame = {"left": 0.02, "right": RIGHT, "top": top, "bottom": 0.1, "wspace": 0.1, "hspace": 0.28 + 0.12 * lines}
    if picture.outlines:
        grid = figure.add_gridspec(len(picture.courses), 2, width_ratios=[1, 1.25], **frame)
        land = figure.add_subplot(grid[:, 0])
        draw_map(land, picture.outlines, picture.losses, words, scaled=picture.losses_of, hatched=picture.unknown)
        figure.text(0.98, 0.015, picture.credit, ha="right", fontsize=7, color=MUTED)
    else:
        grid = figure.add_gridspec(len(picture.courses), 1, **{**frame, "left": 0.06})
    for row, course in enumerate(picture.courses):
        draw_course(figure.add_subplot(grid[row, -1]), course, picture.marks, words, letters=letters)
    marks = figure.axes[-1].get_legend_handles_labels()
    figure.legend(*marks, loc="lower right", bbox_to_anchor=(RIGHT, top + title), ncols=6, frameon=False, fontsize=8)
    return figure


def _head(figure: Figure, picture: Picture, words: Words) -> float:
    """Write what stands above: the title, where it is, the note; returns where the courses can begin."""
    title = words("chart.title", what=picture.title, day=picture.day) if picture.day else picture.title
    figure.suptitle(title, x=0.02, y=0.975, ha="left", fontsize=15, fontweight="bold")
    if picture.simulated:
        figure.text(0.98, 0.945, words("chart.simulated"), ha="right", fontsize=13, color=SAID, fontweight="bold")
    y = 0.905
    for line in wrap(picture.scope, SCOPE_LETTERS):
        figure.text(0.02, y, line, ha="left", fontsize=10.5, color=SAID)
        y -= LINE
    if picture.fact:
        figure.text(0.02, y, picture.fact, ha="left", fontsize=10.5)
        y -= LINE
    for line in wrap(picture.note, NOTE_LETTERS, max_lines=2, placeholder=" …"):
        figure.text(0.02, y, line, ha="left", fontsize=8.5, color=MUTED)
        y -= LINE
    return y - 0.035

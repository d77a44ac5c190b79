"""The whole picture on one sheet, as SVG or PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from tocsin.cli.picture.course import Course, Marks, draw_course
from tocsin.cli.picture.ink import MARK, MUTED
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


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What is drawn. ``losses`` share of calls lost per area, missing where there are no data; ``outlines`` rings per
    area; ``simulated`` true writes so across the sheet, for the records come from the simulator.
    """

    title: str
    scope: str
    simulated: bool
    outlines: Mapping[str, Sequence[NDArray[np.float64]]]
    losses: Mapping[str, float]
    courses: Sequence[Course]
    marks: Marks = field(default_factory=Marks)
    credit: str = ""


def check_format(path: Path) -> None:
    """Raise UsageError unless `path` ends as a picture that can be written."""
    if path.suffix not in FORMATS:
        raise UsageError(Sentence("usage.no_picture", name=path.name), do=Sentence("do.picture_ending"))


def draw(picture: Picture, path: Path, words: Words) -> None:
    """Draw to `path`, whose ending chooses the format. The same picture gives the same bytes."""
    check_format(path)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(13, 7.3), dpi=110)
        figure.suptitle(picture.title, x=0.02, y=0.975, ha="left", fontsize=15, fontweight="bold")
        figure.text(0.02, 0.905, picture.scope, ha="left", fontsize=10.5, color=MARK)
        if picture.simulated:
            figure.text(0.98, 0.945, words("chart.simulated"), ha="right", fontsize=13, color=MARK, fontweight="bold")
        frame = {"left": 0.02, "right": 0.98, "top": 0.82, "bottom": 0.1, "wspace": 0.1, "hspace": 0.45}
        grid = figure.add_gridspec(len(picture.courses), 2, width_ratios=[1, 1.25], **frame)
        draw_map(figure.add_subplot(grid[:, 0]), picture.outlines, picture.losses, words)
        for row, course in enumerate(picture.courses):
            draw_course(figure.add_subplot(grid[row, 1]), course, picture.marks, words)
        marks = figure.axes[-1].get_legend_handles_labels()
        figure.legend(*marks, loc="upper right", bbox_to_anchor=(0.98, 0.9), ncols=6, frameon=False, fontsize=8)
        figure.text(0.98, 0.015, picture.credit, ha="right", fontsize=7, color=MUTED)
        metadata = {"Date": None} if path.suffix == ".svg" else {"Software": None}
        figure.savefig(path, format=path.suffix[1:], metadata=metadata)

"""The map: every area filled by its worst loss, hatched where nobody looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from tocsin.cli.picture.ink import BORDER, LOSS
from tocsin.cli.picture.ticks import Percent
from tocsin.words import Words

HATCH: Final = "////"
LEAST_FULL: Final = 0.1
"""The scale reaches at least 10 %, so that the noise of a quiet day doesn't look like a loss."""


def draw_map(
    axes: Axes,
    outlines: Mapping[str, Sequence[NDArray[np.float64]]],
    losses: Mapping[str, float],
    words: Words,
    *,
    scaled: str,
    hatched: str,
) -> None:
    """Fill each outline by its area's share of calls lost, 0 to 1; an area that `losses` lacks is hatched.

    Rings are as a territory has them: not closed, y to the north. ``scaled`` stands beneath the scale, ``hatched``
    beside the hatching. Where nothing was lost there is no scale, and no colour that would need one.
    """
    full = max([LEAST_FULL, *losses.values()])
    ink = colormaps[LOSS]
    anything = any(losses.values())
    scale = ScalarMappable(Normalize(0, full), ink)
    for area, rings in outlines.items():
        shape = _shape(rings)
        if area in losses:
            colour = ink(losses[area] / full) if anything else "white"
            axes.add_patch(PathPatch(shape, facecolor=colour, edgecolor=BORDER, linewidth=0.4))
        else:
            axes.add_patch(PathPatch(shape, facecolor="white", edgecolor=BORDER, linewidth=0.4, hatch=HATCH))
    axes.autoscale_view()
    axes.set_aspect("equal")
    axes.set_axis_off()
    if anything:
        bar = axes.figure.colorbar(scale, ax=axes, orientation="horizontal", fraction=0.04, pad=0.02, shrink=0.7)
        bar.set_label(scaled, fontsize=9)
        bar.ax.xaxis.set_major_formatter(Percent(words))
    if any(area not in losses for area in outlines):
        sample = Patch(facecolor="white", edgecolor=BORDER, hatch=HATCH, label=hatched)
        axes.legend(handles=[sample], loc="lower left", frameon=False, fontsize=8)


def _shape(rings: Sequence[NDArray[np.float64]]) -> Path:
    closed = (np.vstack([ring, ring[:1]]) for ring in rings)
    return Path.make_compound_path(*(Path(ring, closed=True) for ring in closed))

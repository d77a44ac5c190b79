"""Outlines: the areas as rings to draw."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Outline = tuple[NDArray[np.float64], ...]
"""The rings of an area, islands each their own: arrays (M, 2) of x to the east and y to the north, not closed.

The plane has no geographic meaning: for France it is 613 wide and 585 high, the metropolis in one projection and the
five overseas départements as insets in the sea west of it, each at its own scale.
"""


def read_outlines(path: Path) -> Mapping[str, Outline]:
    """The packaged outlines, by area code."""
    rings = json.loads(gzip.decompress(path.read_bytes()))
    return {code: tuple(np.array(ring, dtype=float) for ring in rings[code]) for code in rings}

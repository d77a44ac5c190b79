"""The crowd: one accident makes many call, and call again. Marks count once for each place, service and ten minutes.

A handset's tries are grouped by caller (`counts`); a crowd's marks are grouped here by where and whom it calls. A loss
of a whole class leaves its marks all over the country and hardly loses any by this; a crowd leaves one instead of
forty.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

WINDOW_S: Final = 600
NEVER: Final = -(2**62)


def places(cells: pl.DataFrame) -> list[tuple[str | None, ...]]:
    """Where and whom each cell's callers call, as one vantage sees it."""
    return cells.select("vantage", "area", "service").rows()


class Crowd:
    """Remembers when each place and service last left each mark; memory is bounded by the places."""

    def __init__(self, columns: tuple[int, ...]) -> None:
        self._columns = np.array(columns, np.int64)
        self._last = np.full((0, len(columns)), NEVER, np.int64)

    def thin(self, step: NDArray[np.int64], place: NDArray[np.int64], counts: NDArray[np.uint32]) -> None:
        """Keep, in place, the marks of the first step of each place in ten minutes that holds one.

        ``step`` (N,) ascending, seconds · ``place`` (N,) number of the place of each row.
        """
        more = int(place.max(initial=-1)) + 1 - len(self._last)
        if more > 0:
            self._last = np.concatenate([self._last, np.full((more, len(self._columns)), NEVER, np.int64)])
        _thin(step, place, counts, self._columns, self._last)


@njit(cache=True)
def _thin(
    step: NDArray[np.int64],
    place: NDArray[np.int64],
    counts: NDArray[np.uint32],
    columns: NDArray[np.int64],
    last: NDArray[np.int64],
) -> None:
    for row in range(len(step)):
        for at in range(len(columns)):
            if counts[row, columns[at]] == 0:
                continue
            since = step[row] - last[place[row], at]
            if since >= WINDOW_S or since == 0:  # within a step all count, so that their order doesn't matter
                last[place[row], at] = step[row]
                counts[row, columns[at]] = 1
            else:
                counts[row, columns[at]] = 0

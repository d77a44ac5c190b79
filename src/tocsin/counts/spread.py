"""How durations spread, in bounded memory: counts in bins that widen with the duration."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

FINEST_S: Final = 0.1
"""Durations below this are one bin; from here on a bin is 2 % wider than the one before it."""

WIDER: Final = 1.02

BINS: Final = 1 + math.ceil(math.log(400 * 86_400 / FINEST_S, WIDER))
"""Enough for 400 days; longer durations fall into the last bin."""


class Spread:
    """Durations in seconds, added one after another; quantiles are right within 2 % (and 0.1 s)."""

    def __init__(self) -> None:
        self._bins = np.zeros(BINS, dtype=np.int64)

    def __len__(self) -> int:
        return int(self._bins.sum())

    def add(self, seconds: NDArray[np.float64]) -> None:
        """Add durations; negative ones count as none."""
        bins = np.ceil(np.log(np.maximum(seconds, FINEST_S) / FINEST_S) / math.log(WIDER)).astype(np.int64)
        self._bins += np.bincount(np.minimum(bins, BINS - 1), minlength=BINS)

    def quantile(self, share: float) -> float | None:
        """The duration that ``share`` (0 to 1) of those added don't exceed; None where none was added."""
        added = len(self)
        if added == 0:
            return None
        reached = int(np.searchsorted(np.cumsum(self._bins), max(1, math.ceil(share * added))))
        return 0.0 if reached == 0 else float(FINEST_S * WIDER**reached)

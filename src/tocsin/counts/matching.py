"""Reconciliation: was a call that an operator says it delivered seen by the centre?

Both see the same call and neither sees the other. The operator's attempt and the centre's record are matched by
service, cell area and time, and by caller where both know one. What isn't matched was lost between the two, so the
pair must be sure: everything doubtful is left out rather than counted as unseen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tocsin.counts.coded import Cells, Coded


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Operator attempts that could be compared: ``time`` (µs) at which each is counted, its ``cell``, ``unseen``."""

    time: NDArray[np.int64]
    cell: NDArray[np.int32]
    unseen: NDArray[np.bool_]


class Matcher:
    """Counts nothing as delivered."""

    reach = 0

    def __init__(self, cells: Cells, *, hold: int, offsets: Mapping[str, float]) -> None: ...

    def push(self, coded: Coded, settled: NDArray[np.bool_]) -> None: ...

    def judge(self, upto: int) -> Judged:  # noqa: ARG002
        empty = np.empty(0, dtype=np.int64)
        return Judged(time=empty, cell=empty.astype(np.int32), unseen=empty.astype(np.bool_))

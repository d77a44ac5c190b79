"""Records with days between them: Monday's file, then Friday's. A watch for each stretch; nothing in between is known.

That no feed of any kind spoke for a day, neither call nor heartbeat, says that there are no records, not that no call
got through. A watch that lives through such a day (`--follow`) has decided it step by step and pages long before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tocsin.cli.aloud import Say
from tocsin.cli.pace import CONFIRM
from tocsin.counts import STEP_S, Tally
from tocsin.watch import Alarm, Aside, Baseline, Watch

SILENT_S: Final = 86_400
"""So many seconds without any record end a stretch."""

REACH_S: Final = 3600
REACH_GAPS: Final = 20
"""So close must `CONFIRM` records lie to be believed: within an hour, or twenty usual gaps where calls are rare."""


def last_known(times: NDArray[np.int64]) -> int:
    """Place of the last of ``times`` (ascending seconds) that two others lie close before.

    A record from a clock that is hours ahead lies behind all others, and what lies between isn't known to be empty.
    Where none lies close to others, all are believed.
    """
    if len(times) >= CONFIRM:
        reach = max(REACH_S, REACH_GAPS * float(np.median(np.diff(times))))
        near = np.flatnonzero(times[CONFIRM - 1 :] - times[: 1 - CONFIRM] <= reach)
        if len(near):
            return int(near[-1]) + CONFIRM - 1
    return len(times) - 1


class Stretches:
    """Watches each stretch of records by a watch of its own, made by ``begin``; decides like one.

    An alarm that is open when the records end stays as it was: nobody knows how it went on. What still fails when they
    begin again is an alarm of its own.
    """

    def __init__(self, begin: Callable[[], Watch], say: Say) -> None:
        self._begin = begin
        self._say = say
        self._watch = begin()
        self._asides: Sequence[Aside] = ()
        self._decided: int | None = None
        self._last = 0

    @property
    def baseline(self) -> Baseline:
        """What the watch of each stretch compares with."""
        return self._watch.baseline

    def set_aside(self, asides: Sequence[Aside]) -> None:
        """Say which feeds' records are set aside, and when, as to `Watch.set_aside`."""
        self._asides = asides
        self._watch.set_aside(asides)

    def decide(self, tally: Tally, until: int) -> list[Alarm]:
        """Take the decided steps up to ``until`` as `Watch.decide` does, and say where no records are."""
        late = int(np.searchsorted(tally.step, self._decided)) if self._decided is not None else 0
        steps = tally.step[late:]
        if not len(steps):
            self._decided = max(until, self._decided) if self._decided is not None else None
            return self._watch.decide(tally, until)
        before = self._decided if self._decided is not None else int(steps[0])
        starts = (late + np.flatnonzero(np.diff(steps, prepend=before) >= SILENT_S)).tolist()
        alarms: list[Alarm] = []
        first = 0
        for start in starts:
            if start - max(first, late) >= CONFIRM:
                part = tally.step[max(first, late) : start]
                self._last = int(part[last_known(part)]) + STEP_S
                alarms += self._watch.decide(_rows(tally, first, start), self._last)
            since, again = (datetime.fromtimestamp(at, UTC) for at in (self._last, int(tally.step[start])))
            self._say("watch.no_records", since=since, until=again)
            self._watch, first = self._begin(), start
            self._watch.set_aside(self._asides)
        alarms += self._watch.decide(_rows(tally, first, len(tally)), until)
        self._decided, self._last = until, min(int(steps[-1]) + STEP_S, until)
        return alarms


def _rows(tally: Tally, first: int, end: int) -> Tally:
    rows = slice(first, end)
    return Tally(cells=tally.cells, step=tally.step[rows], cell=tally.cell[rows], counts=tally.counts[rows])

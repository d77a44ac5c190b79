"""The watch: decided steps in, alarms out. Live and batch are this code.

Time is the records' own: a step is decided at its end and the hold, and every change carries that time as ``at``.
Nothing here reads a clock, so the same tallies give the same alarms.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tocsin.counts import COUNTERS, STEP_S, Tally
from tocsin.territory import Territory
from tocsin.watch.alarm import Alarm
from tocsin.watch.baseline import Baseline
from tocsin.watch.cells import Cells
from tocsin.watch.counting import COLUMN, MARKS, used_counts
from tocsin.watch.crowd import Crowd
from tocsin.watch.events import Events
from tocsin.watch.evidence import Evidence
from tocsin.watch.recent import Recent
from tocsin.watch.scoped import Scoped
from tocsin.watch.silence import Aside, Silence

MONTH_MINUTES: Final = 43_200.0
_BEATS: Final = COUNTERS.index("heartbeats")
_ATTEMPTS: Final = COUNTERS.index("attempts")


class Watch:
    """Watches tallies against a baseline; `decide` in time order, any number of steps at a time.

    ``false_alarm_minutes`` is A: one false page in so many minutes for the whole territory, all scopes and families
    included. ``language`` of the sentences in ``blind_to``: "en" or "fr". Memory is bounded by the cells, the lattice
    and the calls of the last twelve hours.
    """

    def __init__(
        self,
        baseline: Baseline,
        territory: Territory,
        *,
        false_alarm_minutes: float = MONTH_MINUTES,
        language: str = "en",
    ) -> None:
        self.baseline = baseline
        self._territory = territory
        self._a = false_alarm_minutes
        self._language = language
        self._next: int | None = None
        self._asides: Sequence[Aside] = ()
        self._ten_seconds: Scoped
        self._minute: Scoped

    def decide(self, tally: Tally, until: int) -> list[Alarm]:
        """Take the decided steps up to ``until`` (seconds since 1970, exclusive) and return what changed, in order.

        Steps without a row are steps without a call. Rows of steps decided before are passed over: what comes late
        never changes what was said.
        """
        if self._next is None:
            if len(tally) == 0:
                return []
            self._begin(int(tally.step[0]) // 60 * 60)
        assert self._next is not None
        first = int(np.searchsorted(tally.step, self._next))
        last = int(np.searchsorted(tally.step, until // STEP_S * STEP_S))
        decided = slice(first, max(first, last))
        number = self._cells.numbers(tally, decided)
        step = tally.step[decided]
        counts = used_counts(tally)[decided]
        self._crowd.thin(step, self._cells.place[number], counts)
        counting = np.asarray(counts.any(axis=1))  # rows that are only late or only heartbeats move nothing
        beats = tally.counts[decided, _BEATS]
        attempts = tally.counts[decided, _ATTEMPTS]
        alarms: list[Alarm] = []
        at = 0
        while self._next + STEP_S <= until:
            end = int(np.searchsorted(step, self._next + STEP_S))
            rows = slice(at, end)
            self._cells.meet(number[rows])
            self._silence.hear(self._next, number[rows], beats[rows], attempts[rows], self._cells.table)
            some = counting[rows]
            alarms += self._step(number[rows][some], counts[rows][some])
            at = end
        return alarms

    def set_aside(self, asides: Sequence[Aside]) -> None:
        """Say which feeds' records are set aside, and when: what hangs on them sleeps, and `blind_to` says so."""
        self._asides = asides
        if self._next is not None:
            self._silence.know(asides)

    def _begin(self, start: int) -> None:
        self._next = start
        self._evidence = Evidence(self.baseline, self._territory, start)
        self._evidence.heard[:] = False  # a vantage whose records weren't given has lost no calls
        self._cells = Cells(self.baseline.lattice, self._territory, self.baseline.vantages)
        self._recent = Recent()
        self._crowd = Crowd(MARKS)
        self._silence = Silence(self.baseline, start, self._language)
        self._silence.know(self._asides)
        self._events = Events(self._evidence, self._cells, self._recent, self._silence, self._a, self._language)
        size = (len(self.baseline.vantages), len(self.baseline.lattice))
        self._ten_seconds, self._minute = Scoped(*size), Scoped(*size)

    def _step(self, cell: NDArray[np.int32], counts: NDArray[np.uint32]) -> list[Alarm]:
        """One step of ten seconds; the sixth ends a minute."""
        assert self._next is not None
        vantage = self._cells.vantage
        self._ten_seconds.add(cell, counts, self._cells.membership, vantage)
        self._minute.take(self._ten_seconds)
        self._evidence.heard[vantage[cell][vantage[cell] >= 0]] = True
        self._evidence.step(self._ten_seconds, STEP_S)
        self._ten_seconds.clear()
        self._cells.mass += np.bincount(cell, weights=counts[:, COLUMN["tries"]], minlength=len(self._cells.mass))
        self._recent.add(self._next // 60, cell, counts)
        self._next += STEP_S
        if self._next % 60:
            self._silence.doubt(self._next, self._evidence)
            return self._events.look(self._next)
        minute = self._next // 60 - 1
        self._evidence.step(self._minute, 60)
        self._silence.doubt(self._next, self._evidence)
        alarms = self._silence.tell(self._next, self._evidence)
        alarms += self._events.look(self._next)
        alarms += self._events.minute(self._next)
        self._evidence.count(minute, self._minute)
        self._minute.clear()
        return alarms

    @property
    def mixture(self) -> float:
        """M of the paging families now, in minutes: the page is at A."""
        return self._evidence.mixture(pages=True) if self._next is not None else 0.0

"""The peers: ordinary methods on the national arrivals of a minute, at the same false-alarm rate.

Every peer is a function from counts and what it may expect of them (minutes,) to a score; it rings where the score
reaches the threshold at which perfect data (demand exactly as expected) rings once a month. What it does when demand is
5 % lower, on a football evening or in the hard world is then what it does; nothing else is tuned. They see the nation
only: a loss in one place must show in the national count.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import ruptures
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from river import drift

from bench.detection.cases import ONSET_S
from bench.detection.runs import SEED, working_day, world_of
from bench.detection.worlds import DAY_S, MONDAY, Lost, usual_minutes
from bench.detection.year import KICK_OFF_S
from tocsin.counts import COUNTERS

Series = NDArray[np.float64]
Peer = Callable[[Series, Series], Series]
"""(counts, expected) of each minute to a score of "a fall", minute by minute."""

DAY: Final = 1440
MONTH: Final = 30 * DAY
MONTHS: Final = 6
DEAD: Final = 180
"""Minutes after an alarm in which the same peer's further alarms are the same one."""

WEEK_WINDOW: Final = 15
EWMA: Final = 0.1
SOUGHT: Final = 0.11
RUPTURES_WINDOW, RUPTURES_EVERY = 180, 5
DELTAS: Final = 10.0 ** -np.arange(2.0, 13.0, 1.0)
THRESHOLDS: Final = np.arange(10.0, 60.0, 5.0)
_ADWIN: Any = drift.ADWIN  # untyped
_PAGE_HINKLEY: Any = drift.PageHinkley


def static(counts: Series, _expected: Series) -> Series:
    """A fixed threshold on the calls of a quarter of an hour."""
    return -_summed(counts, WEEK_WINDOW)


def last_week(counts: Series, _expected: Series) -> Series:
    """A quarter of an hour against the same one a week ago, in standard deviations of the difference."""
    now = _summed(counts, WEEK_WINDOW)
    before = np.r_[now[: 7 * DAY], now[: -7 * DAY]] if len(now) > 7 * DAY else now
    return (before - now) / np.sqrt(np.maximum(before + now, 1))


def ewma(counts: Series, expected: Series) -> Series:
    """Exponentially weighted residual, weight 0.1 a minute."""
    return -_carried(_residual(counts, expected), lambda mean, x: (1 - EWMA) * mean + EWMA * x)


def cusum(counts: Series, expected: Series) -> Series:
    """Page's CUSUM of Poisson counts for a loss of 11 %, the very loss of the first case."""
    nats = counts * np.log(1 - SOUGHT) + SOUGHT * expected
    return _carried(nats, lambda total, x: max(0.0, total + x))


def adwin(counts: Series, expected: Series) -> Series:
    """river's ADWIN on residuals; the score is the strictest delta (as -log10) at which it reports a fall now."""
    residual, score = _residual(counts, expected), np.zeros(len(counts))
    for delta in DELTAS:
        detector: Any = _ADWIN(delta=float(delta), clock=1)
        before = 0.0
        for minute, x in enumerate(residual):
            detector.update(float(x))
            if detector.drift_detected and detector.estimation < before:
                score[minute] = max(score[minute], -np.log10(delta))
            before = detector.estimation
    return score


def page_hinkley(counts: Series, expected: Series) -> Series:
    """river's Page-Hinkley, falls only, without fading: with it, its sum wanders for as long as nothing changes.

    The score is the largest threshold that it passes now.
    """
    residual, score = _residual(counts, expected), np.zeros(len(counts))
    for threshold in THRESHOLDS:
        detector: Any = _PAGE_HINKLEY(delta=0.25, threshold=float(threshold), alpha=1.0, mode="down")
        for minute, x in enumerate(residual):
            detector.update(float(x))
            if detector.drift_detected:
                score[minute] = max(score[minute], threshold)
    return score


def offline(counts: Series, expected: Series) -> Series:
    """ruptures (KernelCPD, linear kernel) on the residuals of the last three hours, asked every five minutes.

    The score is the gain of its one best change point where the mean falls there.
    """
    residual, score = _residual(counts, expected), np.zeros(len(counts))
    for minute in range(RUPTURES_WINDOW, len(residual), RUPTURES_EVERY):
        recent = residual[minute - RUPTURES_WINDOW : minute]
        change = ruptures.KernelCPD(kernel="linear", min_size=5).fit(recent).predict(n_bkps=1)[0]
        first, last = recent[:change], recent[change:]
        gain = recent.var() * len(recent) - first.var() * len(first) - last.var() * len(last)
        score[minute - 1] = gain if last.mean() < first.mean() else 0.0
    return score


PEERS: Final[dict[str, Peer]] = {
    "static threshold": static,
    "same hour last week": last_week,
    "EWMA": ewma,
    "CUSUM": cusum,
    "river ADWIN": adwin,
    "river Page-Hinkley": page_hinkley,
    "ruptures, last 3 h": offline,
}

CASES: Final = {
    "nation 11 %": 0.11,
    "région 30 %": 0.05 * 0.30,
    "largest 30 %": 0.038 * 0.30,
    "operator there": 0.019,
}
"""Losses as shares of the nation. The 40 % operator's 27.5 % and the fixed lines' 44 % are 11 % of it as well."""


def alarms(score: Series, threshold: float) -> list[int]:
    """The minutes at which it rings, one for each `DEAD` minutes."""
    found: list[int] = []
    for minute in np.flatnonzero(score >= threshold):
        if not found or minute - found[-1] >= DEAD:
            found.append(int(minute))
    return found


def calibrated(score: Series, months: int) -> float:
    """The lowest threshold at which a score rings at most once a month."""
    low, high = float(score.min()), float(score.max()) + 1e-9
    for _ in range(40):
        middle = (low + high) / 2
        if len(alarms(score, middle)) > months:
            low = middle
        else:
            high = middle
    return high


def national(kind: str, run: int, lost: Lost | None = None, football: int | None = None) -> Series:
    """(1440,) national arrivals of one run's day in a world."""
    day = working_day(run)
    tally = world_of(kind, False, SEED + 1 + run).day(day, lost, football)
    minute = (tally.step - MONDAY - day * DAY_S) // 60
    return np.bincount(minute, weights=tally.counts[:, COUNTERS.index("attempts")], minlength=DAY).astype(np.float64)


def report(runs: int = 40) -> None:
    """Print the delays and the false alarms of every peer."""
    started = time.process_time()
    rng = np.random.default_rng(SEED)
    expected = np.tile(usual_minutes(), MONTHS * 30)
    perfect = rng.poisson(expected).astype(float)
    month, before = expected[:MONTH], rng.poisson(np.tile(usual_minutes(), 7)).astype(float)
    print(f"\nPeers on national arrivals a minute, one false alarm a month on perfect data ({MONTHS} months)")
    head = "".join(f"{name:>20s}" for name in CASES)
    print(
        f"{'median minutes (runs seen in 3 h)':34s}{head} |  false alarms: a month at -5 %, of evenings, a hard month"
    )
    for name, peer in PEERS.items():
        threshold = calibrated(peer(perfect, expected), MONTHS)
        delays = []
        for loss in CASES.values():
            found = [_delay(peer, threshold, before, loss, run) for run in range(runs)]
            delays.append(f"{np.median(found):7.0f} ({100 * np.mean(np.isfinite(found)):3.0f} %)")
        low = len(alarms(peer(rng.poisson(0.95 * month).astype(float), month), threshold))
        evenings = [_evening(peer, threshold, before, run) for run in range(runs)]
        hard = np.concatenate([national("hard", run) for run in range(30)])
        wrong = len(alarms(peer(hard, np.tile(usual_minutes(), 30)), threshold))
        shown = "".join(f"{delay:>20s}" for delay in delays)
        print(f"{name:34s}{shown} |  {low:4d}  {100 * np.mean(evenings):3.0f} %  {wrong:4d}", flush=True)
    print(
        f"simulated; {runs} runs a case and {runs} evenings, seeds {SEED} to {SEED + runs}; "
        f"{time.process_time() - started:.0f} s of a core"
    )


def _delay(peer: Peer, threshold: float, before: Series, loss: float, run: int) -> float:
    """Minutes from 17:00 to the alarm in the exact world; infinite where none came in three hours."""

    def gone(_calls: object, second: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bool_]:
        return (second >= ONSET_S) & (rng.random(len(second)) < loss)

    score = _day_after(peer, before, national("exact", run, gone))
    onset = ONSET_S // 60
    rings = np.flatnonzero(score[onset : onset + 180] >= threshold)
    return float(rings[0] + 1) if len(rings) else float("inf")


def _evening(peer: Peer, threshold: float, before: Series, run: int) -> bool:
    """Whether it rings within two hours of a kick-off in the exact world."""
    score = _day_after(peer, before, national("exact", run, football=KICK_OFF_S))
    return bool((score[KICK_OFF_S // 60 : KICK_OFF_S // 60 + 120] >= threshold).any())


def _day_after(peer: Peer, before: Series, day: Series) -> Series:
    """The score of a day that follows a week of perfect data (or the hours of it that the peer looks at)."""
    stretch = 7 * DAY if peer is last_week else 2 * DAY if peer in (adwin, page_hinkley) else RUPTURES_WINDOW
    counts = np.r_[before[-stretch:], day]
    expected = np.tile(usual_minutes(), 8)[-len(counts) :]
    return peer(counts, expected)[-DAY:]


def _residual(counts: Series, expected: Series) -> Series:
    return (counts - expected) / np.sqrt(expected)


def _summed(counts: Series, minutes: int) -> Series:
    """Sums over the last ``minutes`` minutes; the first are taken as they come."""
    padded = np.r_[np.full(minutes - 1, counts[:minutes].mean()), counts]
    return np.asarray(sliding_window_view(padded, minutes).sum(axis=1))


def _carried(values: Series, then: Callable[[float, float], float]) -> Series:
    """A recursion from zero."""
    out, state = np.empty(len(values)), 0.0
    for minute, x in enumerate(values):
        state = out[minute] = then(state, float(x))
    return out

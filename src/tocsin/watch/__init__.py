"""Is something wrong: the baseline, the evidence, the lattice of scopes, the detector and its alarms."""

from tocsin.watch.alarm import Alarm, Cause, Evidence, Interval, Level, State
from tocsin.watch.baseline import Baseline, LeftOut
from tocsin.watch.expected import Expected, expected_arrivals, expected_failures, vantages_with
from tocsin.watch.learn import learn
from tocsin.watch.saved import read_baseline, write_baseline
from tocsin.watch.scope import Scope
from tocsin.watch.silence import ASIDE_S, Aside
from tocsin.watch.watch import MONTH_MINUTES, Watch
from tocsin.watch.yardstick import Revealed, Yardstick, learned_yardstick, reveals

__all__ = [
    "ASIDE_S",
    "MONTH_MINUTES",
    "Alarm",
    "Aside",
    "Baseline",
    "Cause",
    "Evidence",
    "Expected",
    "Interval",
    "LeftOut",
    "Level",
    "Revealed",
    "Scope",
    "State",
    "Watch",
    "Yardstick",
    "expected_arrivals",
    "expected_failures",
    "learn",
    "learned_yardstick",
    "read_baseline",
    "reveals",
    "vantages_with",
    "write_baseline",
]

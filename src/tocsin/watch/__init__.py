"""Is something wrong: the baseline, the evidence, the lattice of scopes, the detector and its alarms."""

from tocsin.watch.alarm import Alarm, Evidence, Interval, Level, State
from tocsin.watch.baseline import Baseline
from tocsin.watch.learn import learn
from tocsin.watch.scope import Scope
from tocsin.watch.watch import MONTH_MINUTES, Watch

__all__ = [
    "MONTH_MINUTES",
    "Alarm",
    "Baseline",
    "Evidence",
    "Interval",
    "Level",
    "Scope",
    "State",
    "Watch",
    "learn",
]

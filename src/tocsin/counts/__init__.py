"""Many attempts: cells, tallies per step, lateness, silence and the standard indicators."""

from tocsin.counts.tallier import Tallier, tallies, tally
from tocsin.counts.tally import COUNTERS, KEY, STEP_S, Tally

__all__ = ["COUNTERS", "KEY", "STEP_S", "Tallier", "Tally", "tallies", "tally"]

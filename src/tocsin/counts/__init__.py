"""Many attempts: cells, tallies per step, lateness, silence and the standard indicators."""

from tocsin.counts.coded import READ
from tocsin.counts.kpi import BY, KPIS, Kpi, kpi
from tocsin.counts.lateness import FeedLateness, Lateness
from tocsin.counts.offsets import learn_offsets
from tocsin.counts.silence import CHANCE, FeedLife, Life, Silence
from tocsin.counts.spread import Spread
from tocsin.counts.tallier import Tallier, tallies, tally
from tocsin.counts.tally import COUNTERS, KEY, STEP_S, Tally

__all__ = [
    "BY",
    "CHANCE",
    "COUNTERS",
    "KEY",
    "KPIS",
    "READ",
    "STEP_S",
    "FeedLateness",
    "FeedLife",
    "Kpi",
    "Lateness",
    "Life",
    "Silence",
    "Spread",
    "Tallier",
    "Tally",
    "kpi",
    "learn_offsets",
    "tallies",
    "tally",
]

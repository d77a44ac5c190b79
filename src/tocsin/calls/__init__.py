"""One attempt: the record, its outcome, the legs it is made of, and the readers at its edge."""

from tocsin.calls.draft import draft_mapping
from tocsin.calls.drafted import Drafted, Unused
from tocsin.calls.examine import Examination, examine
from tocsin.calls.follow import follow
from tocsin.calls.mapping import Mapping, shipped_names
from tocsin.calls.outcome import DELIVERED, FAILED, outcome_of
from tocsin.calls.read import read
from tocsin.calls.record import HEARTBEAT, RECORD, VANTAGES, Outcome
from tocsin.calls.rejects import REASONS, Rejects, mend, reason_told
from tocsin.calls.site import Site, draft_site
from tocsin.calls.unlisted import UNLISTED, Unlisted, unlisted_of

__all__ = [
    "DELIVERED",
    "FAILED",
    "HEARTBEAT",
    "REASONS",
    "RECORD",
    "UNLISTED",
    "VANTAGES",
    "Drafted",
    "Examination",
    "Mapping",
    "Outcome",
    "Rejects",
    "Site",
    "Unlisted",
    "Unused",
    "draft_mapping",
    "draft_site",
    "examine",
    "follow",
    "mend",
    "outcome_of",
    "read",
    "reason_told",
    "shipped_names",
    "unlisted_of",
]

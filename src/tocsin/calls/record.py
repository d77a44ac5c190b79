"""The record: what one vantage says of one attempt. Every reader ends here and everything else starts here."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import polars as pl


class Outcome(StrEnum):
    """How an attempt ended (classes of ITU-T E.411 and E.425, kept disjoint)."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    BUSY = "busy"
    REFUSED = "refused"
    LOST = "lost"
    MISROUTED = "misrouted"


VANTAGES: Final = ("operator", "centre", "router", "probe")
"""Who can see a call. Vantages never add up: operator and centre see the same call."""

HEARTBEAT: Final = "heartbeat"
"""The `service` of a record that is no call: it says that its feed lives."""

RECORD: Final = pl.Schema(
    {
        "id": pl.String(),  # the feed's own name for the attempt; (feed, id) repeats within 48 h are duplicates
        "time": pl.Datetime("us", "UTC"),  # when the attempt began
        "seen": pl.Datetime("us", "UTC"),  # when the record reached us; null: at once
        "vantage": pl.Enum(VANTAGES),
        "feed": pl.String(),
        "service": pl.String(),  # the territory's short number, or `heartbeat`
        "area": pl.String(),
        "operator": pl.String(),
        "access": pl.String(),
        "path": pl.String(),  # nodes joined by `>` in the order the call crossed them
        "centre": pl.String(),
        "outcome": pl.Enum([outcome.value for outcome in Outcome]),
        "sip_status": pl.Int16(),  # final status, RFC 3261
        "q850_cause": pl.Int16(),  # ITU-T Q.850
        "ring_s": pl.Float32(),  # seconds
        "talk_s": pl.Float32(),  # seconds
        "caller": pl.String(),  # HMAC of the number under the day's key, 16 hex; never the number
    }
)
"""The one schema of a record (Polars holds it as Arrow). All but `time` and `service` may be null: unknown."""

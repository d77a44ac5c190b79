"""How an attempt ended, from what its record says of it.

A given outcome wins over codes; the final SIP status wins over the Q.850 cause, because it's what the caller's side
got. The tables below are the rule. Two things decide where a code alone can't:

* **rang** (`ring_s` above 0: an 18x or an alerting was seen): after ringing, a call that nobody took was *abandoned*,
  since it had been delivered; without ringing it never arrived.
* **talked** (`talk_s` above 0): normal clearing ends an answered call as well as one that was given up.

The number called is always one of the routing plan, so "no such number" is a loss and not the caller's mistake; and for
an emergency number a busy is a failure. Failed = lost, misrouted, busy, refused. Delivered = answered, abandoned.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tocsin.calls.record import Outcome
from tocsin.wire import CAUSES_FROM_STATUS

FAILED: Final = (Outcome.LOST, Outcome.MISROUTED, Outcome.BUSY, Outcome.REFUSED)
"""Outcomes of an attempt that reached no centre, or not the right one."""

DELIVERED: Final = (Outcome.ANSWERED, Outcome.ABANDONED)
"""Outcomes of an attempt that reached a centre."""

NO_ATTEMPT: Final = (401, 402, 407)
"""SIP statuses that ask the caller to try again with credentials: such a transaction is no attempt (RFC 6076, 4.6)."""

_A, _B, _R, _L, _M, _G = (
    Outcome.ANSWERED,
    Outcome.BUSY,
    Outcome.REFUSED,
    Outcome.LOST,
    Outcome.MISROUTED,
    Outcome.ABANDONED,
)

SIP_OUTCOME: Final[dict[int, tuple[Outcome | None, Outcome | None]]] = {
    # status: (without ringing, after ringing); None: the status doesn't say
    **dict.fromkeys(range(100, 200), (_L, _L)),  # the last thing heard was provisional: no final answer ever came
    **dict.fromkeys(range(200, 300), (_A, _A)),
    **dict.fromkeys(range(300, 400), (None, None)),  # redirected: the attempt goes on elsewhere
    **dict.fromkeys(range(400, 700), (_L, _L)),  # whatever stands in no line below: the network failed
    **dict.fromkeys(NO_ATTEMPT, (None, None)),
    403: (_R, _R),
    408: (_L, _G),  # a timeout of the network; after ringing, nobody took the call
    410: (_M, _M),  # the plan points to a number that has moved (Q.850 22)
    480: (_R, _G),
    486: (_B, _B),
    487: (_G, _G),  # the answer to CANCEL: the caller gave up
    600: (_B, _B),
    603: (_R, _R),
    607: (_R, _R),
    608: (_R, _R),
}
"""Final SIP status (RFC 3261, 5079, 8197, 8688) -> outcome."""

Q850_OUTCOME: Final[dict[int, tuple[Outcome | None, Outcome | None]]] = {
    # cause: (without ringing, after ringing)
    **dict.fromkeys(range(1, 16), (_L, _L)),  # normal class, but the number or the circuit failed
    7: (None, None),  # the call goes on in another channel
    16: (None, _G),  # ends answered calls as well: see `talked`
    17: (_B, _B),
    18: (_L, _G),  # the far end said nothing; RFC 3398 gives 408
    19: (_G, _G),  # alerted, nobody took it
    20: (_R, _G),
    21: (_R, _R),
    22: (_M, _M),
    23: (None, None),  # redirected
    24: (_R, _R),
    25: (_L, _L),
    26: (None, None),  # another branch won
    27: (_L, _L),
    28: (_L, _L),
    29: (_R, _R),
    30: (None, None),  # a reply, not an end
    31: (None, _G),
    **dict.fromkeys(range(32, 128), (_L, _L)),  # resource, service, protocol, interworking classes
}
"""Cause (ITU-T Q.850) -> outcome."""

_CLEARING: Final = (16, 31)


def outcome_of(
    *,
    given: Outcome | None = None,
    sip: int | None = None,
    q850: int | None = None,
    ring_s: float | None = None,
    talk_s: float | None = None,
) -> Outcome | None:
    """The outcome of one attempt, None where the record can't tell. The columns' form is `outcome_column`."""
    frame = pl.DataFrame(
        {"outcome": [given], "sip_status": [sip], "q850_cause": [q850], "ring_s": [ring_s], "talk_s": [talk_s]},
        schema={"outcome": pl.String, "sip_status": pl.Int16, "q850_cause": pl.Int16, "ring_s": pl.Float32,
                "talk_s": pl.Float32},
    )  # fmt: skip
    found = frame.select(outcome_column()).item()
    return None if found is None else Outcome(found)


def outcome_column() -> pl.Expr:
    """The outcome of every record from its columns outcome, sip_status, q850_cause, ring_s and talk_s."""
    rang = (pl.col("ring_s") > 0).fill_null(value=False)
    cause = pl.col("q850_cause")
    talked = cause.is_in(_CLEARING) & (pl.col("talk_s") > 0)
    return pl.coalesce(
        pl.col("outcome").cast(pl.String),
        _looked_up(pl.col("sip_status"), SIP_OUTCOME, rang),
        pl.when(talked).then(pl.lit(Outcome.ANSWERED.value)),
        _looked_up(cause, Q850_OUTCOME, rang),
    )


def disagreement() -> pl.Expr:
    """Where status and cause tell of different ends: one that RFC 3398 counts among the failures and one that isn't.

    A switch that writes "normal clearing" for a call that the far side refused hides a loss; the status is believed.
    """
    failed = [cause for cause, (silent, _) in Q850_OUTCOME.items() if silent in FAILED]
    expected = pl.col("sip_status").replace_strict(
        list(CAUSES_FROM_STATUS), list(CAUSES_FROM_STATUS.values()), default=None, return_dtype=pl.Int16
    )
    return (expected.is_in(failed) != pl.col("q850_cause").is_in(failed)).fill_null(value=False)


def _looked_up(code: pl.Expr, table: dict[int, tuple[Outcome | None, Outcome | None]], rang: pl.Expr) -> pl.Expr:
    silent, ringing = (
        code.replace_strict(
            list(table), [None if row[i] is None else str(row[i]) for row in table.values()],
            default=None, return_dtype=pl.String,
        )
        for i in (0, 1)
    )  # fmt: skip
    return pl.when(rang).then(ringing).otherwise(silent)

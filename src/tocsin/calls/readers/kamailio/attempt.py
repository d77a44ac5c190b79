"""Transactions of whole calls to attempts."""

from __future__ import annotations

from typing import Final

import polars as pl

from tocsin.calls.admit import relabelled
from tocsin.calls.legs import BEST_FIRST, CALL
from tocsin.calls.outcome import NO_ATTEMPT, SIP_OUTCOME
from tocsin.calls.rows import LINE
from tocsin.territory import Territory
from tocsin.words import Sentence

CHALLENGED_ONLY: Final = Sentence("remark.challenged_only")
ORPHAN: Final = Sentence("remark.orphan")

_KEY: Final = (CALL, "from_tag")
_RANK: Final = {status: BEST_FIRST.index(silent) for status, (silent, _) in SIP_OUTCOME.items() if silent is not None}


def attempts_of(transactions: pl.DataFrame, territory: Territory) -> tuple[pl.DataFrame, dict[Sentence, int]]:
    """One row an attempt, raw, with called, trunk and caller; and what to remark."""
    invites = transactions.filter(pl.col("method") == "INVITE")
    byes = transactions.filter(pl.col("method") == "BYE")
    rank = pl.col("sip_status").replace_strict(list(_RANK), list(_RANK.values()), default=len(BEST_FIRST))
    final = ~pl.col("sip_status").is_in(NO_ATTEMPT)
    worst = pl.col("sip_status").filter(final).sort_by(rank.filter(final), -pl.col("sip_status").filter(final)).first()
    tried = invites.group_by(_KEY, maintain_order=True).agg(
        worst,
        pl.col("time").min(),
        pl.col("time").filter(pl.col("sip_status").is_between(200, 299)).min().alias("answer"),
        *(pl.col(name).drop_nulls().first() for name in ("feed", "caller", "called", "dialled", "trunk", LINE)),
    )
    attempts = tried.filter(pl.col("sip_status").is_not_null())
    ends = pl.concat(
        [byes.select(CALL, tag, "time").rename({tag: "from_tag", "time": "bye"}) for tag in ("from_tag", "to_tag")]
    )
    ends = ends.join(attempts.select(*_KEY, "answer"), on=_KEY, how="inner").filter(pl.col("bye") >= pl.col("answer"))
    ended = attempts.join(ends.group_by(_KEY).agg(pl.col("bye").min()), on=_KEY, how="left", maintain_order="left")
    orphans = byes.join(invites, on=CALL, how="anti").height
    services = relabelled(ended["dialled"], lambda number: _short(number, territory))
    return ended.select(
        pl.concat_str(_KEY, separator=";").alias("id"),
        "time",
        pl.lit("operator").alias("vantage"),
        "feed",
        "caller",
        "called",
        "trunk",
        services.alias("service"),
        "sip_status",
        (pl.col("bye") - pl.col("answer")).dt.total_milliseconds().truediv(1000).alias("talk_s"),
        LINE,
    ), {CHALLENGED_ONLY: tried.height - attempts.height, ORPHAN: orphans}


def _short(number: str, territory: Territory) -> str | None:
    service = territory.service(number)
    return service.code if service else None

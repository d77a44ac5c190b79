"""Key performance indicators by their standard names, each with its formula and its source.

Every attempt is a seizure. Heartbeats are no calls. Vantages are never added up: operator and centre see the same
call. No percentage comes without its numerator and denominator.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from tocsin.calls.record import HEARTBEAT, RECORD, Outcome
from tocsin.errors import UsageError
from tocsin.words import Sentence


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """One indicator: 100 x the attempts that meet ``over`` and ``of``, by those that meet ``of``.

    ``name`` column of its percentage; `NAME_n` and `NAME_of` hold numerator and denominator · ``title`` the standard's
    name for it · ``formula`` in the standard's terms · ``source`` where it stands · ``of_unknown`` it counts outcomes
    among attempts whose outcome may be unknown: where none is known, it is unknown and not 0.
    """

    name: str
    title: str
    formula: str
    source: str
    over: pl.Expr
    of: pl.Expr
    of_unknown: bool = False


def _outcome(*outcomes: Outcome) -> pl.Expr:
    return pl.col("outcome").cast(pl.String).is_in([outcome.value for outcome in outcomes])


def _status(*statuses: int) -> pl.Expr:
    return pl.col("sip_status").is_in(statuses)


_KNOWN: Final = pl.col("outcome").is_not_null()
_ANSWERED: Final = _outcome(Outcome.ANSWERED)
_SIP: Final = pl.col("sip_status").is_not_null()
_RECOVERABLE: Final = pl.col("sip_status").is_between(300, 399) | _status(401, 402, 407)
_RANG: Final = _ANSWERED & pl.col("ring_s").is_not_nan()


def _within(seconds: int) -> pl.Expr:
    return pl.col("ring_s") <= seconds


KPIS: Final = (
    Kpi(
        name="asr",
        title=Sentence("indicator.asr"),
        formula=Sentence("formula.asr"),
        source="ITU-T E.411, E.425",
        over=_ANSWERED,
        of=_KNOWN,
    ),
    Kpi(
        name="abr",
        title=Sentence("indicator.abr"),
        formula=Sentence("formula.abr"),
        source="ITU-T E.411, E.425",
        over=_ANSWERED,
        of=pl.lit(True),
        of_unknown=True,
    ),
    Kpi(
        name="ner",
        title=Sentence("indicator.ner"),
        formula=Sentence("formula.ner"),
        source="ITU-T E.425",
        over=_outcome(Outcome.ANSWERED, Outcome.ABANDONED, Outcome.BUSY, Outcome.REFUSED),
        of=_KNOWN,
    ),
    Kpi(
        name="ner_emergency",
        title=Sentence("indicator.ner_emergency"),
        formula=Sentence("formula.ner_emergency"),
        source=Sentence("source.ner_emergency"),
        over=_outcome(Outcome.ANSWERED, Outcome.ABANDONED),
        of=_KNOWN,
    ),
    Kpi(
        name="ser",
        title=Sentence("indicator.ser"),
        formula=Sentence("formula.ser"),
        source="RFC 6076, 4.6",
        over=_status(200),
        of=_SIP & ~_RECOVERABLE,
    ),
    Kpi(
        name="seer",
        title=Sentence("indicator.seer"),
        formula=Sentence("formula.seer"),
        source="RFC 6076, 4.7",
        over=_status(200, 480, 486, 600, 603),
        of=_SIP & ~_RECOVERABLE,
    ),
    Kpi(
        name="isa",
        title=Sentence("indicator.isa"),
        formula=Sentence("formula.isa"),
        source="RFC 6076, 4.8",
        over=_status(408, 500, 503, 504),
        of=_SIP,
    ),
    Kpi(
        name="within_15s",
        title=Sentence("indicator.within_15s"),
        formula=Sentence("formula.within_15s"),
        source="NENA-STA-020.1-2020",
        over=_within(15),
        of=_RANG,
    ),
    Kpi(
        name="within_20s",
        title=Sentence("indicator.within_20s"),
        formula=Sentence("formula.within_20s"),
        source="NENA-STA-020.1-2020",
        over=_within(20),
        of=_RANG,
    ),
    Kpi(
        name="within_60s",
        title=Sentence("indicator.within_60s"),
        formula=Sentence("formula.within_60s"),
        source=Sentence("source.within_60s"),
        over=_within(60),
        of=_RANG,
    ),
    Kpi(
        name="unknown",
        title=Sentence("indicator.unknown"),
        formula=Sentence("formula.unknown"),
        source="tocsin",
        over=~_KNOWN,
        of=pl.lit(True),
    ),
)
"""The indicators, in the order of their columns."""

BY: Final = ("service", "operator", "access", "area", "centre", "feed", "path", "vantage")
"""What indicators can be told apart by; the vantage always is."""


def kpi(batches: Iterable[pl.DataFrame], by: Sequence[str] = ("service",)) -> pl.DataFrame:
    """The indicators of all records, one row for each combination of ``by`` and vantage, sorted.

    ``batches`` in the `RECORD` schema, duplicates removed. Columns: those of ``by``, `vantage`, `attempts`,
    `answered`, then for each of `KPIS` its percentage (0 to 100; null where the denominator is 0), `NAME_n` and
    `NAME_of`. Where no attempt's outcome is known nobody knows how many were answered: `answered`, and what is
    ``of_unknown``, are null. Streams: memory is bounded by the rows of the answer. `UsageError` for a word that isn't
    in `BY`.
    """
    for word in by:
        if word not in BY:
            raise UsageError(Sentence("usage.no_word", word=repr(word)), do=Sentence("do.some_of", known=", ".join(BY)))
    keys = [*dict.fromkeys(word for word in by if word != "vantage"), "vantage"]
    counts = _count(pl.DataFrame(schema=RECORD), keys)
    for batch in batches:
        counts = pl.concat([counts, _count(batch, keys)]).group_by(keys).sum()
    return _percentages(counts, keys)


def _count(batch: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    calls = batch.filter(pl.col("service").ne_missing(HEARTBEAT)).with_columns(pl.col("vantage").cast(pl.String))
    return calls.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("attempts"),
        _ANSWERED.sum().cast(pl.Int64).alias("answered"),
        *((one.over & one.of).sum().cast(pl.Int64).alias(f"{one.name}_n") for one in KPIS),
        *((one.of & pl.col("time").is_not_null()).sum().cast(pl.Int64).alias(f"{one.name}_of") for one in KPIS),
    )


def _percentages(counts: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    any_known = pl.col("unknown_n") < pl.col("unknown_of")
    columns = [pl.when(any_known).then("answered").alias("answered")]
    for one in KPIS:
        over, of = pl.col(f"{one.name}_n"), pl.col(f"{one.name}_of")
        if one.of_unknown:
            over = pl.when(any_known).then(over).alias(over.meta.output_name())
        columns += [pl.when(of > 0).then(100 * over / of).alias(one.name), over, of]
    return counts.sort(keys, nulls_last=True).select(*keys, "attempts", *columns)

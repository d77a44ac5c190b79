"""Which loss a file's volume reveals in how many minutes, and which never: in everything, and in parts of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import typer
from scipy.stats import chi2

from tocsin.calls import FAILED, Examination
from tocsin.territory import Territory
from tocsin.watch import MONTH_MINUTES, Revealed, reveals
from tocsin.words import Words

CLASSES: Final[Mapping[str, Callable[[Words, str], str]]] = {
    "operator": lambda words, value: words("look.of_operator", operator=value),
    "access": lambda words, value: words(f"look.of_{value}"),
    "centre": lambda words, value: words("look.of_centre", centre=value),
}
"""What may fail by itself while the rest goes on, and how it is named."""

NAMED: Final = 2
"""So many classes of each kind are looked at: the largest."""


def rate_interval(found: Examination) -> tuple[float, float]:
    """The calls a minute that the count allows at 95 % (exact for a Poisson count: Garwood 1936)."""
    minutes = found.calls / found.per_minute
    low, high = chi2.ppf(0.025, 2 * found.calls) / 2, chi2.ppf(0.975, 2 * found.calls + 2) / 2
    return float(low / minutes), float(high / minutes)


def reveal(found: Examination, territory: Territory, words: Words) -> None:
    """Say it: of everything, of the largest classes, of the services, of the largest and the median area."""
    vantages = found.counts["vantage"].values()  # they never add up: two may have seen the same call
    per_minute = found.per_minute * max(vantages, default=found.calls) / found.calls
    outcomes = found.counts["outcome"]
    known = sum(outcomes.values())
    rate = sum(outcomes.get(outcome, 0) for outcome in FAILED) / known if known else None
    classes = {
        name(words, value): count / found.calls
        for dimension, name in CLASSES.items()
        for value, count in _largest(found.counts[dimension])[:NAMED]
        if count < found.calls
    }
    typer.echo(words("look.reveals"))
    all_of_it = reveals(per_minute, failure_rate=rate, shares=classes, false_alarm_minutes=MONTH_MINUTES)
    _tell({"everything": words("look.everything")}, all_of_it, words)
    for where, share, siblings in _parts(found, territory, words):
        part = reveals(
            per_minute * share,
            failure_rate=rate,
            shares={},
            false_alarm_minutes=MONTH_MINUTES * siblings,  # to find which, the evidence must be so much stronger
        )
        _tell({"everything": where}, part, words)


def _parts(found: Examination, territory: Territory, words: Words) -> Iterator[tuple[str, float, int]]:
    """Services and areas, each with its share of the calls and with how many there are of its kind."""
    services = _largest(found.counts["service"])
    if len(services) > 1:
        for service, count in services[:NAMED]:
            share = count / found.calls
            yield words("look.service", service=service, share=words.percent(share)), share, len(services)
    areas = _largest(found.cells)
    if len(areas) > 1:
        for rank, (code, count) in (("largest", areas[0]), ("median", areas[len(areas) // 2])):
            share = count / found.calls
            name = f"{territory.areas[code].name} ({code})"
            told = words("look.area", rank=words(f"look.{rank}"), area=name, share=words.percent(share, 1))
            yield told, share, len(areas)


def _largest(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _tell(names: Mapping[str, str], losses: list[Revealed], words: Words) -> None:
    """A line for each part and family: which of the losses after how long, and which never."""
    seen: dict[tuple[str, str], list[Revealed]] = {}
    for one in losses:
        seen.setdefault((one.what, one.family), []).append(one)
    for (what, family), each in seen.items():
        told = ", ".join(
            words("look.after", loss=words.percent(one.loss), minutes=words.minutes(max(one.minutes, 1)))
            if one.minutes is not None
            else words("look.never", loss=words.percent(one.loss))
            for one in each
        )
        where = names.get(what, what)
        typer.echo(words("look.revealed", where=where, family=words(f"family.{family}"), told=told))

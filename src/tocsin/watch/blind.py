"""What the view is blind to: said on every alarm, so that silence is never taken for health."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from tocsin.watch.baseline import Baseline
from tocsin.watch.caution import cautions
from tocsin.watch.demand import at
from tocsin.watch.lattice import ALL
from tocsin.watch.nulls import Z
from tocsin.words import Words

if TYPE_CHECKING:
    from tocsin.watch.evidence import Evidence

SHOWN_BY: Final = 15.0
"""Calls within the hold that are missing when a silent feed pages: the eleven nats of one false page a month, and four
for its place among the scopes. `docs/why/detection.md` has the minutes measured beside it."""

SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "no_outcome": {
        "en": "No feed says how calls ended: a loss spread evenly over everything shows in arrivals alone, and below "
        "about {percent:.0f} % it stays inside the noise of demand.",
        "fr": "Aucun flux ne dit comment les appels se terminent : une perte uniforme ne se voit que dans les "
        "arrivées et, sous {percent:.0f} % environ, reste dans le bruit de la demande.",
    },
    "no_operator": {
        "en": "No operator feed: calls lost before they reach a centre are seen only as missing arrivals.",
        "fr": "Aucun flux d'opérateur : les appels perdus avant un centre ne se voient que comme arrivées manquantes.",
    },
    "no_centre": {
        "en": "No centre feed: calls that the operator says were delivered aren't checked on arrival.",
        "fr": "Aucun flux de centre : les appels que l'opérateur dit remis ne sont pas vérifiés à l'arrivée.",
    },
    "no_caller": {
        "en": "Callers aren't known at the {vantage} vantage: redials can't be told from new calls, so evidence is "
        "tempered and comes later.",
        "fr": "Les enregistrements {vantage} ne disent pas qui appelle : les rappels ne se distinguent pas des "
        "nouveaux appels ; l'indice est tempéré et vient plus tard.",
    },
    "few_redials": {
        "en": "Callers are known at the {vantage} vantage, but its history holds too few calls and redials to learn "
        "how often they dial again: that they do isn't looked at.",
        "fr": "Les enregistrements {vantage} disent qui appelle, mais leur historique contient trop peu d'appels et de "
        "rappels pour apprendre combien on rappelle : les rappels ne sont pas regardés.",
    },
    "no_heartbeat": {
        "en": "{count} of {of} feeds send no heartbeat ({names}): their silence can't be told from a total loss.",
        "fr": "{count} flux sur {of} n'envoient pas de battement ({names}) : leur silence ne se distingue pas d'une "
        "perte totale.",
    },
    "shown_after": {
        "en": "At this hour the silence of a feed without heartbeats shows after about {soon} (the largest, {largest}) "
        "to {late} (the smallest, {smallest}).",
        "fr": "À cette heure, le silence d'un flux sans battement se voit au bout de {soon} environ (le plus "
        "grand, {largest}) à {late} (le plus petit, {smallest}).",
    },
    "one_shown_after": {
        "en": "At this hour the silence of {largest}, which sends no heartbeats, shows after about {soon}.",
        "fr": "À cette heure, le silence de {largest}, qui n'envoie pas de battement, se voit au bout de {soon} "
        "environ.",
    },
    "held": {
        "en": "Records that come more than {seconds} s after their call began aren't looked at: how many of these "
        "calls are lost is inferred from those that came in time.",
        "fr": "Les enregistrements reçus plus de {seconds} s après le début de l'appel ne sont pas regardés : les "
        "pertes parmi ces appels sont déduites de ceux reçus à temps.",
    },
    "silent": {
        "en": "Feed {name} is silent: what it alone shows isn't watched.",
        "fr": "Le flux {name} est muet : ce que lui seul montre n'est pas surveillé.",
    },
    "aside": {
        "en": "Records of feed {name} are set aside since {since:%Y-%m-%d %H:%M} UTC: what it alone shows isn't "
        "watched.",
        "fr": "Les enregistrements du flux {name} sont écartés depuis {since:%Y-%m-%d %H:%M} UTC : ce que lui "
        "seul montre n'est pas surveillé.",
    },
    "unheard": {
        "en": "No {vantage} record has come so far: what only that vantage shows isn't watched.",
        "fr": "Aucun enregistrement {vantage} n'est encore venu : ce que ce seul point de vue montre n'est pas "
        "surveillé.",
    },
    "caution": {"en": "The baseline: {text}.", "fr": "La référence : {text}."},
}


def blind_to(
    baseline: Baseline,
    silent: Sequence[str],
    language: str = "en",
    *,
    unheard: Sequence[str] = (),
    aside: Mapping[str, int] | None = None,
    shown_after: Mapping[str, float] | None = None,
) -> tuple[str, ...]:
    """The sentences that hold for this baseline, these silent feeds and vantages that weren't heard yet, the gravest
    first.

    ``aside`` feeds whose records are set aside, since when (seconds since 1970) · ``shown_after`` the minutes after
    which the silence of each feed without heartbeats shows.
    """
    words = Words(language=language, zone=baseline.zone)
    known = {(reference.vantage, reference.family_name) for reference in baseline.references}
    said: list[str] = [_say("unheard", language, vantage=words(f"records_of.{vantage}")) for vantage in unheard]
    said += [_say("aside", language, name=name, since=at(since)) for name, since in (aside or {}).items()]
    said += [_say("silent", language, name=name) for name in silent]
    if not any(family == "outcome" for _, family in known):
        said.append(_say("no_outcome", language, percent=100 * uniform_blind_share(baseline)))
    if "operator" not in baseline.vantages:
        said.append(_say("no_operator", language))
    if "centre" not in baseline.vantages:
        said.append(_say("no_centre", language))
    said += [
        _say(
            "few_redials" if vantage in baseline.with_callers else "no_caller",
            language,
            vantage=words(f"records_of.{vantage}"),
        )
        for vantage in baseline.vantages
        if (vantage, "redial") not in known
    ]
    mute = [feed.name for feed in baseline.feeds if feed.heartbeat_s is None]
    if mute or not baseline.feeds:
        names = ", ".join(mute[:3]) + ("…" if len(mute) > 3 else "") or "-"
        said.append(_say("no_heartbeat", language, count=len(mute), of=len(baseline.feeds), names=names))
    if shown_after:
        largest, smallest = (extreme(shown_after, key=lambda name: shown_after[name]) for extreme in (min, max))
        soon, late = (_duration(shown_after[name]) for name in (largest, smallest))
        code = "shown_after" if len(shown_after) > 1 else "one_shown_after"
        said.append(_say(code, language, soon=soon, largest=largest, late=late, smallest=smallest))
    if baseline.hold_s:
        said.append(_say("held", language, seconds=baseline.hold_s))
    since, until = baseline.learned_from, baseline.learned_to  # the cautions in the file are in English
    said += [_say("caution", language, text=words.told(text)) for text in cautions(since, until)]
    return tuple(said)


def unheard(evidence: Evidence) -> list[str]:
    """The vantages of the baseline that gave no call yet."""
    return [name for name, heard in zip(evidence.baseline.vantages, evidence.heard, strict=True) if not heard]


def shown_after(evidence: Evidence, second: int) -> dict[str, float]:
    """Minutes after which the silence of each feed without heartbeats shows, by the calls expected at that hour."""
    feeds = evidence.baseline.feeds
    minutes = {}
    for feed in feeds:
        whole = sum(other.per_minute for other in feeds if other.vantage == feed.vantage)
        if feed.heartbeat_s is None and feed.per_minute > 0:
            now = 60 * float(np.exp(evidence.demand_of(feed.vantage, second // 60)[ALL]))
            minutes[feed.name] = SHOWN_BY * whole / (feed.per_minute * max(now, 1e-9))
    return minutes


def _duration(minutes: float) -> str:
    """In five minutes below two hours, else in hours: it is an estimate."""
    return f"{max(5 * round(minutes / 5), 5)} min" if minutes < 120 else f"{round(minutes / 60)} h"


def uniform_blind_share(baseline: Baseline) -> float:
    """The part of all arrivals that may be missing without leaving the margin of the calendar's demand."""
    levels = [reference for reference in baseline.references if reference.family_name == "level"]
    if not levels:
        return 1.0
    sigma = max(float(reference.sigma[0]) for reference in levels)
    return float(1 - np.exp(-Z * max(sigma, 0.02)))


def _say(code: str, language: str, **values: object) -> str:
    return SENTENCES[code][language].format(**values)

from __future__ import annotations

import string
from dataclasses import replace

import numpy as np
import pytest
from tests.watch.island import baseline, drawn, island, second

from tocsin.counts import COUNTERS
from tocsin.watch import learn
from tocsin.watch.baseline import Feed
from tocsin.watch.blind import SENTENCES, SHOWN_BY, blind_to, shown_after, uniform_blind_share
from tocsin.watch.evidence import Evidence


@pytest.mark.parametrize("code", SENTENCES)
def test_every_sentence_is_in_english_and_in_french_with_the_same_parts(code: str) -> None:
    assert set(SENTENCES[code]) == {"en", "fr"}
    parts = [
        {(name, form) for _, name, form, _ in string.Formatter().parse(text) if name}
        for text in SENTENCES[code].values()
    ]
    assert parts[0] == parts[1]
    assert all(text.rstrip().endswith(".") for text in SENTENCES[code].values())


def test_an_operator_alone_is_blind_to_what_a_centre_sees() -> None:
    assert blind_to(baseline(), []) == (
        "No centre feed: calls that the operator says were delivered aren't checked on arrival.",
        "Callers aren't known at the operator vantage: redials can't be told from new calls, so evidence is tempered "
        "and comes later.",
        "1 of 1 feeds send no heartbeat (switch): their silence can't be told from a total loss.",
    )


def test_a_centre_alone_is_blind_to_a_uniform_loss_below_what_demand_does_by_itself() -> None:
    known = baseline(vantage="centre", outcomes=False)
    said = blind_to(known, ["room N1"])
    assert said[0] == "Feed room N1 is silent: what it alone shows isn't watched."
    assert said[1].startswith("No feed says how calls ended: a loss spread evenly over everything shows in arrivals")
    assert f"about {100 * uniform_blind_share(known):.0f} %" in said[1]
    assert said[2] == "No operator feed: calls lost before they reach a centre are seen only as missing arrivals."
    assert said[-1] == (
        "4 of 4 feeds send no heartbeat (room N1, room N2, room S1…): their silence can't be told from a total loss."
    )


def test_where_callers_are_known_and_hardly_dial_again_it_is_not_said_that_they_are_unknown() -> None:
    quiet = drawn(second("00:00"), second("12:00"), seed=1)
    counts = quiet.counts.copy()
    counts[:, COUNTERS.index("callers")] = counts[:, COUNTERS.index("attempts")]
    known = learn(replace(quiet, counts=counts), island(), hold_s=0)
    assert known.with_callers == ("operator",)
    assert blind_to(known, [])[1] == (
        "Callers are known at the operator vantage, but its history holds too few calls and redials to learn how often "
        "they dial again: that they do isn't looked at."
    )
    assert blind_to(known, [], "fr")[1] == (
        "Les enregistrements d'opérateur disent qui appelle, mais leur historique contient trop peu d'appels et de "
        "rappels pour apprendre combien on rappelle : les rappels ne sont pas regardés."
    )


def test_the_share_that_hides_in_the_noise_grows_with_the_drift_of_demand() -> None:
    known = baseline()
    assert uniform_blind_share(known) == pytest.approx(1 - np.exp(-0.06))
    wild = tuple(replace(each, sigma=np.full_like(each.sigma, 0.2)) for each in known.references)
    assert uniform_blind_share(replace(known, references=wild)) == pytest.approx(1 - np.exp(-0.6))
    assert uniform_blind_share(replace(known, references=())) == 1.0


def test_feeds_that_send_heartbeats_are_not_complained_of() -> None:
    beating = (Feed(name="switch", vantage="operator", per_minute=1.0, heartbeat_s=60.0, scopes=()),)
    assert not any("heartbeat" in sentence for sentence in blind_to(replace(baseline(), feeds=beating), []))


def test_a_vantage_that_was_not_heard_yet_is_said_first_in_both_languages() -> None:
    said = [blind_to(baseline(), ["switch"], language, unheard=["centre"])[0] for language in ("en", "fr")]
    assert said == [
        "No centre record has come so far: what only that vantage shows isn't watched.",
        "Aucun enregistrement de centre n'est encore venu : ce que ce seul point de vue montre n'est pas surveillé.",
    ]


def test_the_same_is_said_in_french() -> None:
    known = replace(baseline(), learned_to=baseline().learned_from + 3 * 86_400 + 8640)
    said = blind_to(known, ["autocom"], "fr")
    assert said[0] == "Le flux autocom est muet : ce que lui seul montre n'est pas surveillé."
    assert said[-1] == (
        "La référence : apprise en 3,1 jours, moins de 14 : le taux de fausses alarmes n'est pas promis, car on sait à "
        "peine comment les taux varient d'un jour à l'autre et le week-end."
    )


def test_no_vantage_is_named_in_french_as_files_name_it() -> None:
    said = blind_to(baseline(vantage="centre", outcomes=False), [], "fr")
    assert any(sentence.startswith("Les enregistrements de centre ne disent pas qui appelle : ") for sentence in said)


def test_with_a_hold_calls_that_ring_for_longer_are_inferred() -> None:
    """A dead centre's calls ring for minutes: their records come when they end."""
    held = (
        "Records that come more than 60 s after their call began aren't looked at: how many of these calls are lost is "
        "inferred from those that came in time."
    )
    assert held in blind_to(replace(baseline(), hold_s=60), [])
    assert held not in blind_to(baseline(), [])


def test_it_says_after_what_time_the_silence_of_a_feed_without_heartbeats_shows_at_this_hour() -> None:
    """Forty calls a minute on average; at four in the morning 24, at four in the afternoon 56."""
    evidence = Evidence(baseline(), island(), second("00:00"))
    night, day = (shown_after(evidence, second(clock))["switch"] for clock in ("04:00", "16:00"))
    assert night == pytest.approx(SHOWN_BY / 24, rel=0.1)
    assert day == pytest.approx(SHOWN_BY / 56, rel=0.1)
    beating = replace(baseline(), feeds=tuple(replace(feed, heartbeat_s=60.0) for feed in baseline().feeds))
    assert shown_after(Evidence(beating, island(), second("00:00")), second("04:00")) == {}


def test_the_hours_that_it_takes_are_said_in_both_languages() -> None:
    minutes = {"A": 288.0, "D": 640.0, "B": 93.0}
    said = [blind_to(baseline(), [], language, shown_after=minutes)[-1] for language in ("en", "fr")]
    assert said == [
        "At this hour the silence of a feed without heartbeats shows after about 95 min (the largest, B) to 11 h (the "
        "smallest, D).",
        "À cette heure, le silence d'un flux sans battement se voit au bout de 95 min environ (le plus grand, B) à "
        "11 h (le plus petit, D).",
    ]

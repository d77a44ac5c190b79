from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tocsin import territory
from tocsin.cli.telling import alarm_told, open_told, scope_told
from tocsin.watch import Alarm, Cause, Interval, Level, Scope, State
from tocsin.words import Words

ENGLISH, FRENCH = Words(language="en"), Words(language="fr")
AT = datetime(2021, 6, 2, 14, 47, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def alarm(**changed: object) -> Alarm:
    usual: dict[str, object] = {
        "alarm": "0123456789ab",
        "state": State.OPEN,
        "level": Level.PAGE,
        "kind": "failure",
        "cause": Cause.LOST,
        "at": AT,
        "scope": Scope(access="fixed"),
        "onset": (AT - 3 * MINUTE, AT - 2 * MINUTE, AT - MINUTE),
        "closed_at": None,
        "lost": Interval(low=379.6, best=411.5, high=1450.2),
        "lost_per_hour": None,
        "e_ratio": 3.0,
        "evidence": (),
        "blind_to": (),
    }
    return Alarm(**{**usual, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scope", "english"),
    [
        (Scope(), "all of France"),
        (Scope(area="59", service="15"), "calls to 15, Nord (59)"),
        (Scope(access="fixed", node=("A-CS-1", "A-CS-2")), "fixed lines, through A-CS-1 and A-CS-2"),
        (Scope(operator="B", centre="CTA-59", feed="b"), "operator B, centre CTA-59, feed b"),
        (Scope(area="elsewhere"), "elsewhere"),
        (Scope(node=("A-CS-1", "A-CS-2", "A-CS-3", "B-1", "B-3")), "through A-CS-1 to A-CS-3, B-1 and B-3"),
        (Scope(node=tuple("abcdefghij")), "through a, b, c, d, e, f, g, h and 2 more"),
    ],
)
def test_a_scope_is_told_by_what_narrows_it(scope: Scope, english: str) -> None:
    assert scope_told(scope, territory.france(), ENGLISH) == english


def test_a_page_is_one_line_with_where_since_when_and_how_many() -> None:
    assert alarm_told(alarm(), territory.france(), ENGLISH) == (
        "! 2 June 2021, 16:47 CEST  PAGE · opened · calls fail · fixed lines · "
        "since 16:45 CEST (16:44 CEST to 16:46 CEST) · lost 412 (380 to 1\u202f450)"
    )


def test_it_is_told_in_french_as_well() -> None:
    assert alarm_told(alarm(), territory.france(), FRENCH) == (
        "! 2 juin 2021, 16 h 47 CEST  ALARME · ouverte · des appels échouent · lignes fixes · "
        "début : 16 h 45 CEST (16 h 44 CEST – 16 h 46 CEST) · perdus : 412 (de 380 à 1\u202f450)"
    )


def test_of_another_day_the_french_line_reads_as_well() -> None:
    yesterday = (AT - 1440 * MINUTE,) * 3
    over = alarm(state=State.CLOSED, onset=yesterday, closed_at=AT - 1200 * MINUTE, lost=None)
    assert alarm_told(over, territory.france(), FRENCH).endswith(
        "lignes fixes · début : 1er juin 2021, 16 h 47 CEST · fin : 1er juin 2021, 20 h 47 CEST"
    )


def test_what_is_over_says_until_when_and_a_watch_does_not_shout() -> None:
    over = alarm(state=State.CLOSED, level=Level.WATCH, closed_at=AT + 600 * MINUTE, lost=None)
    line = alarm_told(over, territory.france(), ENGLISH)
    assert line.startswith("· 2 June 2021, 16:47 CEST  watch · closed")
    assert line.endswith("until 3 June 2021, 02:47 CEST")


@pytest.mark.parametrize(
    ("cause", "language", "told"),
    [
        (Cause.MOVED, "en", "calls have taken another way"),
        (Cause.MOVED, "fr", "des appels ont pris un autre chemin"),
        (Cause.CROWDED, "en", "no fewer calls, but more of others"),
        (Cause.CROWDED, "fr", "pas moins d'appels, mais plus d'autres"),
    ],
)
def test_where_no_call_is_lost_the_alarm_says_what_became_of_them(cause: Cause, language: str, told: str) -> None:
    line = alarm_told(alarm(kind="loss", cause=cause, lost=None), territory.france(), Words(language=language))
    assert told in line
    assert "arrive" not in line
    assert "n'arrivent" not in line


def test_what_is_open_still_is_named_pages_first_and_of_very_many_only_some() -> None:
    later = alarm(scope=Scope(area="59"), onset=(AT, AT, AT))
    watched = alarm(level=Level.WATCH, kind="silence", scope=Scope(feed="b"), onset=(AT - 9 * MINUTE,) * 3)
    france = territory.france()
    assert open_told([watched, later, alarm()], france, ENGLISH) == (
        "PAGE, calls fail, fixed lines · PAGE, calls fail, Nord (59) · watch, a feed is silent, feed b"
    )
    assert open_told([watched, *[later] * 9], france, FRENCH).endswith(
        "ALARME, des appels échouent, Nord (59) · 2 autres"
    )

from __future__ import annotations

from tests.cli.test_telling import AT, alarm

from tocsin import territory
from tocsin.cli.summary import Summary
from tocsin.watch import Alarm, Level, Scope, State
from tocsin.words import Words

ENGLISH, FRENCH = Words(language="en"), Words(language="fr")


def told(*changes: Alarm, words: Words = ENGLISH) -> str:
    summary = Summary()
    for change in changes:
        summary.take(change)
    return summary.told(territory.france(), words)


def test_a_watch_in_which_nothing_happened_says_so_in_one_line() -> None:
    assert told() == "0 pages, 0 watches"


def test_what_is_open_at_the_end_is_named_with_its_latest_scope_and_what_has_closed_is_counted_only() -> None:
    changes = (
        alarm(),
        alarm(alarm="b", level=Level.WATCH, scope=Scope(area="59")),
        alarm(alarm="b", level=Level.WATCH, state=State.CLOSED, scope=Scope(area="59"), closed_at=AT),
        alarm(state=State.UPDATE, scope=Scope(area="75")),
    )
    assert told(*changes) == "1 page, 1 watch\nstill open when the records ended: PAGE, calls fail, Paris (75)"
    assert told(*changes, words=FRENCH) == (
        "alarmes : 1, à surveiller : 1\n"
        "encore ouvertes à la fin des enregistrements : ALARME, des appels échouent, Paris (75)"
    )
    assert told(*changes, alarm(state=State.CLOSED, closed_at=AT)) == "1 page, 1 watch"

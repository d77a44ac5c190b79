from __future__ import annotations

import io

from rich.console import Console
from tests.cli.test_telling import AT, MINUTE, alarm

from tocsin import territory
from tocsin.cli.screen import Screen, screen
from tocsin.watch import Interval, Level, Scope, State
from tocsin.words import Words


def shown(*changes: object) -> str:
    """The table after these changes, as plain text."""
    table = Screen(territory=territory.france(), words=Words(language="en"), console=Console(file=io.StringIO()))
    for change in changes:
        table.show(change)  # type: ignore[arg-type]
    paper = Console(file=io.StringIO(), width=140)
    paper.print(table.table())
    assert isinstance(paper.file, io.StringIO)
    return paper.file.getvalue()


def test_an_open_alarm_stands_in_the_table_with_its_latest_word() -> None:
    text = shown(alarm(), alarm(state=State.UPDATE, lost_per_hour=Interval(low=90, best=100, high=110)))
    assert "open alarms: 1" in text
    assert "100 (90 to 110)" in text
    assert "16:45 CEST" in text


def test_what_is_closed_leaves_the_table() -> None:
    assert "open alarms: 0" in shown(alarm(), alarm(state=State.CLOSED, closed_at=AT))


def test_pages_stand_above_watches_however_old() -> None:
    old = alarm(alarm="b", level=Level.WATCH, onset=(AT - 9 * MINUTE, AT - 9 * MINUTE, AT - 9 * MINUTE))
    lines = shown(old, alarm()).splitlines()
    rows = [line for line in lines if "PAGE" in line or "watch" in line]
    assert "PAGE" in rows[0]
    assert "watch" in rows[1]


def test_where_nobody_looks_there_is_no_live_table() -> None:
    with screen(territory.france(), Words(language="en"), live=True) as plain:
        assert plain.live is None


def test_an_alarm_that_takes_another_scope_says_what_it_was() -> None:
    paper = io.StringIO()
    table = Screen(territory=territory.france(), words=Words(language="en"), console=Console(file=paper, width=400))
    table.show(alarm(scope=Scope(area="94", operator="A")))
    table.show(alarm(state=State.UPDATE, scope=Scope(area="R11", access="mobile")))
    table.show(alarm(state=State.UPDATE, scope=Scope(area="R11", access="mobile")))
    _, renamed, same = paper.getvalue().splitlines()
    assert "Île-de-France (R11), mobile phones (was: Val-de-Marne (94), operator A)" in renamed
    assert "was" not in same

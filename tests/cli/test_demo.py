from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.cli.test_telling import alarm

from tocsin import territory
from tocsin.cli.demo import judge
from tocsin.simulate import Truth
from tocsin.watch import Alarm, Interval, Level, Scope, State
from tocsin.words import Words

ONSET = datetime(2021, 6, 2, 14, 45, tzinfo=UTC)
END = datetime(2021, 6, 2, 22, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SERVERS = tuple(f"A-CS-{n}" for n in range(1, 7))
TRUTH = Truth(
    scenario="2021-06-02", title_en="", title_fr="", seed=1, country_seed=1, world="ordinary", onset=ONSET, end=END,
    scope={"access": ["fixed"], "node": SERVERS}, lost=11656, attempts=107_100, lost_by_area={}, attempts_by_area={},
    sources=(), invented=(), invented_fr=(),
)  # fmt: skip


def told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *alarms: Alarm) -> list[str]:
    monkeypatch.setenv("COLUMNS", "120")
    judge(list(alarms), TRUTH, territory.france(), Words(language="en"))
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_the_truth_stands_beside_what_the_watch_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    event = {"scope": Scope(access="fixed", node=SERVERS), "onset": (ONSET - MINUTE, ONSET, ONSET + MINUTE)}
    lines = told(
        capsys,
        monkeypatch,
        alarm(alarm="a", at=ONSET + 2 * MINUTE, **event),
        alarm(
            alarm="a",
            at=END + 20 * MINUTE,
            state=State.CLOSED,
            closed_at=END - MINUTE,
            lost=Interval(low=11_000, best=11_700, high=12_500),
            **event,
        ),
    )
    assert lines[0] == "Pages: 1 (0 before the onset). Watches, which ring no bell: 0."
    cells = [[cell for cell in line.split("  ") if cell] for line in lines[2:]]
    assert [[cell.strip() for cell in row] for row in cells] == [
        ["first page", "16:47 CEST, 2.0\u202fmin after the onset"],
        ["onset", "16:45 CEST", "16:45 CEST (16:44 CEST to 16:46 CEST)"],
        ["where", "fixed lines, through A-CS-1 to A-CS-6", "fixed lines, through A-CS-1 to A-CS-6"],
        ["lost attempts", "11\u202f656 of 107\u202f100", "11\u202f700 (11\u202f000 to 12\u202f500)"],
        ["end", "3 June 2021, 00:00 CEST", "23:59 CEST"],
    ]


def test_a_page_before_the_onset_is_owned_up_to_and_a_watch_is_no_page(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    early = alarm(alarm="a", at=ONSET - 60 * MINUTE)
    lines = told(capsys, monkeypatch, early, alarm(alarm="b", level=Level.WATCH, at=ONSET))
    assert lines == ["Pages: 1 (1 before the onset). Watches, which ring no bell: 1."]

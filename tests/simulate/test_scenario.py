from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.simulate.rehearsal import FRANCE

from tocsin.errors import InputError
from tocsin.simulate import load, names
from tocsin.simulate.scenario import parse

HEAD = 'title_en = "a"\ntitle_fr = "b"\nday = 2022-03-15\ninvented = ["everything"]\n'


def complaint(text: str) -> str:
    with pytest.raises(InputError) as caught:
        parse(text, file="mine.toml")
    return str(caught.value)


@pytest.mark.parametrize("name", names())
def test_every_packaged_scenario_can_be_read_and_says_what_is_invented(name: str) -> None:
    scenario = load(name)
    assert scenario.name == name
    assert scenario.invented
    assert scenario.title_en != scenario.title_fr


def test_the_issue_s_scenarios_are_all_there() -> None:
    assert set(names()) >= {
        "2021-06-02", "2023-01-17", "2025-09-18", "one-call-server", "cut-fibre", "dead-centre", "cut-after-answer",
        "silent-feed", "football-evening", "new-years-eve", "quiet-month",
    }  # fmt: skip


def test_2_june_2021_lasts_from_1645_to_midnight_in_paris() -> None:
    scenario = load("2021-06-02")
    assert scenario.window == (16 * 60 + 45, 24 * 60)
    assert scenario.instant(16 * 60 + 45, FRANCE.zone) == datetime(2021, 6, 2, 14, 45, tzinfo=UTC)
    assert scenario.instant(24 * 60, FRANCE.zone) == datetime(2021, 6, 2, 22, 0, tzinfo=UTC)


def test_an_unknown_field_is_named_with_the_known_ones() -> None:
    assert complaint(HEAD + '[[fault]]\nkind = "loss"\nfrom = "10:00"\nto = "11:00"\nlos = 0.3\n') == (
        "mine.toml, fault 1, los: is no field of a scenario: use one of kind, from, to, loss, spread, outcome, "
        "sip_status, q850_cause, areas, services, operators, access, nodes, centres, feeds."
    )


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('from = "25:61"', "mine.toml, fault 1, from: '25:61' is no time: write it as \"16:45\"."),
        ("from = 10", 'mine.toml, fault 1, from: 10 is no time: write it as "16:45".'),
        (
            'from = "49:00"',
            "mine.toml, fault 1, from: '49:00' is later than the end of the next day: write at most \"48:00\".",
        ),
        ("loss = 1.5", "mine.toml, fault 1, loss: 1.5 is no number from 0 to 1: write one."),
        ("loss = true", "mine.toml, fault 1, loss: True is no number from 0 to 1: write one."),
        ("loss = nan", "mine.toml, fault 1, loss: nan is no number from 0 to 1: write one."),
        ("sip_status = 99", "mine.toml, fault 1, sip_status: 99 is no whole number from 100 to 699: write one."),
        (
            'outcome = "answered"',
            "mine.toml, fault 1, outcome: 'answered' is not known here: use one of lost, busy, refused, abandoned.",
        ),
        (
            'access = ["satellite"]',
            "mine.toml, fault 1, access: 'satellite' is not known here: use one of fixed, mobile.",
        ),
        (
            "areas = []",
            'mine.toml, fault 1, areas: [] is no list: write ["one", "two"], or leave the field out for all.',
        ),
        ("areas = [35]", "mine.toml, fault 1, areas: 35 is no text: write it between quotes."),
        (
            'feeds = ["operator-A"]',
            "mine.toml, fault 1, feeds: feeds and the kind silence go together: give both or neither.",
        ),
        ('to = "09:00"', "mine.toml, fault 1, to: ends before it begins: write a later time (24:00 is midnight)."),
    ],
)
def test_nonsense_in_a_fault_is_one_sentence_with_file_and_field(line: str, sentence: str) -> None:
    fields = {"kind": 'kind = "loss"', "from": 'from = "10:00"', "to": 'to = "11:00"'}
    fields[line.split(" ")[0]] = line
    assert complaint(HEAD + "[[fault]]\n" + "\n".join(fields.values())) == sentence


def test_what_is_missing_is_named() -> None:
    assert complaint(HEAD.replace("day = 2022-03-15\n", "")) == "mine.toml, day: is missing: add it."
    assert complaint(HEAD + '[[fault]]\nkind = "cut"\nfrom = "1:00"\n') == "mine.toml, fault 1, to: is missing: add it."
    assert complaint(HEAD.replace("2022-03-15", '"2022-03-15"')) == (
        "mine.toml, day: '2022-03-15' is no date: write it as 2021-06-02, without quotes."
    )


def test_demand_needs_as_many_factors_as_times_and_times_that_rise() -> None:
    sentence = "mine.toml, demand 1, at: times must rise, one for each factor: write as many of each."
    assert complaint(HEAD + '[[demand]]\nat = ["10:00", "11:00"]\nfactor = [1.0]\n') == sentence
    assert complaint(HEAD + '[[demand]]\nat = ["11:00", "10:00"]\nfactor = [1.0, 2.0]\n') == sentence


def test_what_happens_lies_within_the_days_that_are_played() -> None:
    fault = '[[fault]]\nkind = "cut"\nfrom = "22:00"\nto = "30:00"\n'
    sentence = "mine.toml, fault 1, to: is later than the end of the scenario: write an earlier time, or days = 2."
    assert complaint(HEAD + fault) == sentence
    assert complaint(HEAD + 'days = 2\nuntil = "29:00"\n' + fault) == sentence
    assert parse(HEAD + "days = 2\n" + fault, file="mine.toml").window == (22 * 60, 30 * 60)
    assert complaint(HEAD + 'until = "26:00"\n') == (
        "mine.toml, until: is no time of the scenario's last day: write another time, or other days."
    )


def test_a_fault_written_as_a_single_table_is_explained() -> None:
    assert complaint(HEAD + '[fault]\nkind = "cut"\n') == (
        "mine.toml, fault: is not a list of tables: write [[fault]] above each."
    )


def test_what_is_no_toml_is_said_with_its_line() -> None:
    assert complaint("day = \n").startswith("mine.toml: is not TOML: Invalid value (at line 1, column 7)")


def test_an_unknown_name_lists_the_scenarios() -> None:
    with pytest.raises(InputError, match=r"^there is no scenario '2021-06-03': take one of 2021-06-02, 2023-01-17, "):
        load("2021-06-03")


def test_a_scenario_of_one_s_own_is_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(HEAD, "utf-8")
    assert load(file) == parse(HEAD, file="mine.toml")
    assert load(file).name == "mine"
    with pytest.raises(InputError, match=r"absent\.toml: the scenario can't be read \(.*\): give a TOML file\.$"):
        load(tmp_path / "absent.toml")


@pytest.mark.parametrize("name", names())
def test_what_a_packaged_scenario_invents_is_said_in_french_as_well(name: str) -> None:
    scenario = load(name)
    assert len(scenario.invented_fr) == len(scenario.invented)

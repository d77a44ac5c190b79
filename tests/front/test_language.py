"""The language of the command line: help, wrong calls and errors, as who calls `tocsin` reads them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.front.conftest import AREAS, SERVICES, Tocsin

from tocsin import words

FRENCH = {"LANG": "fr_FR.UTF-8"}


def test_a_language_that_there_is_not_is_a_wrong_call_that_lists_those_there_are(tocsin: Tocsin) -> None:
    said = tocsin("--lang", "de", "look", "calls.csv")
    assert (said.code, said.err) == (2, "--lang: de is none of the languages: use one of en, fr.\n")


def test_another_locale_means_english(tocsin: Tocsin) -> None:
    assert "there is no command" in tocsin("listen", LANG="de_DE.UTF-8").err


@pytest.mark.parametrize("line", [["--lang", "fr", "look", "--help"], ["look", "--help", "--lang", "fr"]])
def test_help_is_french_wherever_the_language_stands(tocsin: Tocsin, line: list[str]) -> None:
    said = tocsin(*line)
    assert said.code == 0
    assert "Dire ce que contient un fichier d'appels" in said.out
    assert "[obligatoire]" in said.out


@pytest.mark.parametrize(
    ("line", "english", "french"),
    [
        ("look", "FILE is missing: see `tocsin look --help`.", "il manque FICHIER : voir `tocsin look --help`."),
        ("lok x", "there is no command lok: try look.", "il n'y a pas de commande lok : essayer look."),
        (
            "look x --territoire y",
            "there is no option --territoire: try --territory.",
            "il n'y a pas d'option --territoire : essayer --territory.",
        ),
        (
            "look x --key",
            "--key needs a value: see `tocsin --help`.",
            "il manque une valeur à --key : voir `tocsin --help`.",
        ),
        (
            "look x y",
            "there is a word too many: see `tocsin look --help`.",
            "il y a un mot de trop : voir `tocsin look --help`.",
        ),
        (
            "learn x",
            "--out is missing: see `tocsin learn --help`.",
            "il manque --out : voir `tocsin learn --help`.",
        ),
        (
            "simulate x --out x.csv --vantage moon",
            "--vantage takes <operator|centre|both> and nothing else: see `tocsin simulate --help`.",
            "--vantage n'accepte que <operator|centre|both> : voir `tocsin simulate --help`.",
        ),
        (
            "simulate x --out x.csv --seed -3",
            "--seed takes a whole number, 0 or more: see `tocsin simulate --help`.",
            "--seed prend un nombre entier, 0 ou plus : voir `tocsin simulate --help`.",
        ),
        (
            "watch x --baseline x --false-alarms often",
            '--false-alarms: \'often\' isn\'t a rate: write for instance "1 a month", "2 a year" or "1 a week".',
            '--false-alarms : « often » n\'est pas un taux : écrire par exemple "1 par mois", "2 par an" ou '
            '"1 par semaine".',
        ),
        ("--lang fr", "", "il manque une commande : voir `tocsin --help`."),
    ],
)
def test_a_wrong_call_is_told_in_one_sentence_with_what_to_do(
    tocsin: Tocsin, line: str, english: str, french: str
) -> None:
    if english:
        said = tocsin(*line.split())
        assert (said.code, said.out, said.err) == (2, "", f"{english}\n")
    said = tocsin(*line.split(), **FRENCH)
    assert (said.code, said.out, said.err) == (2, "", f"{french}\n")


def test_a_rate_may_be_said_in_french_and_help_says_the_usual_one(
    tocsin: Tocsin, county: Path, normal: list[str | Path]
) -> None:
    assert "1 par mois" in " ".join(tocsin("watch", "--help", **FRENCH).out.replace("│", "").split())
    said = tocsin("watch", county / "tuesday.csv", *normal, "--false-alarms", "2 par an", **FRENCH)
    assert (said.code, said.err, said.out) == (0, "", "alarmes : 0, à surveiller : 0\n")


def test_what_a_scenario_invents_and_what_a_file_lacks_are_told_in_french(
    tocsin: Tocsin, county: Path, tmp_path: Path
) -> None:
    there = ("--territory", county / "map")
    said = tocsin("simulate", county / "tuesday.toml", *there, "--out", tmp_path / "x.csv", **FRENCH)
    assert said.out.splitlines()[-1] == "inventé : tout"
    rows = "".join(f"2021-06-02T10:{n:02d}:00Z,911\n" for n in range(40))
    (tmp_path / "calls.csv").write_text(f"time,service\n{rows}")
    lacks = tocsin("look", tmp_path / "calls.csv", *there, **FRENCH).out
    assert "\nsans issue (outcome) : " in lacks
    assert "\nsans heure d'arrivée (seen) : " in lacks
    assert "\nsans code SIP (sip_status) : " in lacks


ENGLISH = re.compile(
    r"\b(the|is|are|was|were|of|no|not|it|its|write|give|use|take|check|see|with|has|than|nothing|which|keep|mend|add)\b"
)
"""Words that an English sentence can hardly do without and a French one never has."""

PLAN = {
    "centres.csv": "code;name;area\nC1;Un;C1\nC1;Deux;C9\nC3;Trois;C1\n",
    "numbers.csv": "centre;service;number\nC1;911;12\nC2;911;0199000001\nC1;912;2,62E+08\n",
    "targets.csv": "area;service;order;centre\nC1;911;x;C1\nC1;911;;C1\n",
    "mutual_aid.csv": "centre;order;helper\nC1;1;C3\nC3;1;C1\n",
    "plan.csv": "name;covers;demonstration\nEssai;C1 C7;maybe\nEncore;C1;yes\n",
    "notes.xlsx": "",
}
SCENARIO = """title_en = "x"
title_fr = "x"
day = 2021-06-02
invented = ["x"]

[[fault]]
kind = "loss"
from = "10:00"
to = "09:00"
"""
MAPPING = """[time]
formats = ["%d/%m/%Y"]

[columns]
time = "when"
service = "what"
"""


def french(code: int, told: str, expected: int) -> None:
    """What was told is no English; the names of options, files and fields, and what stands in them, are nobody's."""
    assert code == expected, told
    assert told
    assert ENGLISH.findall(re.sub(r"«.*?»|`.*?`|--\S+|\S*/\S*|\"[^\"]*\"", "", told)) == [], told


@pytest.fixture
def land(tmp_path: Path) -> Path:
    """A folder with everything that can be wrong: a territory, a plan, a scenario, a mapping, records."""
    (tmp_path / "map").mkdir()
    (tmp_path / "map" / "areas.csv").write_text(AREAS)
    (tmp_path / "map" / "services.csv").write_text(SERVICES)
    (tmp_path / "bad").mkdir()
    rows = "C;;;Z;many\nC;Encore;county;;1\nD;Elle;county;D;5\n"
    (tmp_path / "bad" / "areas.csv").write_text(f"code;name;kind;parent;population\n{rows}")
    (tmp_path / "bad" / "services.csv").write_text("code;urn;required\nx;sos;maybe\n")
    (tmp_path / "bad" / "access.csv").write_text("prefix;access\nab;sea\n")
    (tmp_path / "bad" / "territory.toml").write_text('zone = "Moon"\nmoon = 1\ncell_kinds = 5\n')
    (tmp_path / "plan").mkdir()
    for name, text in PLAN.items():
        (tmp_path / "plan" / name).write_text(text)
    (tmp_path / "s.toml").write_text(SCENARIO)
    (tmp_path / "m.toml").write_text(MAPPING)
    (tmp_path / "calls.csv").write_text("time,service,vantage\n2021-06-02T10:00:00Z,911,centre\n")
    rows = "".join(f"2021-06-02 10:{n:02d}:{n * n % 60:02d};T1;L{n % 3};\n" for n in range(40))
    (tmp_path / "export.csv").write_text(f"start;result;line;remark\n{rows}")
    (tmp_path / "empty.csv").write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("look nowhere.csv", 1),
        ("look empty.csv", 1),
        ("look calls.csv --territory bad", 1),
        ("look calls.csv --territory nowhere", 1),
        ("look calls.csv", 1),
        ("look calls.csv --territory map", 0),
        ("look export.csv --territory map", 0),
        ("kpi calls.csv --territory map", 0),
        ("look calls.csv --mapping m.toml", 1),
        ("look calls.csv --mapping moon", 1),
        ("look calls.csv --territory map --write-site site.csv", 1),
        ("look calls.csv --key empty.csv", 1),
        ("learn calls.csv --territory map --out b", 1),
        ("watch calls.csv --baseline calls.csv", 1),
        ("watch calls.csv --baseline nowhere", 1),
        ("watch calls.csv --baseline b --false-alarms often", 2),
        ("chart calls.csv --baseline b --out picture.gif", 2),
        ("kpi calls.csv --territory map --by moon", 2),
        ("kpi calls.csv --json --csv", 2),
        ("simulate moon --out x.csv", 1),
        ("simulate nowhere.toml --out x.csv", 1),
        ("simulate s.toml --out x.csv", 1),
        ("simulate dead-centre --territory map --out x.csv", 1),
        ("simulate quiet-month --territory map --out x.csv", 0),
        ("simulate s.toml --out x.xlsx", 2),
        ("plan check plan --territory map", 1),
        ("plan check nowhere", 1),
    ],
)
def test_what_goes_wrong_most_often_is_told_in_french(
    tocsin: Tocsin, land: Path, line: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(land)
    said = tocsin(*line.split(), **FRENCH)
    french(said.code, said.out + said.err if said.err else said.out, code)


@pytest.mark.parametrize(
    ("locale", "told"), [("C", "Ashford (C1)"), ("fr_FR.UTF-8", "hors de la référence, car anormal : Ashford (C1)")]
)
def test_what_learn_left_out_is_told_in_words(
    tocsin: Tocsin, county: Path, tmp_path: Path, locale: str, told: str
) -> None:
    records = [county / "may.parquet", county / "outage.csv"]
    said = tocsin("learn", *records, "--territory", county / "map", "--out", tmp_path / "b", LANG=locale)
    assert said.code == 0
    assert told in said.out
    assert "outcome" not in said.out


def test_no_french_text_calls_the_watch_the_day_before_or_a_scope_a_reach() -> None:
    folder = Path(words.__file__).parent / "fr"
    for file in sorted(folder.glob("*.toml")):
        text = file.read_text("utf-8")
        assert not re.findall(r"\b(?:la|nulle|de) veille\b|\bportées?\b|\bclose\b|sans appel \{gap\}", text), file.name


@pytest.mark.parametrize(
    ("language", "every", "known"),
    [
        ("en", "every attempt is a seizure", "seizures whose outcome is known"),
        ("fr", "chaque tentative est une prise", "prises d'issue connue"),
    ],
)
def test_every_attempt_is_a_seizure_in_what_kpi_prints_and_of_which_its_ratios_are_is_said(
    tocsin: Tocsin, county: Path, language: str, every: str, known: str
) -> None:
    said = tocsin("--lang", language, "kpi", county / "tuesday.csv", "--territory", county / "map", COLUMNS="200").out
    assert every in said
    assert said.count(known) == 3
    assert "seizure is an attempt" not in said

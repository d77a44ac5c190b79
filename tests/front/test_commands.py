from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.calls.samples import shared
from tests.front.conftest import AREAS, SERVICES, Tocsin

DEMONSTRATION = Path(__file__).parents[2] / "src" / "tocsin" / "territory" / "data" / "demonstration"


def test_help_comes_at_once_because_nothing_heavy_is_loaded_for_it() -> None:
    heavy = "{'numpy', 'polars', 'scipy', 'numba', 'glum', 'matplotlib', 'rich'}"
    code = f"import sys, tocsin.cli; sys.exit(str(sorted({heavy} & set(sys.modules))))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "[]"


def test_the_program_says_which_it_is(tocsin: Tocsin) -> None:
    assert tocsin("--version").out.startswith("tocsin 0.")


def test_tab_completes_scenarios(tocsin: Tocsin) -> None:
    said = tocsin(
        _TOCSIN_COMPLETE="complete_bash", COMP_WORDS="tocsin simulate 2021", COMP_CWORD="2", _TYPER_COMPLETE_ARGS=""
    )
    assert "2021-06-02" in said.out.split()


def test_the_same_seed_gives_the_same_records_and_the_truth_beside_them(
    tocsin: Tocsin, county: Path, tmp_path: Path
) -> None:
    words = ["simulate", county / "outage.toml", "--territory", county / "map", "--seed", "7"]
    for name in ("one.csv", "two.csv"):
        assert tocsin(*words, "--out", tmp_path / name).code == 0
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    truth = json.loads((tmp_path / "one.truth.json").read_text())
    assert truth["simulated"] is True
    assert (truth["onset"], truth["end"]) == ("2021-06-02T10:00:00Z", "2021-06-02T13:00:00Z")


def test_what_was_learned_with_one_seed_fits_the_days_of_another_as_it_is_one_country(
    tocsin: Tocsin, county: Path, normal: list[str | Path], tmp_path: Path
) -> None:
    words = ["simulate", county / "tuesday.toml", "--territory", county / "map", "--seed", "7"]
    assert tocsin(*words, "--out", tmp_path / "seven.csv").code == 0
    assert json.loads((tmp_path / "seven.truth.json").read_text())["country_seed"] == 1
    said = tocsin("watch", tmp_path / "seven.csv", *normal, "--json")
    assert (said.code, said.err) == (0, "")


def test_an_hour_and_a_half_is_too_little_to_learn_from_and_it_is_said_how_much_there_must_be(
    tocsin: Tocsin, county: Path, tmp_path: Path
) -> None:
    head, *rows = (county / "tuesday.csv").read_text().splitlines(keepends=True)
    time = head.split(",").index("time")
    short = [row for row in rows if "2021-06-08T08:10" <= row.split(",")[time] < "2021-06-08T09:40"]
    (tmp_path / "short.csv").write_text("".join([head, *short]))
    said = tocsin("learn", tmp_path / "short.csv", "--territory", county / "map", "--out", tmp_path / "baseline")
    assert said.code == 1
    assert said.err.startswith("the history lasts 8")
    assert said.err.endswith(
        " min; whole hours by the clock in it: 0, needed at least: 2: give records of at least 14 days.\n"
    )
    assert not (tmp_path / "baseline").exists()


@pytest.mark.parametrize("ending", ["csv.gz", "jsonl", "parquet"])
def test_records_say_the_same_in_every_format(tocsin: Tocsin, county: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"outage.{ending}"
    assert tocsin("simulate", county / "outage.toml", "--territory", county / "map", "--out", out).code == 0
    words = ["kpi", "--territory", county / "map", "--json"]
    assert tocsin(*words, out).out == tocsin(*words, county / "outage.csv").out


def test_another_ending_is_refused_before_anything_is_simulated(tocsin: Tocsin, tmp_path: Path) -> None:
    said = tocsin("simulate", "2021-06-02", "--out", tmp_path / "records.xlsx")
    assert (said.code, said.err) == (
        2,
        "'records.xlsx' is no kind of file that tocsin writes: end it in .csv, .csv.gz, .jsonl, .jsonl.gz, .parquet.\n",
    )


@pytest.mark.parametrize(
    "line",
    [
        "simulate {county}/tuesday.toml --out {new}/x.csv",
        "learn {county}/tuesday.csv --out {new}/x",
        "chart {county}/tuesday.csv --baseline {county}/baseline --out {new}/x.svg",
        "look {county}/tuesday.csv --write-site {new}/x.csv",
    ],
)
def test_every_command_refuses_to_write_into_a_folder_that_is_not_there(
    tocsin: Tocsin, county: Path, tmp_path: Path, line: str
) -> None:
    new = tmp_path / "new"
    said = tocsin(*line.format(county=county, new=new).split(), "--territory", county / "map")
    assert (said.code, said.out) == (1, "")
    assert said.err.endswith(f": its folder isn't there: make the folder {new} first, or check the path.\n")


def test_indicators_come_as_one_array_of_objects_by_what_was_asked(tocsin: Tocsin, county: Path) -> None:
    said = tocsin("kpi", county / "outage.csv", "--territory", county / "map", "--by", "service,operator", "--json")
    rows = json.loads(said.out)
    assert {"service", "operator", "vantage", "attempts", "answered", "asr"} <= rows[0].keys()
    for row in rows:
        assert row["asr"] is None or row["asr"] == pytest.approx(100 * row["asr_n"] / row["asr_of"])


def test_indicators_as_csv_are_those_of_json(tocsin: Tocsin, county: Path) -> None:
    words = ["kpi", county / "outage.csv", "--territory", county / "map"]
    table = list(csv.DictReader(io.StringIO(tocsin(*words, "--csv").out)))
    assert [int(row["attempts"]) for row in table] == [
        row["attempts"] for row in json.loads(tocsin(*words, "--json").out)
    ]


def test_on_screen_no_percentage_stands_without_its_numerator_and_denominator(tocsin: Tocsin, county: Path) -> None:
    said = tocsin("kpi", county / "outage.csv", "--territory", county / "map")
    lines = [line for line in said.out.splitlines() if re.match(r"\w+ +\d+\.\d\u202f%", line)]
    assert lines
    assert all(" / " in line for line in lines)


def test_indicators_of_records_without_outcomes_are_unknown_and_not_nought(tocsin: Tocsin, tmp_path: Path) -> None:
    rows = "".join(f"2021-06-02T10:{n:02d}:00Z,15,centre\n" for n in range(30))
    (tmp_path / "calls.csv").write_text(f"time,service,vantage\n{rows}")
    said = tocsin("kpi", tmp_path / "calls.csv")
    shown = {line.split()[0]: line.split()[1] for line in said.out.splitlines()[1:12]}
    assert said.out.startswith(
        "service 15, vantage centre: 30 attempts, answered: not known (no outcome in these records)\n"
    )
    assert {name: shown[name] for name in ("asr", "abr", "ner", "seer", "within_20s", "unknown")} == {
        "asr": "—",
        "abr": "—",
        "ner": "—",
        "seer": "—",
        "within_20s": "—",
        "unknown": "100.0",
    }
    assert "\n—: not known" in said.out
    (row,) = json.loads(tocsin("kpi", tmp_path / "calls.csv", "--json").out)
    assert [row[name] for name in ("attempts", "answered", "asr", "abr")] == [30, None, None, None]


def test_a_table_in_a_pipe_has_no_spaces_at_the_ends_of_its_lines(tocsin: Tocsin, county: Path) -> None:
    said = tocsin("kpi", county / "outage.csv", "--territory", county / "map", "--by", "service,operator")
    assert [line for line in said.out.splitlines() if line != line.rstrip()] == []


def test_two_formats_at_once_mean_nothing(tocsin: Tocsin, county: Path) -> None:
    said = tocsin("kpi", county / "outage.csv", "--json", "--csv")
    assert (said.code, said.err) == (2, "--json and --csv exclude each other: give one of them.\n")


def test_the_demonstration_plan_has_no_fault(tocsin: Tocsin) -> None:
    said = tocsin("plan", "check", DEMONSTRATION)
    assert (said.code, said.err) == (0, "")


def test_a_faulty_plan_is_told_by_file_line_and_field_and_exits_with_1(tocsin: Tocsin, tmp_path: Path) -> None:
    shutil.copytree(DEMONSTRATION, tmp_path / "plan")
    numbers = tmp_path / "plan" / "numbers.csv"
    lines = numbers.read_text("utf-8").splitlines(keepends=True)
    numbers.write_text("".join([lines[0], lines[1].rstrip("\n")[:-2] + "\n", *lines[2:]]), "utf-8")
    said = tocsin("plan", "check", tmp_path / "plan")
    assert said.code == 1
    assert "numbers.csv line 2, number:" in said.out
    assert said.err == "1 to mend.\n"


@pytest.mark.parametrize(
    ("environment", "area", "order"),
    [
        (
            {},
            "acheminement.csv line 2, zone: the area '9' is unknown: write 09 if you mean Ariège, in a column "
            "formatted as text.",
            "acheminement.csv line 3, Rang: 'deux' is no order: write 1 for the first, 2 for the next.",
        ),
        (
            {"LANG": "fr_FR.UTF-8"},
            "acheminement.csv ligne 2, zone : la zone « 9 » est inconnue : écrire 09 si la zone est Ariège, dans une "
            "colonne au format texte.",
            "acheminement.csv ligne 3, Rang : « deux » n'est pas un rang : écrire 1 pour le premier, 2 pour le "
            "suivant.",
        ),
    ],
)
def test_a_fault_of_a_plan_names_the_column_as_it_stands_in_the_file(
    tocsin: Tocsin, tmp_path: Path, environment: dict[str, str], area: str, order: str
) -> None:
    (tmp_path / "centres.csv").write_text("code;nom;zone\nA;A;09\n")
    (tmp_path / "numeros.csv").write_text("centre;service;ordre\nA;15;1\n")
    (tmp_path / "acheminement.csv").write_text("zone;service;Rang;centre\n9;15;1;A\n09;17;deux;A\n")
    said = tocsin("plan", "check", tmp_path, **environment).out.splitlines()
    assert area in said
    assert order in said
    assert any("numero" in line and "number" not in line for line in said)


@pytest.mark.parametrize(
    ("environment", "note"),
    [
        (
            {},
            "numbers reserved for fiction: 3; others: 1: write plan.csv with demonstration yes or no, to say which "
            "plan it is: the check then names each number that doesn't belong in it.",
        ),
        (
            {"LANG": "fr_FR.UTF-8"},
            "numéros réservés à la fiction : 3 ; autres : 1 : écrire plan.csv avec demonstration oui ou non, pour dire "
            "quel plan c'est : la vérification nomme alors chaque numéro qui n'y a pas sa place.",
        ),
    ],
)
def test_a_real_number_among_fictional_ones_is_remarked_where_the_plan_does_not_say_what_it_is(
    tocsin: Tocsin, tmp_path: Path, environment: dict[str, str], note: str
) -> None:
    (tmp_path / "centres.csv").write_text("code;name;area\nA;A;90\n")
    (tmp_path / "targets.csv").write_text("area;service;order;centre\n90;15;1;A\n90;17;1;A\n90;18;1;A\n90;112;1;A\n")
    numbers = {"15": "0353010905", "17": "0353010906", "18": "0353010908", "112": "0399284321"}
    rows = [f"A;{service};{number}" for service, number in numbers.items()]
    (tmp_path / "numbers.csv").write_text("\n".join(["centre;service;number", *rows]))
    said = tocsin("plan", "check", tmp_path, **environment)
    assert (said.code, said.out.splitlines()[1:]) == (0, [note])
    (tmp_path / "numbers.csv").write_text("\n".join(["centre;service;number", *rows[:3], "A;112;0353010902"]))
    assert len(tocsin("plan", "check", tmp_path, **environment).out.splitlines()) == 1


def test_a_look_says_what_the_file_holds_and_what_it_lacks(tocsin: Tocsin, county: Path) -> None:
    said = tocsin("look", county / "outage.csv", "--territory", county / "map")
    assert said.code == 0
    assert "a minute" in said.out
    assert "service: 911" in said.out
    assert "no path" not in said.out


def test_a_look_says_of_every_feed_how_late_and_how_alive_it_is(tocsin: Tocsin, county: Path) -> None:
    said = tocsin("look", county / "outage.csv", "--territory", county / "map").out.replace("\u202f", " ")
    assert "feeds, as they stood at the last record:" in said
    assert "within the watch's 60 s" in said
    assert "a heartbeat every 60 s" in said or "a heartbeat every 1.0 min" in said
    assert "of the largest area, Ashford (C1)" in said


def test_a_county_that_knows_no_population_is_looked_at_and_learned_but_not_simulated(
    tocsin: Tocsin, county: Path, tmp_path: Path
) -> None:
    (tmp_path / "services.csv").write_text(SERVICES)
    (tmp_path / "areas.csv").write_text(re.sub(r"\d+$", "0", AREAS, flags=re.MULTILINE))
    there = ("--territory", tmp_path)
    assert tocsin("look", county / "outage.csv", *there).code == 0
    assert tocsin("learn", county / "may.parquet", *there, "--out", tmp_path / "baseline").code == 0
    said = tocsin("simulate", "quiet-month", *there, "--out", tmp_path / "quiet.csv")
    assert (said.code, said.err) == (
        1,
        "no area has any inhabitants, so nobody calls: give areas.csv a population column.\n",
    )
    (tmp_path / "areas.csv").write_text(re.sub(r"\d+$", "", AREAS.splitlines()[0] + "\nC,Low County,county,,\n"))
    said = tocsin("look", county / "outage.csv", *there)
    assert (said.code, said.err.split(": ", 1)[1]) == (
        1,
        "1 fault in the folder: mend each and try again.\nareas.csv line 2, population: the cell is empty: write the "
        "inhabitants in digits; 0 is enough to watch, but nobody is simulated there.\n",
    )


def test_a_look_at_areas_that_the_territory_does_not_know_says_so_and_what_to_do(
    tocsin: Tocsin, tmp_path: Path
) -> None:
    rows = "".join(f"2021-06-02T10:{n // 60:02d}:{n % 60:02d}Z,15,centre,T{n % 5}\n" for n in range(600))
    (tmp_path / "calls.csv").write_text(f"time,service,vantage,area\n{rows}")
    said = tocsin("look", tmp_path / "calls.csv")
    assert said.code == 0
    assert (
        "none of its areas is known in the territory France, so no loss can be located: "
        "give the folder of its own with --territory\n"
    ) in said.out
    assert "no area:" not in said.out


def test_a_look_at_a_file_whose_services_the_territory_does_not_know_is_an_error(tocsin: Tocsin, county: Path) -> None:
    said = tocsin("look", county / "outage.csv")
    assert said.code == 1
    assert re.search(
        "\ncalls: [\\d\u202f]+, but none of them names a service that the territory France knows, "
        "so none could be counted\n",
        said.out,
    )
    assert "use a short number or URN of the territory (--territory)" in said.out
    assert said.err == (
        f"{county / 'outage.csv'}: none of its calls names a service that the territory France knows: give the folder "
        "of its own country with --territory, or a mapping that translates its services.\n"
    ), "nor is it said that they were counted under no area"


@pytest.mark.parametrize(
    ("language", "head", "most"),
    [
        ("en", "calls: 174, but none of them names a service that the territory France knows", "number called"),
        ("fr", "appels : 174, mais aucun ne nomme un service que connaît le territoire France", "numéro appelé"),
    ],
)
def test_calls_whose_service_nobody_knows_are_told_as_calls_with_the_numbers_dialled_most(
    tocsin: Tocsin, language: str, head: str, most: str
) -> None:
    said = tocsin("--lang", language, "look", shared("formats/asterisk_mastercsv_218.csv"))
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[1].startswith(head)
    assert "--write-site" in said.out
    assert re.search(f"\n  {most} ?: 397-815-2211 50, 715-413-9112 25, ", said.out)


def test_a_number_called_once_may_be_anybodys_and_is_not_named(tocsin: Tocsin, tmp_path: Path) -> None:
    rows = "".join(f"2021-06-02T10:{n:02d}:{n * n % 60:02d}Z;0199001500\n" for n in range(40))
    (tmp_path / "calls.csv").write_text(f"start;called\n{rows}2021-06-02T11:00:00Z;0639980002\n")
    said = tocsin("look", tmp_path / "calls.csv")
    assert "\n  number called: 0199001500 40\n" in said.out
    assert "0639980002" not in said.out


@pytest.mark.parametrize("calls", [1, 2, 29])
def test_a_look_at_a_handful_of_calls_says_only_that_they_are_too_few(
    tocsin: Tocsin, tmp_path: Path, calls: int
) -> None:
    rows = "".join(f"2021-06-02T10:{n:02d}:00Z,15,centre\n" for n in range(calls))
    (tmp_path / "calls.csv").write_text(f"time,service,vantage\n{rows}")
    said = tocsin("look", tmp_path / "calls.csv")
    assert said.code == 0
    assert "too few calls to say how often they come, or which loss would show: give at least a day of them" in said.out
    assert not re.search("a minute|rate:|never", said.out)


def test_a_look_tells_a_rate_in_the_unit_in_which_it_can_be_read(tocsin: Tocsin, tmp_path: Path) -> None:
    rows = "".join(f"2021-06-{n % 30 + 1:02d}T10:00:00Z,15,centre\n" for n in range(30))
    (tmp_path / "calls.csv").write_text(f"time,service,vantage\n{rows}")
    assert "rate: 1.03 a day\n" in tocsin("look", tmp_path / "calls.csv").out


def test_a_table_in_a_pipe_is_as_wide_wherever_it_is_made(tocsin: Tocsin, county: Path) -> None:
    line = ["kpi", county / "outage.csv", "--territory", county / "map"]
    assert tocsin(*line, COLUMNS="40").out == tocsin(*line, COLUMNS="200").out


def test_a_french_reader_is_told_the_indicators_in_french(tocsin: Tocsin, county: Path) -> None:
    said = tocsin("kpi", county / "outage.csv", "--territory", county / "map", LANG="fr_FR.UTF-8").out
    assert "vu par opérateur : " in said
    assert "taux de prises avec réponse" in said
    assert "answer" not in said


@pytest.mark.parametrize(
    ("language", "told", "comment"),
    [
        (
            "en",
            [
                "columns that the draft doesn't use:",
                "  result: such as T1; may be its outcome",
                "  remark: such as rang back xxxxxxxxxx",
                "  to use one: the last lines of the drafted mapping show how",
            ],
            "# Drafted from the rows of a file.",
        ),
        (
            "fr",
            [
                "colonnes que l'ébauche n'emploie pas :",
                "  result : par exemple T1 ; peut-être : issue (outcome)",
                "  remark : par exemple rang back xxxxxxxxxx",
                "  pour en employer une : les dernières lignes de la correspondance ébauchée montrent comment",
            ],
            "# Ébauchée d'après les lignes d'un fichier.",
        ),
    ],
)
def test_a_look_names_the_columns_that_its_draft_does_not_use(
    tocsin: Tocsin, tmp_path: Path, language: str, told: list[str], comment: str
) -> None:
    table = tmp_path / "export.csv"
    rows = "".join(f"2021-06-02 10:{n:02d}:{n * n % 60:02d};15;T1;rang back 0199000111\n" for n in range(40))
    table.write_text(f"start;short number;result;remark\n{rows}")
    said = tocsin("--lang", language, "look", table, "--write-mapping", tmp_path / "mine.toml")
    assert (said.code, said.err) == (0, "")
    assert "\n".join(told) in said.out
    assert "draft\n" not in said.out
    assert (tmp_path / "mine.toml").read_text("utf-8").startswith(comment)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "  nom appelant: free text that may name people, not shown; may be its caller (caller)"),
        (
            "fr",
            "  nom appelant : texte libre qui peut nommer des personnes, non montré ; peut être l'appelant (caller)",
        ),
    ],
)
def test_a_look_shows_nobody_s_name(tocsin: Tocsin, tmp_path: Path, language: str, told: str) -> None:
    table = tmp_path / "export.csv"
    names = [f"{first} DUPONT {last}" for first in ("Jeanne", "Paul") for last in "ABCDEFGHIJ"]
    seconds = [n * n % 3600 for n in range(40)]
    rows = "".join(
        f"2021-06-02 10:{second // 60:02d}:{second % 60:02d};15;{names[n % 20]};12 rue des Lilas\n"
        for n, second in enumerate(seconds)
    )
    table.write_text(f"debut appel;numero court;nom appelant;secteur\n{rows}")
    said = tocsin("--lang", language, "look", table, "--write-mapping", tmp_path / "mine.toml")
    assert said.code == 0, said.err
    assert "DUPONT" not in said.out + (tmp_path / "mine.toml").read_text("utf-8")
    assert told.split(";")[0].rstrip() in said.out


def test_a_drafted_mapping_reads_the_file_it_was_drafted_from(tocsin: Tocsin, tmp_path: Path) -> None:
    table = tmp_path / "export.csv"
    seconds = [n * n % 3600 for n in range(300)]  # calls come when they come, not at equal distances
    rows = "".join(f"2021-06-02 10:{second // 60:02d}:{second % 60:02d};15;repondu\n" for second in seconds)
    table.write_text(f"debut appel;numero court;resultat\n{rows}")
    looked = tocsin("look", table, "--write-mapping", tmp_path / "mine.toml")
    assert looked.code == 0, looked.err
    read = tocsin("kpi", table, "--mapping", tmp_path / "mine.toml", "--json")
    assert [row["attempts"] for row in json.loads(read.out)] == [300]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            "it is there already, and what you corrected in it would be lost: "
            "name another file, or remove this one first",
        ),
        (
            "fr",
            "il existe déjà, et ce que vous y avez corrigé serait perdu : "
            "nommer un autre fichier, ou supprimer d'abord celui-ci",
        ),
    ],
)
@pytest.mark.parametrize("option", ["--write-mapping", "--write-site"])
def test_a_draft_never_takes_the_place_of_one_that_was_corrected(
    tocsin: Tocsin, tmp_path: Path, option: str, language: str, told: str
) -> None:
    table, mine = tmp_path / "export.csv", tmp_path / "mine"
    table.write_text("debut appel;numero court\n2021-06-02 10:00:01;15\n")
    mine.write_text("# corrected by hand\n")
    said = tocsin("--lang", language, "look", table, option, mine)
    assert said.code == 1
    assert f"{mine}{' ' if language == 'fr' else ''}: {told}" in " ".join(said.err.split())
    assert mine.read_text() == "# corrected by hand\n"


def test_a_picture_of_simulated_records_says_so_and_one_of_others_does_not(
    tocsin: Tocsin, county: Path, normal: list[str | Path], tmp_path: Path
) -> None:
    (tmp_path / "real.csv").write_bytes((county / "outage.csv").read_bytes())
    for records, simulated in ((county / "outage.csv", True), (tmp_path / "real.csv", False)):
        drawn = tocsin("chart", records, *normal, "--out", tmp_path / "picture.svg")
        assert drawn.code == 0, drawn.err
        assert ("SIMULATED" in (tmp_path / "picture.svg").read_text("utf-8")) is simulated

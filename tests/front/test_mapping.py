"""Results in an exchange's own words: what a draft makes of them, and what no table lists is never silent."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from tests.front.conftest import Tocsin

FRENCH = {"LANG": "fr_FR.UTF-8"}


def export(path: Path, *issues: tuple[str, int]) -> Path:
    """A call log of March 2024 whose calls ended so: each word for so many calls, a call every 97 s and some."""
    words = [word for word, calls in issues for _ in range(calls)]
    minutes = [(n * 97 + n % 7) // 60 for n in range(len(words))]
    rows = (
        f"{1 + at // 1440:02}/03/2024;{at // 60 % 24:02}:{at % 60:02}:{n % 60:02};15;Rennes;{word}"
        for n, (at, word) in enumerate(zip(minutes, words, strict=True))
    )
    path.write_text("\n".join(["Date;Heure;N° composé;Commune;Issue", *rows]) + "\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("environment", "said", "comment"),
    [
        (
            {},
            "  113  Issue holds what the mapping's table doesn't list, so the call's outcome stays unknown, and a loss "
            'that it tells is missed: "Boîte vocale" 94, "Rappel xx xx xx xx xx" 12, "Transféré" 7; say of each what '
            "it is, in the values of outcome",
            "# 94 rows: which outcome? answered, abandoned, busy, refused, lost, misrouted; "
            "unknown while this line is commented out",
        ),
        (
            FRENCH,
            "  113  Issue contient ce que la table de la correspondance ne connaît pas : pour ces appels, issue "
            "(outcome) reste inconnu, et une perte qui s'y dit passe inaperçue : « Boîte vocale » 94, "
            "« Rappel xx xx xx xx xx » 12, « Transféré » 7 ; dire de chaque valeur ce qu'elle est, dans les values de "
            "outcome",
            "# 94 lignes : quelle issue ? answered, abandoned, busy, refused, lost, misrouted ; "
            "inconnue tant que cette ligne est en commentaire",
        ),
    ],
)
def test_results_that_no_table_lists_are_counted_and_named_by_every_command_and_laid_out_in_the_draft(
    tocsin: Tocsin, tmp_path: Path, environment: dict[str, str], said: str, comment: str
) -> None:
    met = (("Répondu", 1500), ("Boîte vocale", 94), ("Transféré", 7), ("Rappel 06 39 98 47 77", 12))
    file, draft = export(tmp_path / "log.csv", *met), tmp_path / "mine.toml"
    assert said in tocsin("look", file, "--write-mapping", draft, **environment).err.splitlines()
    assert f'# outcome.values."Boîte vocale" = "lost" {comment}' in draft.read_text("utf-8").splitlines()
    assert "47 77" not in draft.read_text("utf-8")
    for command in (("look",), ("kpi",), ("learn", "--out", tmp_path / "baseline")):
        told = tocsin(command[0], file, "--mapping", draft, *command[1:], **environment)
        assert said in told.err.splitlines(), command[0]


def test_a_line_of_the_draft_that_is_decided_is_no_longer_told(tocsin: Tocsin, tmp_path: Path) -> None:
    file, draft = export(tmp_path / "log.csv", ("Répondu", 1500), ("Boîte vocale", 94)), tmp_path / "mine.toml"
    tocsin("look", file, "--write-mapping", draft)
    draft.write_text(draft.read_text("utf-8").replace("# outcome.values", "outcome.values"), "utf-8")
    said = tocsin("look", file, "--mapping", draft)
    assert "outcome: answered 1\u202f500, lost 94" in said.out
    assert "Issue holds" not in said.err


def test_the_words_of_french_equipment_are_known_and_one_met_far_down_is_in_the_drafts_table(
    tocsin: Tocsin, tmp_path: Path
) -> None:
    met = {
        "Répondu": "answered", "Abandonné": "abandoned", "Raccroché": "abandoned", "Non répondu": "abandoned",
        "Occupé": "busy", "Dissuadé": "refused", "Refusé": "refused", "Échec réseau": "lost", "Échec": "lost",
        "Non abouti": "lost", "Mal acheminé": "misrouted",
    }  # fmt: skip
    file = export(tmp_path / "log.csv", *((word, 200) for word in met))
    tocsin("look", file, "--write-mapping", tmp_path / "mine.toml")
    drafted = tomllib.loads((tmp_path / "mine.toml").read_text("utf-8"))["columns"]["outcome"]
    assert drafted["values"] == met


@pytest.mark.parametrize(
    ("environment", "doubt"),
    [
        ({}, '  in doubt: "Perdu" in Issue: taken as lost; '),
        (FRENCH, "  à vérifier : « Perdu » dans Issue : pris pour "),
    ],
)
def test_a_lost_call_that_may_be_an_abandoned_one_pages_rather_than_hides_and_is_said_to_be_in_doubt(
    tocsin: Tocsin, tmp_path: Path, environment: dict[str, str], doubt: str
) -> None:
    file, draft = export(tmp_path / "log.csv", ("Répondu", 90), ("Perdu", 10)), tmp_path / "mine.toml"
    said = tocsin("look", file, "--write-mapping", draft, **environment)
    assert any(line.startswith(doubt) for line in said.out.splitlines()), said.out
    assert next(line for line in draft.read_text("utf-8").splitlines() if "Perdu" in line).startswith(
        'outcome.values."Perdu" = "lost" # '
    )

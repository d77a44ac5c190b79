"""`tocsin chart`: a picture, and in words what it shows and what it doesn't."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.front.conftest import OUTAGE, Tocsin

FRENCH = {"LANG": "fr_FR.UTF-8"}
SECOND = """
[[fault]]
kind = "loss"
from = "16:00"
to = "19:00"
areas = ["C2"]
loss = 0.9
"""


def test_what_was_drawn_is_said(tocsin: Tocsin, county: Path, normal: list[str | Path], tmp_path: Path) -> None:
    said = tocsin("chart", county / "outage.csv", *normal, "--out", tmp_path / "one.svg")
    drawn, page = said.out.splitlines()
    assert (said.code, drawn) == (0, f"drawn: {tmp_path / 'one.svg'}")
    assert page.startswith("Calls ")
    assert "Ashford (C1)" in page


def test_a_quiet_day_of_a_country_without_outlines_shows_its_date_and_neither_map_nor_scale(
    tocsin: Tocsin, county: Path, normal: list[str | Path], tmp_path: Path
) -> None:
    said = tocsin("chart", county / "tuesday.csv", *normal, "--out", tmp_path / "quiet.svg")
    assert said.out.splitlines()[1] == "Nothing paged: all of map"
    text = (tmp_path / "quiet.svg").read_text("utf-8")
    assert "8 June 2021, hours: UTC" in text
    assert "Nothing paged, 8 June 2021" in text
    for name in ("each area's worst hour", "no data", "svg-maps"):
        assert name not in text


@pytest.mark.parametrize(
    ("environment", "note"),
    [({}, "This page lost most; "), (FRENCH, "Cette alarme a le plus perdu ; ")],
)
def test_of_several_pages_the_picture_and_the_screen_say_which_are_not_drawn(
    tocsin: Tocsin,
    county: Path,
    normal: list[str | Path],
    tmp_path: Path,
    environment: dict[str, str],
    note: str,
) -> None:
    (tmp_path / "two.toml").write_text(OUTAGE + SECOND)
    records = tmp_path / "two.csv"
    tocsin("simulate", tmp_path / "two.toml", "--territory", county / "map", "--out", records)
    said = tocsin("chart", records, *normal, "--out", tmp_path / "two.svg", **environment)
    assert said.code == 0, said.err
    assert said.out.splitlines()[2].startswith(note)
    assert note in (tmp_path / "two.svg").read_text("utf-8")

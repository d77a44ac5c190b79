from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tocsin.cli.picture import Course, Marks, Picture, draw
from tocsin.errors import UsageError
from tocsin.words import Words

AFTERNOON = datetime(2021, 6, 2, 14, 0, tzinfo=UTC)
ENGLISH = Words(language="en")


def square(column: int) -> tuple[NDArray[np.float64], ...]:
    return (np.array([[column, 0], [column + 1, 0], [column + 1, 1], [column, 1], [column, 0]], float),)


def picture(*, simulated: bool = True, losses: dict[str, float] | None = None) -> Picture:
    steps = 60
    expected = np.full(steps, 1000.0)
    return Picture(
        title="Calls that don't arrive",
        scope="fixed access",
        simulated=simulated,
        outlines={"59": square(0), "62": square(1), "2A": square(2)},
        losses={"59": 0.3, "62": 0.1} if losses is None else losses,
        courses=[
            Course(
                title="Attempts per 10 minutes",
                start=[AFTERNOON + timedelta(minutes=10 * step) for step in range(steps)],
                seen=expected * 0.9,
                expected=expected,
                low=expected * 0.95,
                high=expected * 1.05,
            )
        ],
        marks=Marks(
            onset=(
                AFTERNOON + timedelta(minutes=44),
                AFTERNOON + timedelta(minutes=45),
                AFTERNOON + timedelta(minutes=46),
            ),
            alarm=AFTERNOON + timedelta(minutes=47),
            closed=AFTERNOON + timedelta(hours=9),
        ),
    )


def svg(drawn: Picture, folder: Path, words: Words = ENGLISH) -> str:
    path = folder / "picture.svg"
    draw(drawn, path, words)
    return path.read_text("utf-8")


def test_the_sheet_names_what_it_shows(tmp_path: Path) -> None:
    text = svg(picture(), tmp_path)
    for name in ("Calls that don't arrive", "fixed access", "Attempts per 10 minutes", "hours: CEST", "onset, 95 %"):
        assert name in text
    assert "16:00" in text, "hours are those of Paris"


def test_a_frenchman_reads_it_in_french(tmp_path: Path) -> None:
    text = svg(picture(), tmp_path, Words(language="fr"))
    assert "SIMULÉ" in text
    assert "attendu" in text
    assert "1\u202f000" in text


def test_simulated_is_written_on_what_is_and_on_nothing_else(tmp_path: Path) -> None:
    assert "SIMULATED" in svg(picture(simulated=True), tmp_path)
    assert "SIMULATED" not in svg(picture(simulated=False), tmp_path)


def test_an_area_where_nobody_looked_is_hatched_and_the_legend_says_so(tmp_path: Path) -> None:
    assert "no data" in svg(picture(), tmp_path)
    assert "no data" not in svg(picture(losses={"59": 0.3, "62": 0.1, "2A": 0.0}), tmp_path)


def test_the_noise_of_a_quiet_day_does_not_fill_the_scale(tmp_path: Path) -> None:
    assert "10\u202f%" in svg(picture(losses={"59": 0.004, "62": 0.0, "2A": 0.0}), tmp_path)


def test_the_same_picture_gives_the_same_bytes(tmp_path: Path) -> None:
    assert svg(picture(), tmp_path) == svg(picture(), tmp_path)


def test_a_png_is_a_png(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    draw(picture(), path, ENGLISH)
    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_another_ending_is_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "picture.gif"
    with pytest.raises(UsageError) as error:
        draw(picture(), path, ENGLISH)
    assert str(error.value) == "'picture.gif' is no picture that tocsin can draw: end its name in .svg or .png."
    assert not path.exists()

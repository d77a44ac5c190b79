from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.text import Text
from numpy.typing import NDArray

from tocsin.cli.picture import Course, Marks, Picture, draw
from tocsin.cli.picture.figure import STYLE, sheet
from tocsin.cli.picture.ink import MUTED, SAID
from tocsin.errors import UsageError
from tocsin.words import LANGUAGES, Words

AFTERNOON = datetime(2021, 6, 2, 14, 0, tzinfo=UTC)
ENGLISH = Words(language="en")


def square(column: int) -> tuple[NDArray[np.float64], ...]:
    return (np.array([[column, 0], [column + 1, 0], [column + 1, 1], [column, 1], [column, 0]], float),)


def picture(*, simulated: bool = True, losses: dict[str, float] | None = None, **changed: object) -> Picture:
    steps = 60
    expected = np.full(steps, 1000.0)
    usual: dict[str, object] = {
        "title": "Calls that don't arrive",
        "scope": "fixed access",
        "day": "2 June 2021",
        "fact": "16:45 CEST: 11 746 calls lost",
        "simulated": simulated,
        "outlines": {"59": square(0), "62": square(1), "2A": square(2)},
        "losses": {"59": 0.3, "62": 0.1} if losses is None else losses,
        "courses": [
            Course(
                title="Attempts per 10 minutes",
                start=[AFTERNOON + timedelta(minutes=10 * step) for step in range(steps)],
                seen=expected * 0.9,
                expected=expected,
                low=expected * 0.95,
                high=expected * 1.05,
            )
        ],
        "marks": Marks(
            onset=(
                AFTERNOON + timedelta(minutes=44),
                AFTERNOON + timedelta(minutes=45),
                AFTERNOON + timedelta(minutes=46),
            ),
            alarm=AFTERNOON + timedelta(minutes=47),
            closed=AFTERNOON + timedelta(hours=9),
        ),
        "losses_of": "Of 100 calls, lost",
        "unknown": "no data",
        "credit": "outlines: somebody",
    }
    return Picture(**{**usual, **changed})  # type: ignore[arg-type]


def svg(drawn: Picture, folder: Path, words: Words = ENGLISH) -> str:
    path = folder / "picture.svg"
    draw(drawn, path, words)
    return path.read_text("utf-8")


def test_the_sheet_names_what_it_shows(tmp_path: Path) -> None:
    text = svg(picture(), tmp_path)
    for name in (
        "Calls that don't arrive, 2 June 2021",
        "fixed access",
        "16:45 CEST: 11 746 calls lost",
        "Attempts per 10 minutes",
        "2 June 2021 to 3 June 2021, hours: Paris time (CEST)",
        "onset, 95 %",
    ):
        assert name in text
    assert "2 June 2021 to 3 June 2021, hours: Paris time (CEST)" in text
    assert "16:00" in text, "hours are those of Paris"


@pytest.mark.parametrize("peak", [0, 20, 40, 59])
def test_what_makes_a_curve_rise_is_written_above_its_peak_and_within_its_axes(peak: int) -> None:
    usual = picture().courses[0]
    course = replace(usual, seen=usual.seen + 500 * (np.arange(60) == peak), note="more calls than usual: redials")
    figure = sheet(picture(courses=[course]), ENGLISH)
    FigureCanvasAgg(figure).draw()
    (note,) = (text for text in figure.findobj(Text) if text.get_text() == course.note)
    axes = figure.axes[-1]
    box, within = note.get_window_extent(), axes.get_window_extent()
    assert within.x0 <= box.x0 < box.x1 <= within.x1
    assert axes.transData.transform((0, 1400.0))[1] < box.y0 < box.y1 <= within.y1


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


def test_where_nothing_was_lost_there_is_no_scale_of_losses(tmp_path: Path) -> None:
    assert "Of 100 calls, lost" in svg(picture(), tmp_path)
    assert "Of 100 calls, lost" not in svg(picture(losses={"59": 0.0, "62": 0.0}), tmp_path)


def test_a_map_without_a_scale_has_no_colour_that_would_need_one() -> None:
    for losses, coloured in (({"59": 0.3, "62": 0.1}, True), ({"59": 0.0, "62": 0.0}, False)):
        patches = sheet(picture(losses=losses), ENGLISH).axes[0].patches
        assert any(patch.get_facecolor() != to_rgba("white") for patch in patches) is coloured


def test_an_alarm_in_the_minute_of_its_onset_is_drawn_above_it_and_in_another_ink() -> None:
    at = AFTERNOON + timedelta(minutes=45)
    axes = sheet(picture(marks=Marks(onset=(at, at, at), alarm=at)), ENGLISH).axes[-1]
    lines = {line.get_label(): line for line in axes.lines}
    alarm, onset = lines["alarm"], lines["onset, 95 %"]
    assert alarm.get_zorder() > onset.get_zorder()
    assert alarm.get_color() != onset.get_color()
    assert alarm.get_marker() == "v"


def test_a_date_at_the_very_end_of_a_curve_is_not_cut() -> None:
    ends = [datetime(2021, 9, 29, 22, 0, tzinfo=UTC) - timedelta(minutes=10 * step) for step in range(60)][::-1]
    course = replace(picture().courses[0], start=ends)
    with mpl.rc_context(STYLE):
        figure = sheet(picture(courses=[course], marks=Marks()), Words(language="fr"))
        FigureCanvasAgg(figure).draw()
    dates = [text.get_window_extent() for text in figure.findobj(Text) if text.get_text() == "30 septembre"]
    assert dates
    assert max(date.x1 for date in dates) <= figure.bbox.width


def test_a_country_without_outlines_has_no_map_and_its_courses_take_the_width(tmp_path: Path) -> None:
    text = svg(picture(outlines={}), tmp_path)
    for name in ("Of 100 calls, lost", "no data", "outlines: somebody"):
        assert name in svg(picture(), tmp_path)
        assert name not in text
    beside, across = (sheet(drawn, ENGLISH).axes[-1] for drawn in (picture(losses={}), picture(outlines={})))
    assert across.get_position().width > 0.9 > 0.6 > beside.get_position().width


def test_a_note_is_written_beneath_the_scope_and_a_long_one_is_cut_with_a_sign(tmp_path: Path) -> None:
    assert "one other is not drawn" in svg(picture(note="one other is not drawn"), tmp_path)
    assert " …" in svg(picture(note="another page " * 100), tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("outlines", [True, False])
def test_nothing_that_is_written_is_cut_at_the_edge_or_lies_on_another_text(outlines: bool, language: str) -> None:
    words = Words(language=language)
    area = "calls to 112, Provence-Alpes-Côte d'Azur (R93)"
    where = f"{area}, mobile phones, through SBC-1, SBC-3, SBC-5, SBC-7, SBC-9, SBC-11, SBC-13, SBC-15 and 9 more"
    of = words("records_of.operator")
    records = {"arrivals": words("chart.held", vantage=of, seconds=60), "failures_held": words("chart.all", vantage=of)}
    long = [
        replace(
            picture().courses[0],
            title=words(f"chart.{name}", where=area, records=records[name], seconds=60),
            seen=picture().courses[0].seen + np.exp(-((np.arange(60.0) - peak) ** 2)),
            note=words("chart.risen"),
        )
        for name, peak in (("arrivals", 2), ("failures_held", 57))
    ]
    usual = picture()
    drawn = picture(courses=long, scope=where, note="another page " * 100, outlines=usual.outlines if outlines else {})
    figure = sheet(drawn, words)
    FigureCanvasAgg(figure).draw()
    written = [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    boxes = {text: text.get_window_extent() for text in written}
    for text, box in boxes.items():
        assert 0 <= box.x0 < box.x1 <= figure.bbox.width, text
        assert 0 <= box.y0 < box.y1 <= figure.bbox.height, text
    for one, other in combinations(written, 2):
        assert not boxes[one].shrunk(0.9, 0.9).overlaps(boxes[other].shrunk(0.9, 0.9)), (one, other)


@pytest.mark.parametrize("ink", [MUTED, SAID])
def test_what_is_written_can_be_read_on_white(ink: str) -> None:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(ink))
    assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5  # WCAG 2.2, 1.4.3

"""What `make run` shows: the evening of 2 June 2021, simulated, through the front door and once for all tests here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.front.conftest import Said, Tocsin

README = Path(__file__).parents[2] / "README.md"
NUMBER = re.compile(r"\d+(?:[\u202f.]\d+)*")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "out"


@pytest.fixture(scope="module")
def demo(tocsin: Tocsin, out: Path) -> Said:
    said = tocsin("demo", "--out", out, COLUMNS="120")
    assert (said.code, said.err) == (0, "")
    return said


def row(demo: Said, name: str) -> str:
    return next(line for line in demo.out.splitlines() if line.startswith(name))


def test_it_pages_within_three_minutes_of_the_onset_and_not_before(demo: Said) -> None:
    assert "(0 before the onset)" in demo.out
    delay = re.search(r"([\d.]+)\u202f(s|min) after the onset", row(demo, "first page"))
    assert delay is not None
    assert delay[2] == "s" or float(delay[1]) <= 3


def test_it_names_fixed_lines_and_the_six_call_servers(demo: Said) -> None:
    truth, estimate = re.split(r"\s{2,}", row(demo, "where"))[1:3]
    assert estimate == truth


def test_the_truth_lies_within_the_estimates(demo: Said) -> None:
    truth, _, low, high = (int(re.sub(r"\D", "", number)) for number in _lost(row(demo, "lost attempts")))
    assert low <= truth <= high
    assert high <= 2.5 * low


def _lost(line: str) -> tuple[str, str, str, str]:
    found = re.search(r"([\d\u202f]+) of [\d\u202f]+\s+([\d\u202f]+) \(([\d\u202f]+) to ([\d\u202f]+)\)", line)
    assert found is not None, line
    return found[1], found[2], found[3], found[4]


def test_everything_it_shows_is_called_simulated(demo: Said) -> None:
    assert demo.out.splitlines()[0].startswith("The evening of 2 June 2021, simulated")
    assert "simulated truth" in demo.out


def test_the_picture_is_drawn_and_says_that_it_is_simulated(demo: Said, out: Path) -> None:
    assert str(out / "2021-06-02.svg") in demo.out
    assert "SIMULATED" in (out / "2021-06-02.svg").read_text("utf-8")
    assert (out / "2021-06-02.png").read_bytes().startswith(b"\x89PNG")


def test_the_readme_shows_what_it_prints(demo: Said, out: Path) -> None:
    shown = README.read_text("utf-8").split("<!-- make run -->\n```text\n")[1].split("```")[0]
    printed = "".join(f"{line.rstrip()}\n" for line in demo.out.replace(str(out), "out").splitlines())
    assert NUMBER.sub("#", shown) == NUMBER.sub("#", printed)

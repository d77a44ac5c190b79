"""The reference pages of this room say what the program does."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Final

import pytest

from tocsin.counts import COUNTERS, KPIS, Life

PAGES: Final = Path(__file__).parents[2] / "docs" / "reference"
EXAMPLE: Final = re.compile(r"```python\n(.*?)```\s+```text\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("page", ["kpi.md", "tally.md"])
def test_the_examples_print_what_the_page_says(page: str) -> None:
    examples = EXAMPLE.findall((PAGES / page).read_text("utf-8"))
    assert examples
    for program, printed in examples:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(program, page, "exec"), {})
        assert said.getvalue() == printed


def rows(page: str) -> list[list[str]]:
    """The cells of all tables of a page."""
    lines = (PAGES / page).read_text("utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]


def test_the_table_of_indicators_is_the_programs() -> None:
    assert rows("kpi.md") == [[f"`{it.name}`", it.title, it.formula, it.source] for it in KPIS]


def test_every_counter_and_every_state_of_a_feed_is_explained_in_order() -> None:
    words = [row[0].strip("`") for row in rows("tally.md")]
    assert words[: len(COUNTERS)] == list(COUNTERS)
    assert words[len(COUNTERS) :] == ["alive", "no calls", "silent", "quiet", "ahead", "new"]
    assert set(words[len(COUNTERS) :]) == set(Life)

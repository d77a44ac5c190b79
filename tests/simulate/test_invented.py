from __future__ import annotations

import re
from importlib import resources
from itertools import pairwise

import pytest

from tocsin.errors import InputError
from tocsin.simulate.invented import World, invented, typed


def test_every_figure_says_where_it_comes_from() -> None:
    """A table or a line of it names its source, or the word: invented."""
    text = resources.files("tocsin.simulate").joinpath("invented.toml").read_text("utf-8")
    tables = re.split(r"\n(?=\[\w)", text)  # [[network.failure]] belongs to [network]
    for above, table in pairwise(tables):
        words = above.rsplit("\n\n", 1)[-1] + table  # the comment over a table belongs to it
        assert re.search(r"[Ii]nvented|DETECTION|FACTS", words), table
    assert len(tables) > 10


def test_shares_add_up() -> None:
    rules = invented()
    assert sum(rules.operators.share.values()) == pytest.approx(1)
    assert sum(failure.share for failure in rules.network.failure) == pytest.approx(1)
    assert sum(rules.demand.weekday) / 7 == pytest.approx(1, abs=0.005)
    assert sum(rules.demand.month) / 12 == pytest.approx(1, abs=0.005)
    assert sum(rules.demand.hour) == pytest.approx(22.2)


def test_a_field_that_nobody_reads_is_an_error() -> None:
    with pytest.raises(InputError) as caught:
        typed(World, {"swong": 0.1})
    assert str(caught.value) == "invented.toml: unknown field 'swong'."

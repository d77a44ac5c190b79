from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.cli.rate import PERIOD_MINUTES, minutes_per_false_alarm
from tocsin.errors import UsageError


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1 a month", 43_200),
        ("2 a year", 262_800),
        ("1 a week", 10_080),
        ("1 a day", 1440),
        (" 12  a  year ", 43_800),
        ("1 par mois", 43_200),
        ("2 par an", 262_800),
        ("1 par semaine", 10_080),
        ("1 par jour", 1440),
    ],
)
def test_a_rate_in_words_is_the_minutes_that_one_false_alarm_may_cost(text: str, minutes: float) -> None:
    assert minutes_per_false_alarm(text) == minutes


@given(st.integers(1, 10_000), st.sampled_from(["day", "week", "month", "year"]))
def test_n_times_as_many_alarms_cost_an_nth_of_the_minutes(n: int, period: str) -> None:
    assert minutes_per_false_alarm(f"{n} a {period}") * n == pytest.approx(PERIOD_MINUTES[period])


@pytest.mark.parametrize(
    "text", ["", "often", "0 a month", "1.5 a month", "1 per month", "1 a decade", "1 par month", "1 a mois"]
)
def test_anything_else_is_told_how_to_write_it(text: str) -> None:
    with pytest.raises(UsageError) as error:
        minutes_per_false_alarm(text)
    assert str(error.value) == (
        f'--false-alarms: \'{text}\' isn\'t a rate: write for instance "1 a month", "2 a year" or "1 a week".'
    )

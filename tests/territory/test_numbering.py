from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.errors import InputError
from tocsin.territory import Numbering, france

FRANCE = france()
FRENCH = FRANCE.numbering
BARE = Numbering()  # of a country that has said nothing of its numbers


@pytest.mark.parametrize(
    "written", ["0199001500", "01.99.00.15.00", "01 99 00 15 00", "+33199001500", "01-99-00-15-00"]
)
def test_a_number_is_one_number_however_it_is_written(written: str) -> None:
    assert FRENCH.parse(written) == "0199001500"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("15", "'15' is a short number: write the number that it leads to: a short number would be routed again."),
        (
            "116000",
            "'116000' is a short number: write the number that it leads to: a short number would be routed again.",
        ),
        ("01 99 00 15", "'01 99 00 15' has 8 digits, a number has 10: write all of them."),
        ("01990015001", "'01990015001' has 11 digits, a number has 10: write all of them."),
        ("199001500", "'199001500' has lost its first 0: format the column as text and write 0199001500."),
        ("1199001500", "'1199001500' is no number of this country: write the number as it is dialled here."),
        ("+14155550100", "'+14155550100' has 11 digits, a number has 10: write all of them."),
        (
            "1,99E+08",
            "'1,99E+08' is what a spreadsheet made of a number: format the column as text and write all 10 digits.",
        ),
        ("voir annuaire", "'voir annuaire' is not a telephone number: write 10 digits and nothing else."),
        ("٠١٩٩٠٠١٥٠٠", "'٠١٩٩٠٠١٥٠٠' is not a telephone number: write 10 digits and nothing else."),
        ("0899001500", "'0899001500' costs the caller extra: write the centre's ordinary number."),
        ("08 26 00 15 00", "'08 26 00 15 00' costs the caller extra: write the centre's ordinary number."),
    ],
)
def test_a_number_that_no_centre_can_have_says_how_to_mend_it(written: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        FRENCH.parse(written)
    assert str(caught.value) == sentence


def test_a_free_number_is_allowed() -> None:
    assert FRENCH.parse("0800 00 15 00") == "0800001500"


def test_a_country_that_said_nothing_takes_any_subscriber_number() -> None:
    assert BARE.parse("610-555-0100") == "6105550100"
    assert BARE.parse("+1 610 555 0100") == "16105550100"
    with pytest.raises(InputError) as caught:
        BARE.parse("1234567890123456")
    assert str(caught.value) == "'1234567890123456' has 16 digits, a number has 7 to 15: write all of them."


def test_the_longest_prefix_of_the_access_table_decides() -> None:
    numbering = Numbering(access={"61": "fixed", "610555": "mobile"})
    assert [numbering.access_of(number) for number in ("6101000000", "6105550100", "7005550100")] == [
        "fixed",
        "mobile",
        None,
    ]


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_says_why_not(text: str) -> None:
    if (number := FRENCH.national(text)) is not None and not number.startswith(FRENCH.surcharged):
        assert FRENCH.parse(text) == number
        return
    with pytest.raises(InputError) as caught:
        FRENCH.parse(text)
    assert caught.value.do


@given(st.integers(min_value=100_000_000, max_value=799_999_999), st.sampled_from(["0{}", "+33{}", "0033{}", "33{}"]))
def test_every_form_of_a_number_is_the_same_number(subscriber: int, form: str) -> None:
    assert FRENCH.national(form.format(subscriber)) == f"0{subscriber}"


@pytest.mark.parametrize(
    ("number", "access"),
    [
        ("0199001500", "fixed"),
        ("01 99 00 15 00", "fixed"),
        ("+33 1 99 00 15 00", "fixed"),
        ("+33 (0)1 99 00 15 00", "fixed"),
        ("0033199001500", "fixed"),
        ("33199001500", "fixed"),  # as exchanges write it
        ("0639980001", "mobile"),
        ("+33639980001", "mobile"),
        ("0700000000", "mobile"),
        ("0900000000", "fixed"),  # voice over IP at home
        ("+590 590 00 00 00", "fixed"),  # Guadeloupe
        ("+590 690 00 00 00", "mobile"),
        ("00262692000000", "mobile"),  # La Réunion
        ("0269000000", "fixed"),  # Mayotte, dialled from there
        ("0800000000", None),
        ("15", None),
        ("+1 415 555 0100", None),
        ("019900150", None),
        ("anonymous", None),
        ("", None),
    ],
)
def test_the_first_digits_tell_a_fixed_line_from_a_mobile(number: str, access: str | None) -> None:
    assert FRANCE.access_of(number) == access


def test_the_prefixes_for_a_whole_column_say_the_same() -> None:
    prefixes = FRANCE.numbering.dialled_prefixes
    for number in ("0199001500", "+33639980001", "00262692000000", "33199001500", "+590590000000"):
        longest = max((prefix for prefix in prefixes if number.startswith(prefix)), key=len)
        assert prefixes[longest] == FRANCE.access_of(number)

"""What headers are made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.errors import InputError
from tocsin.wire.sip import Uri
from tocsin.wire.sip.header import address, parameter, quoted, split, unquoted

ANNE = Uri(scheme="sip", user="anne", host="h")


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("a,b,c", ["a", "b", "c"]),
        ("", [""]),
        ('"a,b" <sip:c,d@h>,e', ['"a,b" <sip:c,d@h>', "e"]),
        (r'"a\",b",c', [r'"a\",b"', "c"]),
        (r'"a\\",b', [r'"a\\"', "b"]),
        ('"",,<>', ['""', "", "<>"]),
    ],
)
def test_values_are_parted_at_commas_that_stand_alone(value: str, parts: list[str]) -> None:
    assert split(value, ",") == parts


@pytest.mark.parametrize("value", ['"', 'a,"b', r'"a\"', "<a", 'a,"b",<c', "a<b,c"])
def test_what_is_opened_must_be_closed(value: str) -> None:
    with pytest.raises(InputError) as refused:
        split(value, ",")
    assert str(refused.value) == "a quote or a bracket is opened and not closed."


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("branch=z9hG4bK1;rport", "z9hG4bK1"),
        ("rport ; BRANCH = z9hG4bK1", "z9hG4bK1"),
        (r'x="a;branch=no";branch="a \"b\" c"', 'a "b" c'),
        ("rport", None),
        ("branch", ""),
        ("rport;rport;branch=1", "1"),
    ],
)
def test_a_parameter_is_found_by_name(text: str, value: str | None) -> None:
    assert parameter(text, "branch") == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a parameter has no name."),
        ("branch=1;", "a parameter has no name."),
        ("=1", "a parameter has no name."),
        ("branch=1;BRANCH=1", "the parameter branch stands twice."),
        ('branch="1"2', "a quote or a bracket is opened and not closed."),
        ('branch="1', "a quote or a bracket is opened and not closed."),
    ],
)
def test_parameters_that_are_none_are_refused(text: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        parameter(text, "branch")
    assert str(refused.value) == said


@given(st.text())
def test_what_was_quoted_is_unquoted(value: str) -> None:
    assert unquoted(quoted(value)) == value


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ("sip:anne@h", None),
        ("sip:anne@h;tag=1", "1"),
        ("<sip:anne@h>", None),
        ("<sip:anne@h;tag=no>", None),
        ("<sip:anne@h> ; x=2 ; TAG = 1", "1"),
        ("Anne<sip:anne@h>;tag=1", "1"),
        (r'"<\"Anne\\" <sip:anne@h>;tag=1', "1"),
        ('"tag=no;" <sip:anne@h>;x="tag=no"', None),
        ("<sip:anne@h>;tag=", None),
        ("< sip:anne@h >;tag=1", "1"),
        ("Anne, of the fire brigade <sip:anne@h>;tag=1", "1"),
    ],
)
def test_an_address_is_a_uri_and_a_tag(value: str, tag: str | None) -> None:
    assert address(value) == (ANNE, tag)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "the URI has no scheme such as sip: or tel: before it."),
        ("Anne", "the URI has no scheme such as sip: or tel: before it."),
        ("<sip:anne@h", "a quote or a bracket is opened and not closed."),
        ('"Anne <sip:anne@h>', "a quote or a bracket is opened and not closed."),
        ("<sip:anne@h>tag=1", "something stands between the address and its parameters."),
        ("<sip:anne@h>;tag=1;tag=2", "the parameter tag stands twice."),
        ("<sip:anne@h>;;", "a parameter has no name."),
        ("sip:anne@h, sip:bert@h", "the URI holds a blank, a control character, a bracket or a quote."),
    ],
)
def test_what_is_no_address_is_refused(value: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        address(value)
    assert str(refused.value) == said

"""URIs: what is called, by number, by name or by service, and what is no URI."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.wire.sip.values import uris

from tocsin.errors import InputError
from tocsin.wire.sip import Uri


@pytest.mark.parametrize(
    ("text", "uri", "number"),
    [
        ("sip:15@centre.example", Uri(scheme="sip", user="15", host="centre.example"), "15"),
        (
            "SIPS:112@[2001:DB8::1]:5061;user=phone",
            Uri(scheme="sips", user="112", host="[2001:db8::1]", port=5061),
            "112",
        ),
        (
            "sip:+33-1-99.00.12(34);phone-context=x@operator.example;user=phone",
            Uri(scheme="sip", user="+33-1-99.00.12(34);phone-context=x", host="operator.example"),
            "+33199001234",
        ),
        ("sip:%2B33199001234@h", Uri(scheme="sip", user="+33199001234", host="h"), "+33199001234"),
        ("sip:%31%35@h", Uri(scheme="sip", user="15", host="h"), "15"),
        ("sip:anne:secret@h", Uri(scheme="sip", user="anne", host="h"), None),
        ("sip:15a@h", Uri(scheme="sip", user="15a", host="h"), None),
        ("sip:anonymous@anonymous.invalid", Uri(scheme="sip", user="anonymous", host="anonymous.invalid"), None),
        ("sip:call_server-1.example", Uri(scheme="sip", host="call_server-1.example"), None),
        ("sip:@h", Uri(scheme="sip", host="h"), None),
        ("tel:+33-199-00-12-34", Uri(scheme="tel", user="+33-199-00-12-34"), "+33199001234"),
        ("tel:18;phone-context=+33", Uri(scheme="tel", user="18;phone-context=+33"), "18"),
        ("urn:service:sos", Uri(scheme="urn", opaque="service:sos"), None),
        ("http://example.org/15", Uri(scheme="http", opaque="//example.org/15"), None),
    ],
)
def test_a_uri_tells_whom_it_names_and_by_what_number(text: str, uri: Uri, number: str | None) -> None:
    assert Uri.from_text(text) == uri
    assert uri.number == number


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("urn:service:sos", "urn:service:sos"),
        ("URN:SERVICE:SOS.Ambulance", "urn:service:sos.ambulance"),
        ("urn:service:test.sos", "urn:service:test.sos"),
        ("urn:emergency:uid:callid:1", None),
        ("sip:urn:service:sos@h", None),
        ("tel:15", None),
    ],
)
def test_a_service_urn_is_told_in_lower_case(text: str, service: str | None) -> None:
    assert Uri.from_text(text).service == service


SCHEME = "the URI has no scheme such as sip: or tel: before it."
INSIDE = "the URI holds a blank, a control character, a bracket or a quote."
HOST = "the URI has no host, or one that can't be, or no such port."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", SCHEME),
        ("15", SCHEME),
        ("tester@192.0.2.1:5060", SCHEME),
        ("5ip:15@h", SCHEME),
        (":15@h", SCHEME),
        ("sip:15 @h", INSIDE),
        ("sip:<15@h>", INSIDE),
        ('sip:"15"@h', INSIDE),
        ("sip:15\0@h", INSIDE),
        ("sip:", HOST),
        ("sip:15@", HOST),
        ("sip:15@h:", HOST),
        ("sip:15@h:65536", HOST),
        ("sip:15@h:999999999", HOST),
        ("sip:15@h:x", HOST),
        ("sip:15@h@i", HOST),
        ("sip:15@[2001:db8::1", HOST),
        ("sip:15@hôte", HOST),
        ("tel:", "the tel URI has no number."),
        ("tel:anne", "the tel URI has no number."),
        ("urn:", "nothing follows the scheme of the URI."),
    ],
)
def test_what_is_no_uri_is_refused_without_quoting_it(text: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        Uri.from_text(text)
    assert str(refused.value) == said


def test_a_number_is_not_shown_where_a_uri_is_printed() -> None:
    assert "33199" not in repr([Uri.from_text("sip:+33199001234@h"), Uri.from_text("tel:+33199001234")])
    assert "33199" not in repr(Uri.from_text("x-tel:+33199001234"))


@given(uris)
def test_what_was_written_is_read_back(uri: Uri) -> None:
    assert Uri.from_text(str(uri)) == uri


@given(st.text(max_size=40) | st.text("sip:tel:@%[]15.;?<>", max_size=30).map("sip:".__add__))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        uri = Uri.from_text(text)
    except InputError:
        return
    assert Uri.from_text(str(uri)) == uri

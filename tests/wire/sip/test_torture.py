"""RFC 4475: every message meets its verdict, and of the accepted ones the right things are understood."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.wire.sip.torture import MESSAGES, Verdict

from tocsin.errors import InputError
from tocsin.wire.sip import Message, Uri

LIBERAL = {"lwsstart", "trws", "escruri", "baddate", "regbadct", "badaspec", "baddn", "badbranch"}
"""Of the messages that may be rejected, those that are accepted here: a call isn't to be missed over them."""

ACCEPTED = {name for name, message in MESSAGES.items() if message.verdict is Verdict.VALID} | LIBERAL

REFUSED = {
    "badinv01": "Via: a parameter has no name.",
    "clerr": "Content-Length: it counts more bytes of body than came: the message was cut.",
    "ncl": "Content-Length: it isn't a number from 0 to 4294967295.",
    "scalar02": "CSeq: it isn't a number from 0 to 4294967295.",
    "scalarlg": "CSeq: it isn't a number from 0 to 4294967295.",
    "quotbal": "To: a quote or a bracket is opened and not closed.",
    "ltgtruri": "request line: the URI has no scheme such as sip: or tel: before it.",
    "lwsruri": "start line: it is neither a method, a URI and SIP/2.0, nor SIP/2.0 and a status.",
    "badvers": "request line: it doesn't end in SIP/2.0.",
    "mismatch01": "CSeq: its method is another than that of the request.",
    "mismatch02": "CSeq: its method is another than that of the request.",
    "bigcode": "status line: the status isn't a number from 100 to 699.",
    "insuf": "Call-ID: the message has no such header.",
    "multi01": "CSeq: it stands twice, and only one can be true.",
    "mcl01": "Content-Length: it stands twice, and only one can be true.",
}

UNDERSTOOD: dict[str, dict[str, Any]] = {
    "wsinv": {
        "method": "INVITE",
        "cseq": 9,
        "call_id": "wsinv.ndaksdj@192.0.2.1",
        "from_uri": Uri(scheme="sip", user="jdrosen", host="example.com"),
        "from_tag": "98asjd8",
        "to_uri": Uri(scheme="sip", user="vivekg", host="chair-dnrc.example.com"),
        "to_tag": "1918181833n",
        "branch": "390skdjuw",
    },
    "intmeth": {
        "method": "!interesting-Method0123456789_*+`.%indeed'~",
        "uri": Uri(scheme="sip", user="1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*", host="example.com"),
        "from_uri": Uri(scheme="sip", user="mundane", host="example.com"),
        "from_tag": "_token~1'+`*%!-.",
        "call_id": "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{",
        "branch": "z9hG4bK-.!%66*_+`'~",
    },
    "esc01": {
        "uri": Uri(scheme="sip", user="sips:user@example.com", host="example.net"),
        "to_uri": Uri(scheme="sip", user="user", host="example.com"),
        "from_uri": Uri(scheme="sip", user="I have spaces", host="example.net"),
    },
    "escnull": {"to_uri": Uri(scheme="sip", user="null-\0-null", host="example.com"), "from_tag": "839923423"},
    "esc02": {"method": "RE%47IST%45R", "branch": "z9hG4bK209%fzsnel234"},
    "lwsdisp": {"from_uri": Uri(scheme="sip", user="caller", host="example.com"), "from_tag": "323"},
    "longreq": {
        "to_uri": Uri(scheme="sip", user="user", host="example.com", port=6000),
        "from_tag": "12" + "982" * 50 + "424",
        "branch": None,
    },
    "dblreq": {"method": "REGISTER", "call_id": "dblreq.0ha0isndaksdj99sdfafnl3lk233412"},
    "semiuri": {"uri": Uri(scheme="sip", user="user;par=u@example.net", host="example.com")},
    "transports": {"branch": "z9hG4bKkdjuw"},
    "unreason": {"status": 200, "method": "INVITE", "uri": None, "from_tag": "11141343", "to_tag": "2229"},
    "noreason": {"status": 100, "to_tag": "902jndnke3"},
    "badaspec": {"to_uri": Uri(scheme="sip", user="t.watson", host="example.org")},
    "baddn": {"from_uri": Uri(scheme="sip", user="a.g.bell", host="example.com"), "from_tag": "43"},
    "badbranch": {"branch": "z9hG4bK"},
    "unkscm": {"uri": Uri(scheme="nobodyknowsthisscheme", opaque="totallyopaquecontent")},
    "novelsc": {"uri": Uri(scheme="soap.beep", opaque="//192.0.2.103:3002")},
    "unksm2": {"to_uri": Uri(scheme="isbn", opaque="2983792873"), "from_tag": "3234233"},
    "inv2543": {"from_tag": None, "branch": None, "caller": "+13035551111"},
}


def test_no_message_is_left_without_an_answer_and_no_answer_breaks_a_verdict() -> None:
    assert set(REFUSED) | ACCEPTED == set(MESSAGES)
    invalid = {name for name, message in MESSAGES.items() if message.verdict is Verdict.INVALID}
    assert invalid <= set(REFUSED)
    assert not ACCEPTED & set(REFUSED)


@pytest.mark.parametrize("name", sorted(ACCEPTED))
def test_a_message_that_may_be_accepted_is(name: str) -> None:
    message = Message.from_bytes(MESSAGES[name].data)
    assert {what: getattr(message, what) for what in UNDERSTOOD.get(name, {})} == UNDERSTOOD.get(name, {})
    assert Message.from_bytes(message.to_bytes()) == message


@pytest.mark.parametrize("name", sorted(ACCEPTED))
def test_a_message_whose_lines_end_in_a_bare_lf_says_the_same(name: str) -> None:
    data = MESSAGES[name].data
    body = data.partition(b"\r\n\r\n")[2]
    assert Message.from_bytes(data.removesuffix(body).replace(b"\r\n", b"\n") + body) == Message.from_bytes(data)


@pytest.mark.parametrize(("name", "said"), REFUSED.items())
def test_a_message_that_is_wrong_is_refused_with_its_reason(name: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        Message.from_bytes(MESSAGES[name].data)
    assert str(refused.value) == said


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_a_message_cut_anywhere_is_read_or_refused(name: str) -> None:
    data = MESSAGES[name].data
    head = data.find(b"\r\n\r\n")
    for end in range(len(data)):
        try:
            Message.from_bytes(data[:end])
        except InputError:
            continue
        assert end > head  # never accepted before its headers are all there


@given(st.sampled_from(sorted(MESSAGES)), st.data())
def test_a_message_with_a_few_bytes_wrong_is_read_or_refused(name: str, data: st.DataObject) -> None:
    spoilt = bytearray(MESSAGES[name].data)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(spoilt)))
        spoilt[at : at + data.draw(st.integers(0, 4))] = data.draw(
            st.binary(max_size=3)
            | st.sampled_from([b'"', b"<", b">", b";", b",", b":", b"\\", b"\r", b"\n ", b"%", b"@"])
        )
    try:
        message = Message.from_bytes(bytes(spoilt))
    except InputError:
        return
    assert Message.from_bytes(message.to_bytes()) == message

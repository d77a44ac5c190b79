"""A call, message by message: what each says of it, in whatever dress; and what is no message."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.wire.sip.values import messages

from tocsin.errors import InputError
from tocsin.wire.sip import Message, Uri

CALLED = Uri(scheme="sip", user="15", host="centre.example")
CALLER = Uri(scheme="sip", user="+33199001234", host="operator.example")

INVITE = """INVITE sip:15@centre.example;user=phone SIP/2.0
Via: SIP/2.0/UDP 192.0.2.10:5060;rport;branch=z9hG4bK4847
Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK484
Max-Forwards: 68
From: "Anne" <sip:+33199001234@operator.example;user=phone>;tag=4122
To: <sip:15@centre.example;user=phone>
Call-ID: 1003554701@192.0.2.9
CSeq: 20 INVITE
Contact: <sip:CHE:192.0.2.9:5060>
User-Agent: example
Content-Type: application/sdp
Content-Length: 5

v=0
"""

SAYS = Message(
    method="INVITE",
    uri=CALLED,
    cseq=20,
    call_id="1003554701@192.0.2.9",
    from_uri=CALLER,
    from_tag="4122",
    to_uri=CALLED,
    branch="z9hG4bK4847",
)


def sent(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def with_line(line: str, text: str = INVITE) -> bytes:
    """The message with one more header."""
    return sent(text.replace("Max-Forwards", f"{line}\nMax-Forwards"))


def without(header: str, text: str = INVITE) -> str:
    """The message without this header."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(f"{header}:"))


def complaint(data: bytes) -> str:
    with pytest.raises(InputError) as refused:
        Message.from_bytes(data)
    return str(refused.value)


def test_an_invite_says_who_calls_whom() -> None:
    message = Message.from_bytes(sent(INVITE))
    assert message == SAYS
    assert message.uri is not None
    assert (message.uri.number, message.caller) == ("15", "+33199001234")


def test_the_call_goes_on_with_its_answers() -> None:
    said = [
        ("SIP/2.0 100 Trying", "20 INVITE", "", (100, "INVITE", None)),
        ("SIP/2.0 180 Ringing", "20 INVITE", ";tag=77", (180, "INVITE", "77")),
        ("SIP/2.0 480", "20 INVITE", ";tag=77", (480, "INVITE", "77")),
        ("sip/2.0 200 OK", "20 INVITE", ";tag=77", (200, "INVITE", "77")),
        ("ACK sip:15@192.0.2.20 SIP/2.0", "20 ACK", ";tag=77", (None, "ACK", "77")),
        ("BYE sip:15@192.0.2.20 SIP/2.0", "21 BYE", ";tag=77", (None, "BYE", "77")),
    ]
    for start, cseq, tag, expected in said:
        text = INVITE.replace("INVITE sip:15@centre.example;user=phone SIP/2.0", start)
        text = text.replace("20 INVITE", cseq).replace("To: <sip:15@centre.example;user=phone>", f"To: <sip:15@c>{tag}")
        message = Message.from_bytes(sent(text))
        assert (message.status, message.method, message.to_tag) == expected
        assert (message.uri is None) == (message.status is not None)


def test_a_call_to_a_service_urn_names_the_service() -> None:
    text = INVITE.replace("sip:15@centre.example;user=phone SIP", "urn:service:sos.ambulance SIP")
    uri = Message.from_bytes(sent(text)).uri
    assert uri is not None
    assert (uri.service, uri.number) == ("urn:service:sos.ambulance", None)


@pytest.mark.parametrize(
    "dress",
    [
        lambda text: text.replace("Via:", "v:").replace("From:", "f:").replace("To:", "t:").replace("Call-ID:", "i:"),
        lambda text: text.replace("Via:", "vIA :").replace("From:", "FROM\t:").replace("CSeq:", "Cseq:"),
        lambda text: text.replace("To: ", "To:\n  ").replace("Call-ID: ", "Call-ID:\n\t").replace("20 INV", "20\n INV"),
        lambda text: text.replace('"Anne"', r'"Anne \"<sip:no@no>;tag=no\" \\"'),
        lambda text: text.replace("5060;rport;branch=z9hG4bK4847\nVia: ", "5060;branch=z9hG4bK4847, "),
        lambda text: "\n\n" + text,
        lambda text: text + "BYE sip:junk SIP/2.0",
        lambda text: text.replace("Content-Length: 5", "l:\n 0000005"),
        lambda text: without("Content-Length", text),
        lambda text: text.replace("User-Agent: example", "User-Agent: \xf9;;,,<\x01"),
        lambda text: text.replace(";tag=4122", ' ;x="tag=no;,"; Tag = 4122;y'),
    ],
)
def test_the_same_message_in_another_dress_says_the_same(dress: object) -> None:
    assert callable(dress)
    assert Message.from_bytes(sent(dress(INVITE))) == SAYS


def test_bytes_that_are_no_text_stand_as_escapes() -> None:
    data = sent(INVITE).replace(b'"Anne"', b'"\xf9"').replace(b"tag=4122", b"tag=\xf9")
    assert Message.from_bytes(data) == replace(SAYS, from_tag="\\xf9")


@pytest.mark.parametrize(
    ("lines", "cause"),
    [
        ("Reason: Q.850;cause=16", 16),
        ('Reason: Q.850 ;cause=17 ;text="User busy, or so"', 17),
        ("reason: q.850;cause=1", 1),
        ('Reason: SIP;cause=600;text="a,;b", Q.850;cause=34', 34),
        ("Reason: SIP;cause=200\nReason: Q.850;cause=031", 31),
        ("Reason: Q.850;cause=16, Q.850;cause=17", 16),
        ('Reason: Q.850;text="none"', None),
        ("Reason: Q.850", None),
        ("Reason: SIP;cause=99999999999999999999", None),
        ("Reason:", None),
    ],
)
def test_the_first_q850_cause_that_a_reason_gives_is_told(lines: str, cause: int | None) -> None:
    assert Message.from_bytes(with_line(lines)).cause == cause


@pytest.mark.parametrize(
    ("lines", "caller"),
    [
        ("P-Asserted-Identity: <tel:+33-1-99-00-56-78>", "+33199005678"),
        ('P-Asserted-Identity: "A, B" <sip:+33199005678@o;user=phone>, <tel:+33199009999>', "+33199005678"),
        ("P-Asserted-Identity: <sip:anne@o>\np-asserted-identity: <tel:+33199005678>", "+33199005678"),
        ("P-Asserted-Identity: sip:anne@o", "+33199001234"),
    ],
)
def test_the_caller_is_whom_the_network_asserts_before_whom_the_caller_claims(lines: str, caller: str) -> None:
    assert Message.from_bytes(with_line(lines)).caller == caller


def test_a_caller_who_withholds_the_number_has_none() -> None:
    text = INVITE.replace("sip:+33199001234@operator.example", "sip:anonymous@anonymous.invalid")
    assert Message.from_bytes(sent(text)).caller is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "message: nothing but empty lines: a keep-alive, no message."),
        (b"\r\n\r\n", "message: nothing but empty lines: a keep-alive, no message."),
        (b"INVITE sip:bob", "message: no empty line ends the headers: the message was cut, or isn't SIP."),
        (b"x\r\n\r\n", "start line: it is neither a method, a URI and SIP/2.0, nor SIP/2.0 and a status."),
        (b"INVITE sip:15@h HTTP/1.1\r\n\r\n", "request line: it doesn't end in SIP/2.0."),
        (b"INVITE sip:15@h SIP/2.0\r\n\r\n", "Call-ID: the message has no such header."),
        (bytes(65_536), "message: 65,536 bytes are more than a datagram carries."),
        (with_line("no header"), "message: a line of the headers has no colon."),
        (sent(without("To")), "To: the message has no such header."),
        (sent(without("Via")), "Via: the message has no such header."),
        (with_line("f: <sip:a@b>"), "From: it stands twice, and only one can be true."),
        (with_line("l: 5"), "Content-Length: it stands twice, and only one can be true."),
        (
            sent(INVITE).replace(b"h: 5", b"h: 6"),
            "Content-Length: it counts more bytes of body than came: the message was cut.",
        ),
        (sent(INVITE).replace(b"h: 5", b"h: five"), "Content-Length: it isn't a number from 0 to 4294967295."),
        (sent(INVITE).replace(b"INVITE sip", b"BYE sip"), "CSeq: its method is another than that of the request."),
        (sent(INVITE).replace(b"20 INVITE", b"20"), "CSeq: it isn't a number and a method."),
        (sent(INVITE).replace(b"20 INVITE", b"4294967296 INVITE"), "CSeq: it isn't a number from 0 to 4294967295."),
        (sent(INVITE).replace(b"20 INVITE", b"20 IN/ITE"), "CSeq: its method holds what no method can."),
        (
            sent(INVITE).replace(b": 1003554701", b": 1 2"),
            "Call-ID: it is empty, or holds a blank or a control character.",
        ),
        (
            sent(INVITE).replace(b"Via: SIP/2.0/UDP 192.0.2.10:5060", b"Via: "),
            "Via: it doesn't say who sent the message.",
        ),
        (sent(INVITE).replace(b";tag=4122", b";tag=1;tag=2"), "From: the parameter tag stands twice."),
        (with_line("Reason: Q.850;cause=128"), "Reason: it isn't a number from 0 to 127."),
        (with_line('Reason: Q.850;text="'), "Reason: a quote or a bracket is opened and not closed."),
        (
            with_line("P-Asserted-Identity: +33199005678"),
            "P-Asserted-Identity: the URI has no scheme such as sip: or tel: before it.",
        ),
    ],
)
def test_what_is_no_message_is_refused_with_its_place(data: bytes, said: str) -> None:
    assert complaint(data) == said


@given(st.integers(0, len(INVITE) - 1), st.sampled_from('"<>;,: \n%@'))
def test_no_complaint_tells_a_number(at: int, put: str) -> None:
    try:
        shown = repr(Message.from_bytes(sent(INVITE[:at] + put + INVITE[at + 1 :])))
    except InputError as refused:
        shown = str(refused)
    assert "9900" not in shown


@given(messages)
def test_what_was_written_is_read_back(message: Message) -> None:
    assert Message.from_bytes(message.to_bytes()) == message


@given(st.binary(max_size=300) | st.text(' \t\r\n:;,<>"\\@=SIP/2.0viftl', max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for each in (data, sent(INVITE).replace(b"Max-Forwards", data + b"\r\nMax-Forwards")):
        try:
            Message.from_bytes(each)
        except InputError as refused:
            if not refused.field:
                raise


@pytest.mark.parametrize(
    "unit",
    [
        '"',
        '"" ',
        "<",
        "<>",
        "\\",
        '\\"',
        ",",
        ";",
        "=",
        "%",
        " ",
        "\n ",
        "\n\n ",
        "@",
        ":",
        "v:\n",
        "reason:\n",
        "0",
        "'",
        "[",
        "a",
    ],
)
def test_no_message_takes_long(unit: str) -> None:
    """64 KiB in one or two passes are milliseconds; were the work quadratic, they would be many seconds."""
    long = unit * (60_000 // len(unit))
    spoilt = [
        INVITE.replace('"Anne"', long),
        INVITE.replace('"Anne"', f'"{long}"'),
        INVITE.replace("4122", long),
        INVITE.replace("15@centre", long),
        INVITE.replace("centre.example", long),
        INVITE.replace("z9hG4bK4847", long),
        INVITE.replace("20 INVITE", f"{long} INVITE"),
        INVITE.replace("Content-Length: 5", f"Content-Length: {long}"),
        INVITE.replace("Max-Forwards", f"P-Asserted-Identity: {long}\nMax-Forwards"),
        INVITE.replace("Max-Forwards", f"Reason: Q.850;text={long}\nMax-Forwards"),
        INVITE.replace("Max-Forwards", f"{long}\nMax-Forwards"),
        long + INVITE,
    ]
    began = time.process_time()
    for text in spoilt:
        try:
            Message.from_bytes(text.encode())
        except InputError:
            continue
    assert time.process_time() - began < 3

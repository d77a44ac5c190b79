"""A call as a tap sends it: the seven messages of one that is answered, each in its HEP3 packet."""

from __future__ import annotations

from typing import Final

from tocsin.wire.hep import SIP, Packet

_SDP: Final = """v=0
o=- 29739 7272939 IN IP4 192.0.2.9
s=-
c=IN IP4 192.0.2.9
t=0 0
m=audio 49217 RTP/AVP 8 0 101
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=sendrecv
"""

_ENDS: Final = """Via: SIP/2.0/UDP 192.0.2.10:5060;rport;branch=z9hG4bK4847.59904.{call}
Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK4846
Record-Route: <sip:192.0.2.10;lr;ftag=4122>
From: "Anne" <sip:+33199001234@operator.example;user=phone>;tag=4122
To: <sip:15@centre.example;user=phone>{tag}
Call-ID: 1003554701-{call}@192.0.2.9
CSeq: {cseq}
User-Agent: example
"""

_MORE: Final = """Max-Forwards: 68
Contact: <sip:+33199001234@192.0.2.9:5060;transport=udp>
P-Asserted-Identity: <sip:+33199001234@operator.example;user=phone>
Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, UPDATE, PRACK
Supported: replaces, timer
Session-Expires: 1800;refresher=uac
Content-Type: application/sdp
"""

_CALL: Final = (
    ("INVITE sip:15@centre.example;user=phone SIP/2.0", "20 INVITE", "", _MORE, _SDP),
    ("SIP/2.0 100 Trying", "20 INVITE", "", "", ""),
    ("SIP/2.0 180 Ringing", "20 INVITE", ";tag=77", "Contact: <sip:15@192.0.2.20>\n", ""),
    ("SIP/2.0 200 OK", "20 INVITE", ";tag=77", "Contact: <sip:15@192.0.2.20>\nContent-Type: application/sdp\n", _SDP),
    ("ACK sip:15@192.0.2.20 SIP/2.0", "20 ACK", ";tag=77", "Max-Forwards: 68\n", ""),
    ("BYE sip:15@192.0.2.20 SIP/2.0", "21 BYE", ";tag=77", "Max-Forwards: 68\nReason: Q.850;cause=16\n", ""),
    ("SIP/2.0 200 OK", "21 BYE", ";tag=77", "", ""),
)


def packets(calls: int) -> list[bytes]:
    """The HEP3 packets of so many calls, one call after another."""
    return [packet.to_bytes() for call in range(calls) for packet in _packets_of(call)]


def _packets_of(call: int) -> list[Packet]:
    sent = []
    for number, (start, cseq, tag, more, sdp) in enumerate(_CALL):
        body = sdp.replace("\n", "\r\n")
        head = f"{start}\n{_ENDS.format(call=call, cseq=cseq, tag=tag)}{more}Content-Length: {len(body)}\n\n"
        sent.append(
            Packet(
                time_us=1_622_645_100_000_000 + call * 1000 + number,
                agent=2001,
                protocol_type=SIP,
                protocol=17,
                source="192.0.2.10",
                source_port=5060,
                destination="192.0.2.20",
                destination_port=5060,
                payload=(head.replace("\n", "\r\n") + body).encode(),
                correlation=f"1003554701-{call}@192.0.2.9".encode(),
            )
        )
    return sent

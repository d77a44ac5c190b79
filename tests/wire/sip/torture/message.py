r"""The messages of RFC 4475 ("torture tests"), retyped from its text, each with the RFC's verdict.

Lines end in LF here and are sent with CRLF. What the RFC writes as ``<repeat count=5>`` is repeated by Python. Left out
are those that are strange only in what isn't read here (mpart01, invut, cparam01, cparam02, regescrt, sdp01).
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Verdict(Enum):
    """What the RFC says that one who receives the message does about its syntax."""

    VALID = "accept it"
    INVALID = "reject it, or drop it if it is a response"
    EITHER = "reject it, or be liberal"


class Torture(NamedTuple):
    section: str
    verdict: Verdict
    text: str

    @property
    def data(self) -> bytes:
        return self.text.replace("\n", "\r\n").encode()


VALID, INVALID, EITHER = Verdict.VALID, Verdict.INVALID, Verdict.EITHER


def sdp(origin: str, connection: str = "", time: str = "0 0") -> str:
    return f"""
v=0
o=mhandley 29739 7272939 IN IP4 {origin}
s=-
c=IN IP4 {connection or origin}
t={time}
m=audio 49217 RTP/AVP 0 12
m=video 3227 RTP/AVP 31
a=rtpmap:31 LPC
"""

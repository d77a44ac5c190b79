"""A SIP message: its start line, and of its headers those that tell what becomes of a call.

Sources: RFC 3261 (SIP), RFC 3326 (Reason), RFC 3325 (P-Asserted-Identity), RFC 4475 (messages that tell a parser from a
guess). A watcher understands and never answers: what isn't read may be wrong without harm, so that one odd header
doesn't hide a call. No error quotes what the message said of a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from tocsin.errors import InputError
from tocsin.wire.sip.header import TOKEN, address, parameter, quoted, split
from tocsin.wire.sip.status import STATUSES
from tocsin.wire.sip.uri import Uri

LONGEST: Final = 0xFFFF
"""The most bytes that a message may have: what a datagram can carry."""

_VERSION: Final = "SIP/2.0"

READ: Final = {
    "call-id": "Call-ID",
    "i": "Call-ID",
    "content-length": "Content-Length",
    "l": "Content-Length",
    "cseq": "CSeq",
    "from": "From",
    "f": "From",
    "p-asserted-identity": "P-Asserted-Identity",
    "reason": "Reason",
    "to": "To",
    "t": "To",
    "via": "Via",
    "v": "Via",
}
"""The headers that are read, by name in lower case and by compact form (RFC 3261 section 7.3.3)."""
_SEVERAL: Final = frozenset({"P-Asserted-Identity", "Reason"})
"""Those of which every one counts. Of several Via only the first does: the last that sent the message."""
_NEEDED: Final = ("Call-ID", "CSeq", "From", "To", "Via")
"""Those without which no message is one (RFC 3261 section 8.1.1), less Max-Forwards, which RFC 2543 didn't know."""

_FOLD: Final = re.compile(r"\r?\n[ \t]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A request (``status`` is None, ``uri`` is what it asks for) or a response (``uri`` is None).

    ``method`` is the request's own, or of the request that a response answers. ``branch`` is of the first Via: None
    from those that speak RFC 2543. ``cause`` is the first Q.850 cause that a Reason gives. ``asserted`` is who the
    network says is calling (P-Asserted-Identity), ``from_uri`` who the caller says. Body and other headers aren't kept.
    """

    method: str
    cseq: int
    call_id: str
    from_uri: Uri
    from_tag: str | None = None
    to_uri: Uri
    to_tag: str | None = None
    branch: str | None = None
    uri: Uri | None = None
    status: int | None = None
    cause: int | None = None
    asserted: tuple[Uri, ...] = field(default=(), repr=False)

    @classmethod
    def from_bytes(cls, data: bytes) -> Message:
        """The message that a datagram, or one payload of a capture, holds.

        Lines may end in a bare LF and headers be folded; empty lines before the message are passed over, and so is what
        stands behind the bytes that Content-Length counts.

        Raises:
            InputError: the message is cut, or something that is read here is what RFC 3261 answers with 400 or 505.
                ``field`` names the header, or the start line.
        """
        if len(data) > LONGEST:
            raise InputError(f"{len(data):,} bytes are more than a datagram carries", field="message")
        lines, there = _lines(data)
        method, uri, status = _start(lines[0])
        headers = _headers(lines[1:])
        for name in _NEEDED:
            if name not in headers:
                raise InputError("the message has no such header", field=name)
        if "Content-Length" in headers and _length(headers["Content-Length"]) > there:
            raise InputError("it counts more bytes of body than came: the message was cut", field="Content-Length")
        cseq, answered = _cseq(headers["CSeq"])
        if method is not None and method != answered:
            raise InputError("its method is another than that of the request", field="CSeq")
        from_uri, from_tag = _address("From", headers)
        to_uri, to_tag = _address("To", headers)
        return cls(
            method=answered,
            cseq=cseq,
            call_id=_call_id(headers["Call-ID"]),
            from_uri=from_uri,
            from_tag=from_tag,
            to_uri=to_uri,
            to_tag=to_tag,
            branch=_branch(headers["Via"]),
            uri=uri,
            status=status,
            cause=_cause(headers["Reason"]) if "Reason" in headers else None,
            asserted=_asserted(headers["P-Asserted-Identity"]) if "P-Asserted-Identity" in headers else (),
        )

    @property
    def caller(self) -> str | None:
        """The caller's number in clear, to be hashed at once: the network's word before the caller's own."""
        return next((uri.number for uri in (*self.asserted, self.from_uri) if uri.number), None)

    def to_bytes(self) -> bytes:
        """A message that says this and no more, without a body; :meth:`from_bytes` gives the same value back."""
        start = f"{self.method} {self.uri} {_VERSION}"
        if self.status is not None:
            start = f"{_VERSION} {self.status} {STATUSES.get(self.status, '')}"
        lines = [
            start,
            "Via: SIP/2.0/UDP invalid" + ("" if self.branch is None else f";branch={quoted(self.branch)}"),
            f"From: <{self.from_uri}>" + ("" if self.from_tag is None else f";tag={quoted(self.from_tag)}"),
            f"To: <{self.to_uri}>" + ("" if self.to_tag is None else f";tag={quoted(self.to_tag)}"),
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} {self.method}",
            "Max-Forwards: 70",
            *(f"P-Asserted-Identity: <{uri}>" for uri in self.asserted),
            *([] if self.cause is None else [f"Reason: Q.850;cause={self.cause}"]),
            "Content-Length: 0",
        ]
        return "\r\n".join([*lines, "", ""]).encode()


def _lines(data: bytes) -> tuple[list[str], int]:
    """The start line and the headers, unfolded; and how many bytes of body came.

    Bytes that aren't UTF-8 stand as \\xf9, so that they make neither an error nor a text that can't be written.
    """
    data = data.lstrip(b"\r\n")
    if not data:
        raise InputError("nothing but empty lines: a keep-alive, no message", field="message")
    ends = [(at, at + len(line)) for line in (b"\n\r\n", b"\n\n") if (at := data.find(line)) >= 0]
    if not ends:
        raise InputError("no empty line ends the headers: the message was cut, or isn't SIP", field="message")
    end, body = min(ends)
    head = data[:end].decode("utf-8", "backslashreplace")
    if "\n " in head or "\n\t" in head:
        head = _FOLD.sub(" ", head)
    return head.split("\n"), len(data) - body


def _headers(lines: list[str]) -> dict[str, str]:
    """The headers that are read, by their full name; several of one name joined by commas (section 7.3.1)."""
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise InputError("a line of the headers has no colon", field="message")
        known = READ.get(name.rstrip(" \t").lower())
        if known is None:
            continue
        if known not in found:
            found[known] = value.strip()
        elif known in _SEVERAL:
            found[known] += "," + value.strip()
        elif known != "Via":
            raise InputError("it stands twice, and only one can be true", field=known)
    return found


def _start(line: str) -> tuple[str | None, Uri | None, int | None]:
    """Method and URI of a request, or the status of a response; blanks too many are let pass, as RFC 4475 allows."""
    first, *rest = line.split() or [""]
    if first.upper() == _VERSION:
        code = rest[0] if rest else ""
        if not (len(code) == 3 and code.isascii() and code.isdigit() and "1" <= code[0] <= "6"):
            raise InputError("the status isn't a number from 100 to 699", field="status line")
        return None, None, int(code)
    if len(rest) != 2 or not TOKEN.fullmatch(first):
        raise InputError("it is neither a method, a URI and SIP/2.0, nor SIP/2.0 and a status", field="start line")
    if rest[1].upper() != _VERSION:
        raise InputError("it doesn't end in SIP/2.0", field="request line")
    try:
        return first, Uri.from_text(rest[0]), None
    except InputError as fault:
        raise fault.within(field="request line") from None


def _address(name: str, headers: dict[str, str]) -> tuple[Uri, str | None]:
    try:
        return address(headers[name])
    except InputError as fault:
        raise fault.within(field=name) from None


def _asserted(value: str) -> tuple[Uri, ...]:
    try:
        return tuple(address(each)[0] for each in split(value, ","))
    except InputError as fault:
        raise fault.within(field="P-Asserted-Identity") from None


def _branch(value: str) -> str | None:
    """The branch of the topmost Via."""
    try:
        sent, semicolon, rest = split(value, ",")[0].partition(";")
        if not sent.strip():
            raise InputError("it doesn't say who sent the message")
        return (parameter(rest, "branch") or None) if semicolon else None
    except InputError as fault:
        raise fault.within(field="Via") from None


def _cause(value: str) -> int | None:
    """The first Q.850 cause; other protocols' reasons are passed over."""
    try:
        for reason in split(value, ","):
            protocol, semicolon, rest = reason.partition(";")
            if protocol.strip().upper() == "Q.850" and semicolon:
                cause = parameter(rest, "cause")
                if cause is not None:
                    return _number(cause, most=127)
    except InputError as fault:
        raise fault.within(field="Reason") from None
    return None


def _call_id(value: str) -> str:
    if not value or " " in value or not value.isprintable():
        raise InputError("it is empty, or holds a blank or a control character", field="Call-ID")
    return value


def _cseq(value: str) -> tuple[int, str]:
    """The number and the method of the request."""
    try:
        number, method = value.split()
    except ValueError:
        raise InputError("it isn't a number and a method", field="CSeq") from None
    if not TOKEN.fullmatch(method):
        raise InputError("its method holds what no method can", field="CSeq")
    try:
        return _number(number, most=0xFFFF_FFFF), method
    except InputError as fault:
        raise fault.within(field="CSeq") from None


def _length(value: str) -> int:
    """Content-Length. Behind a stream it may be anything; a datagram's body is shorter than ten digits."""
    try:
        return _number(value, most=0xFFFF_FFFF)
    except InputError as fault:
        raise fault.within(field="Content-Length") from None


def _number(digits: str, *, most: int) -> int:
    """A number in decimal digits, leading zeros allowed; never one that takes long to read."""
    if digits.isascii() and digits.isdigit() and len(bare := digits.lstrip("0")) <= 10:
        number = int(bare or "0")
        if number <= most:
            return number
    raise InputError(f"it isn't a number from 0 to {most}")

"""Captures: a pcap file as the UDP and TCP payloads in it.

Sources: draft-ietf-opsawg-pcap (the file), draft-ietf-opsawg-pcaplinktype (the links), IEEE 802.1Q (VLAN tags), RFC 791
(IPv4), RFC 8200 (IPv6), RFC 768 (UDP), RFC 9293 (TCP).

What it doesn't do: fragments aren't put together, nor the segments of a stream (each is a payload); pcapng isn't read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final, NamedTuple

from tocsin.errors import InputError

UDP: Final = 17
TCP: Final = 6

LONGEST: Final = 0x40000
"""The most bytes that one captured packet may say it has: what libpcap itself allows."""

_MAGICS: Final = {
    b"\xd4\xc3\xb2\xa1": ("<", 1),
    b"\xa1\xb2\xc3\xd4": (">", 1),
    b"\x4d\x3c\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\x3c\x4d": (">", 1000),
}
"""The first four bytes -> byte order, and by what the fraction of a second is to be divided for microseconds."""
_PCAPNG: Final = b"\x0a\x0d\x0d\x0a"
_FILE_HEAD: Final = 24


class Link(NamedTuple):
    """Where a link's head says what it carries, and how long it is; ``kind_at`` is None where it is always IP."""

    name: str
    kind_at: int | None
    length: int


LINKS: Final = {
    1: Link("Ethernet", 12, 14),
    101: Link("raw IP", None, 0),
    113: Link("Linux cooked", 14, 16),
    228: Link("raw IPv4", None, 0),
    229: Link("raw IPv6", None, 0),
    276: Link("Linux cooked v2", 0, 20),
}
_IP: Final = frozenset({0x0800, 0x86DD})
_VLAN: Final = frozenset({0x8100, 0x88A8})
_EXTENSIONS: Final = frozenset({0, 43, 60})
"""IPv6 extension headers that may stand before the payload's own: hop-by-hop, routing, destination (RFC 8200)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Packet:
    """One UDP datagram or TCP segment that isn't empty; ``protocol`` is :data:`UDP` or :data:`TCP`.

    ``time_us`` is the capturing machine's clock, in microseconds since 1970 UTC.
    """

    time_us: int
    protocol: int
    source: str
    source_port: int
    destination: str
    destination_port: int
    payload: bytes = field(repr=False)


def packets(data: bytes) -> Iterator[Packet]:
    """The UDP and TCP payloads of a pcap file, in its order; all else on the line, and what was cut, is passed over.

    Raises:
        InputError: this is no pcap file, or of a link that isn't read here, or it ends in the middle of a packet (those
            before it were handed over). ``field`` names the byte.
    """
    magic = data[:4]
    if magic == _PCAPNG:
        raise InputError(
            "this is a pcapng file", do="turn it into a pcap file: editcap -F pcap IN.pcapng OUT.pcap", field="byte 0"
        )
    if magic not in _MAGICS or len(data) < _FILE_HEAD:
        raise InputError("this isn't a pcap file", field="byte 0")
    order, divisor = _MAGICS[magic]
    number = struct.unpack_from(order + "I", data, 20)[0] & 0xFFFF  # above it stand flags of no use here
    link = LINKS.get(number)
    if link is None:
        known = ", ".join(f"{each.name} ({kind})" for kind, each in LINKS.items())
        raise InputError(f"the link type is {number}; those read are {known}", field="byte 20")
    head = struct.Struct(order + "IIII")
    at = _FILE_HEAD
    while at < len(data):
        if len(data) - at < head.size:
            raise InputError("the file ends in the middle of a packet's head", field=f"byte {at}")
        seconds, fraction, length, whole = head.unpack_from(data, at)
        start = at + head.size
        if length > LONGEST or length > len(data) - start:
            raise InputError(f"a packet says that it has {length} bytes, which aren't there", field=f"byte {at}")
        at = start + length
        frame = data[start:at] if length >= whole else b""  # cut by the capture: no payload can be trusted
        packet = _unwrapped(frame, link, seconds * 1_000_000 + fraction // divisor)
        if packet is not None and packet.payload:
            yield packet


def _unwrapped(frame: bytes, link: Link, time_us: int) -> Packet | None:
    """What a link's frame carries; None if it isn't UDP or TCP, or not whole."""
    start = link.length
    try:
        if link.kind_at is not None:
            kind = _u16(frame, link.kind_at)
            while kind in _VLAN:
                kind, start = _u16(frame, start + 2), start + 4
            if kind not in _IP:
                return None
        version = frame[start] >> 4
        if version == 4:
            return _ipv4(frame[start:], time_us)
        return _ipv6(frame[start:], time_us) if version == 6 else None
    except (IndexError, struct.error):  # a head that ends before it is whole
        return None


def _ipv4(data: bytes, time_us: int) -> Packet | None:
    length = (data[0] & 0xF) * 4
    fragment = _u16(data, 6) & 0x3FFF  # more to come, or not from the beginning
    if length < 20 or fragment:
        return None
    return _transport(data[length : _u16(data, 2) or None], data[9], data[12:16], data[16:20], time_us)


def _ipv6(data: bytes, time_us: int) -> Packet | None:
    kind, start = data[6], 40
    while kind in _EXTENSIONS:
        kind, start = data[start], start + (data[start + 1] + 1) * 8
    return _transport(data[start : 40 + _u16(data, 4)], kind, data[8:24], data[24:40], time_us)


def _transport(data: bytes, protocol: int, source: bytes, destination: bytes, time_us: int) -> Packet | None:
    if protocol == UDP:
        payload = data[8 : _u16(data, 4)]
    elif protocol == TCP:
        payload = data[max(20, (data[12] >> 4) * 4) :]
    else:
        return None
    return Packet(
        time_us=time_us,
        protocol=protocol,
        source=str(ip_address(source)),
        source_port=_u16(data, 0),
        destination=str(ip_address(destination)),
        destination_port=_u16(data, 2),
        payload=payload,
    )


def _u16(data: bytes, at: int) -> int:
    number: int = struct.unpack_from(">H", data, at)[0]
    return number

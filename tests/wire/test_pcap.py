"""Captures: the two real ones, every link, both byte orders, and files that are cut, spoilt or none."""

from __future__ import annotations

import struct
from collections import defaultdict
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.calls.samples import shared

from tocsin.errors import InputError
from tocsin.wire import pcap, sip
from tocsin.wire.pcap import TCP, UDP, Packet, packets

NOON = 1_622_635_200
SEEN = Packet(
    time_us=NOON * 1_000_000 + 250,
    protocol=UDP,
    source="192.0.2.1",
    source_port=5060,
    destination="192.0.2.2",
    destination_port=5080,
    payload=b"INVITE",
)
V6 = {"source": "2001:db8::1", "destination": "2001:db8::2"}


def udp(payload: bytes = b"INVITE") -> bytes:
    return struct.pack(">HHHH", 5060, 5080, 8 + len(payload), 0) + payload


def tcp(payload: bytes = b"INVITE", options: bytes = b"") -> bytes:
    head = struct.pack(">HHIIBBHHH", 5060, 5080, 0, 0, (20 + len(options)) // 4 << 4, 0x18, 0, 0, 0)
    return head + options + payload


def ipv4(inner: bytes, protocol: int = UDP, *, options: bytes = b"", fragment: int = 0) -> bytes:
    length = 20 + len(options) + len(inner)
    head = struct.pack(">BBHHHBBH", 0x40 + (20 + len(options)) // 4, 0, length, 0, fragment, 64, protocol, 0)
    return head + ip_address("192.0.2.1").packed + ip_address("192.0.2.2").packed + options + inner


def ipv6(inner: bytes, kind: int = UDP) -> bytes:
    addresses = ip_address(V6["source"]).packed + ip_address(V6["destination"]).packed
    return struct.pack(">IHBB", 6 << 28, len(inner), kind, 64) + addresses + inner


def ethernet(inner: bytes, kind: int = 0x0800, tags: bytes = b"") -> bytes:
    return bytes(12) + tags + struct.pack(">H", kind) + inner


def file(*frames: bytes, link: int = 1, order: str = "<", nano: bool = False, longer: int = 0) -> bytes:
    """A capture of these frames, each at noon and 250 microseconds; of which ``longer`` bytes more were on the line."""
    head = struct.pack(order + "IHHiIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    fraction = 250_000 if nano else 250
    heads = (struct.pack(order + "IIII", NOON, fraction, len(frame), len(frame) + longer) for frame in frames)
    return head + b"".join(head + frame for head, frame in zip(heads, frames, strict=True))


def seen(**others: object) -> Packet:
    """The packet that the frames carry, but for these fields."""
    fields = {name: getattr(SEEN, name) for name in Packet.__dataclass_fields__}
    return Packet(**fields | others)


def statuses(name: str) -> tuple[dict[str, list[int]], list[str]]:
    """The statuses that each call of a capture met, and why what isn't understood isn't."""
    calls: dict[str, list[int]] = defaultdict(list)
    refused = []
    for packet in packets(shared(f"formats/{name}").read_bytes()):
        try:
            message = sip.Message.from_bytes(packet.payload)
        except InputError as fault:
            refused.append(str(fault))
            continue
        if message.uri is not None:
            assert (message.method, message.uri.service) == ("INVITE", "urn:service:sos")
            calls[message.call_id] = []
        elif message.status is not None:
            calls[message.call_id].append(message.status)
    return dict(calls), refused


def test_of_seven_real_calls_one_was_refused_and_six_were_answered() -> None:
    calls, refused = statuses("ng911_che002_7calls_one403.pcap")
    assert calls == {
        "1-1783@192.168.64.11": [100, 180, 200],
        "1-1785@192.168.64.11": [100, 180, 200],
        "1-1787@192.168.64.11": [100, 180, 200],
        "1-1792@192.168.64.11": [100, 180, 200],
        "1-1795@192.168.64.11": [100, 180, 403],
        "1-1799@192.168.64.11": [100, 180, 200],
        "1-1801@192.168.64.11": [100, 180, 200],
    }
    # its ACK was sent without a URI: "ACK  SIP/2.0"
    assert refused == ["start line: it is neither a method, a URI and SIP/2.0, nor SIP/2.0 and a status."]


def test_of_the_second_real_capture_two_calls_are_answered_and_one_calls_no_uri() -> None:
    calls, refused = statuses("ng911_che003_answered.pcap")
    assert list(calls.values()) == [[100, 180, 200], [100, 180, 200]]
    assert refused == ["request line: the URI has no scheme such as sip: or tel: before it."]


def test_a_real_packet_has_its_time_and_its_ends() -> None:
    first = next(packets(shared("formats/ng911_che002_7calls_one403.pcap").read_bytes()))
    assert (first.time_us, first.protocol) == (1_742_903_229_927_350, TCP)
    assert (first.source, first.source_port) == ("192.168.64.11", 41123)
    assert (first.destination, first.destination_port) == ("192.168.64.19", 5060)
    assert len(first.payload) == 642


@pytest.mark.parametrize(
    ("data", "packet"),
    [
        (file(ethernet(ipv4(udp()))), SEEN),
        (file(ethernet(ipv4(udp())), order=">"), SEEN),
        (file(ethernet(ipv4(udp())), nano=True), SEEN),
        (file(ethernet(ipv4(udp())), order=">", nano=True), SEEN),
        (file(ethernet(ipv4(udp())) + bytes(10)), SEEN),  # Ethernet pads short frames
        (file(ethernet(ipv4(udp() + b"junk"))), SEEN),
        (file(ethernet(ipv4(udp(), options=bytes(8)))), SEEN),
        (file(ethernet(ipv4(tcp(), TCP))), seen(protocol=TCP)),
        (file(ethernet(ipv4(tcp(options=bytes(12)), TCP)) + bytes(6)), seen(protocol=TCP)),
        (file(ethernet(ipv4(udp()), tags=b"\x81\x00\x00\x07")), SEEN),
        (file(ethernet(ipv4(udp()), tags=b"\x88\xa8\x00\x07\x81\x00\x00\x07")), SEEN),
        (file(ethernet(ipv6(udp()), 0x86DD)), seen(**V6)),
        (file(ethernet(ipv6(b"\x3c\x00" + bytes(6) + b"\x11\x01" + bytes(14) + udp(), 0), 0x86DD)), seen(**V6)),
        (file(ipv4(udp()), link=101), SEEN),
        (file(ipv6(udp()), link=101), seen(**V6)),
        (file(ipv4(udp()), link=228), SEEN),
        (file(ipv6(udp()), link=229), seen(**V6)),
        (file(bytes(14) + b"\x08\x00" + ipv4(udp()), link=113), SEEN),
        (file(b"\x86\xdd" + bytes(18) + ipv6(udp()), link=276), seen(**V6)),
        (file(ethernet(ipv4(udp())), link=0x1000_0001), SEEN),  # flags above the link type
    ],
)
def test_a_payload_is_found_behind_every_link(data: bytes, packet: Packet) -> None:
    assert list(packets(data)) == [packet]


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        ethernet(b"", 0x0806),  # ARP
        ethernet(ipv4(bytes(8), 1)),  # ICMP
        ethernet(ipv4(udp(b""))),
        ethernet(ipv4(tcp(b""), TCP)),
        ethernet(ipv4(udp(), fragment=0x2000)),  # the first of several
        ethernet(ipv4(udp(), fragment=0x0001)),  # a later one
        ethernet(ipv6(b"\x11" + bytes(7) + udp(), 44), 0x86DD),
        ethernet(b"\x50" + bytes(40)),
        ethernet(b"\x41" + bytes(40)),
    ],
)
def test_what_carries_no_payload_is_passed_over(frame: bytes) -> None:
    assert list(packets(file(frame, ethernet(ipv4(udp()))))) == [SEEN]


def test_a_packet_that_the_capture_cut_is_passed_over() -> None:
    assert list(packets(file(ethernet(ipv4(udp())), longer=1))) == []


@pytest.mark.parametrize("frame", [ethernet(ipv4(tcp(), TCP)), ethernet(ipv6(udp()), 0x86DD)])
def test_a_frame_that_ends_anywhere_is_no_error(frame: bytes) -> None:
    for end in range(len(frame)):
        for packet in packets(file(frame[:end])):
            assert b"INVITE".startswith(packet.payload)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "byte 0: this isn't a pcap file."),
        (b"INVITE sip:15@h SIP/2.0\r\n\r\n", "byte 0: this isn't a pcap file."),
        (file()[:23], "byte 0: this isn't a pcap file."),
        (
            b"\x0a\x0d\x0d\x0a" + bytes(30),
            "byte 0: this is a pcapng file: turn it into a pcap file: editcap -F pcap IN.pcapng OUT.pcap.",
        ),
        (
            file(link=105),
            "byte 20: the link type is 105; those read are Ethernet (1), raw IP (101), Linux cooked (113), "
            "raw IPv4 (228), raw IPv6 (229), Linux cooked v2 (276).",
        ),
        (file() + bytes(15), "byte 24: the file ends in the middle of a packet's head."),
        (file(b"frame")[:-1], "byte 24: a packet says that it has 5 bytes, which aren't there."),
        (
            file() + struct.pack("<IIII", 0, 0, 0xFFFF_FFFF, 0),
            "byte 24: a packet says that it has 4294967295 bytes, which aren't there.",
        ),
    ],
)
def test_what_is_no_capture_is_refused_with_its_place(data: bytes, said: str) -> None:
    with pytest.raises(InputError) as refused:
        list(packets(data))
    assert str(refused.value) == said


def test_packets_before_a_cut_are_handed_over() -> None:
    whole = packets(file(ethernet(ipv4(udp())), ethernet(ipv4(udp())))[:-1])
    assert next(whole) == SEEN
    with pytest.raises(InputError):
        next(whole)


def read_or_refused(data: bytes) -> None:
    try:
        for packet in packets(data):
            assert packet.payload
    except InputError as refused:
        if not refused.field:
            raise


@given(st.binary(max_size=200), st.sampled_from(sorted(pcap.LINKS)))
def test_any_frame_is_read_or_passed_over(frame: bytes, link: int) -> None:
    for each in (frame, b"\x45" + frame, b"\x60" + frame, ethernet(b"\x46" + frame), ethernet(frame, 0x86DD)):
        assert all(packet.payload for packet in packets(file(each, link=link)))


@given(st.binary(max_size=200))
def test_any_file_is_read_or_refused(data: bytes) -> None:
    read_or_refused(data)
    read_or_refused(file() + data)


@given(st.integers(0, 200), st.binary(max_size=4), st.integers(0, 4))
def test_a_file_with_a_few_bytes_wrong_is_read_or_refused(at: int, put: bytes, over: int) -> None:
    data = file(ethernet(ipv4(tcp(options=bytes(12)), TCP)), ethernet(ipv6(udp()), 0x86DD))
    read_or_refused(data[:at] + put + data[at + over :])

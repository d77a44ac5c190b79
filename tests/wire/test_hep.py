"""HEP3: the specification's own packet, every value there and back, and whatever else may come down the line."""

from __future__ import annotations

import gzip
import itertools
import struct
import tracemalloc
import zlib
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.calls.samples import shared

from tocsin.errors import InputError
from tocsin.wire import hep
from tocsin.wire.hep import CHUNKS, Frames, Packet

INVITE = b"INVITE sip:15@centre.example SIP/2.0\r\n\r\n"
SEEN: dict[str, Any] = {
    "time_us": 1_622_645_103_000_250,
    "agent": 2001,
    "protocol_type": hep.SIP,
    "protocol": 17,
    "source": "192.0.2.1",
    "source_port": 5060,
    "destination": "192.0.2.2",
    "destination_port": 5080,
    "payload": INVITE,
}
PACKET = Packet(**SEEN)

octets = st.integers(0, 0xFF)
shorts = st.integers(0, 0xFFFF)
words = st.integers(0, 0xFFFF_FFFF)
hosts = st.tuples(st.ip_addresses(v=4), st.ip_addresses(v=4)) | st.tuples(st.ip_addresses(v=6), st.ip_addresses(v=6))


@st.composite
def packets(draw: st.DrawFn) -> Packet:
    """Any packet that an agent can have seen."""
    source, destination = draw(hosts)
    return Packet(
        time_us=draw(words) * 1_000_000 + draw(st.integers(0, 999_999)),
        agent=draw(words),
        protocol_type=draw(octets),
        protocol=draw(octets),
        source=str(source),
        source_port=draw(shorts),
        destination=str(destination),
        destination_port=draw(shorts),
        payload=draw(st.binary(max_size=60)),
        key=draw(st.none() | st.binary(max_size=12)),
        correlation=draw(st.none() | st.binary(max_size=12)),
    )


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A packet of which some bytes were changed, taken out or put in; its length mostly set right again."""
    data = bytearray(draw(packets()).to_bytes())
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        data[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    if draw(st.booleans()) and len(data) >= 6:
        data[4:6] = struct.pack(">H", len(data))
    return bytes(data)


def written(chunks: dict[int, bytes]) -> bytes:
    """A packet of these chunks, vendor and type as one number, in this order."""
    body = b"".join(struct.pack(">IH", kind, 6 + len(chunk)) + chunk for kind, chunk in chunks.items())
    return b"HEP3" + struct.pack(">H", 6 + len(body)) + body


def chunks_of(packet: Packet) -> dict[int, bytes]:
    """The chunks of a packet as it is sent."""
    data, at, found = packet.to_bytes(), 6, {}
    while at < len(data):
        kind, length = struct.unpack_from(">IH", data, at)
        found[kind] = data[at + 6 : at + length]
        at += length
    return found


def read_or_refused(data: bytes) -> Packet | str | None:
    """The packet, or the place of the fault for which it is refused."""
    try:
        return Packet.from_bytes(data)
    except InputError as refused:
        return refused.field


def cut(frames: Frames, piece: bytes) -> tuple[list[bytes], str]:
    """The packets that came out, and what was said against what follows them."""
    got: list[bytes] = []
    try:
        got.extend(frames.push(piece))
    except InputError as refused:
        return got, str(refused)
    return got, ""


def complaint(data: bytes) -> str:
    """The whole sentence with which these bytes are refused."""
    with pytest.raises(InputError) as refused:
        Packet.from_bytes(data)
    return str(refused.value)


def test_the_packet_of_the_specification_is_read_and_written_byte_for_byte() -> None:
    data = shared("formats/hep3_spec_example.bin").read_bytes()
    packet = Packet.from_bytes(data)
    assert packet == Packet(
        time_us=1_313_440_459_120_000,
        agent=228,
        protocol_type=hep.SIP,
        protocol=17,
        source="212.202.0.1",
        source_port=12010,
        destination="82.116.0.211",
        destination_port=5060,
        payload=b"INVITE sip:bob",
    )
    assert packet.to_bytes() == data


@given(packets())
def test_what_was_written_is_read_back(packet: Packet) -> None:
    assert Packet.from_bytes(packet.to_bytes()) == packet


@given(packets(), st.randoms(), st.dictionaries(st.integers(0x12, 0xFFFF_FFFF), st.binary(max_size=9), max_size=4))
def test_chunks_come_in_any_order_and_those_of_vendors_or_of_later_revisions_are_passed_over(
    packet: Packet, random: Any, others: dict[int, bytes]
) -> None:
    chunks = [*chunks_of(packet).items(), *others.items()]
    random.shuffle(chunks)
    assert Packet.from_bytes(written(dict(chunks))) == packet


@pytest.mark.parametrize(
    "order",
    [
        [0x01, 0x02, 0x03, 0x04, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x11, 0x0E, 0x0F],  # Kamailio's siptrace
        [0x01, 0x02, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x03, 0x04, 0x0E, 0x11, 0x0F],  # Asterisk's res_hep
        [0x01, 0x02, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x03, 0x04, 0x0F],  # FreeSWITCH (sofia)
    ],
)
def test_the_agents_in_use_send_what_is_needed_each_in_its_order(order: list[int]) -> None:
    packet = Packet(
        **SEEN | {"key": b"secret" if 0x0E in order else None, "correlation": b"1" if 0x11 in order else None}
    )
    chunks = chunks_of(packet)
    assert Packet.from_bytes(written({kind: chunks[kind] for kind in order})) == packet


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for each in (data, b"HEP3" + struct.pack(">H", 6 + len(data)) + data):
        assert read_or_refused(each)


@given(spoilt())
def test_a_packet_with_a_few_bytes_wrong_is_read_or_refused(data: bytes) -> None:
    packet = read_or_refused(data)
    assert packet
    if isinstance(packet, Packet):
        assert Packet.from_bytes(packet.to_bytes()) == packet


def test_a_packet_cut_anywhere_is_refused() -> None:
    data = PACKET.to_bytes()
    for end in range(len(data)):
        assert complaint(data[:end])
    assert complaint(data + b"x") == f"byte 4: the packet says that it has {len(data)} bytes, {len(data) + 1} came."


@pytest.mark.parametrize("kind", [kind for kind, chunk in CHUNKS.items() if chunk.needed] + [0x03, 0x04, 0x0F])
def test_a_chunk_that_is_missing_is_named(kind: int) -> None:
    chunks = chunks_of(PACKET)
    del chunks[kind]
    assert complaint(written(chunks)) == f"chunk 0x{kind:02x}: the {CHUNKS[kind].name} is missing."


@pytest.mark.parametrize(("kind", "size"), [(kind, chunk.size) for kind, chunk in CHUNKS.items() if chunk.size])
def test_a_chunk_of_another_size_is_named(kind: int, size: int) -> None:
    chunks = chunks_of(PACKET) | {kind: b"x" * (size + 1)}
    said = f"chunk 0x{kind:02x}: the {CHUNKS[kind].name} has {size + 1} bytes, it must have {size}."
    assert complaint(written(chunks)) == said


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "byte 0: 0 bytes are less than the head of a HEP3 packet has."),
        (INVITE, "byte 0: this isn't a HEP3 packet, which begins with HEP3: have the agent send HEP3."),
        (b"HEP3\x00\x05", "byte 4: the packet says that it has 5 bytes, 6 came."),
        (b"HEP3\x00\x09abc", "byte 6: 3 bytes stand behind the last chunk."),
        (
            b"HEP3\x00\x0c\x00\x00\x00\x0f\x00\x00",
            "byte 6: the chunk payload says that it has 0 bytes, between 6 and 6 are possible.",
        ),
        (
            b"HEP3\x00\x0c\x00\x2a\x00\x01\xff\xff",
            "byte 6: the chunk 0x2a0001 says that it has 65535 bytes, between 6 and 6 are possible.",
        ),
        (
            b"\x01\x10\x02\x11\x13\xc4\x13\xc4\xc0\x00\x02\x01\xc0\x00\x02\x02" + INVITE,
            "byte 0: this is HEP1, which doesn't give the time of a packet in a way that all agents share: "
            "have the agent send HEP3 (of Kamailio's siptrace: hep_version 3).",
        ),
        (
            b"\x02\x28\x0a\x06\x13\xc4\x13\xc4" + bytes(44) + INVITE,
            "byte 0: this is HEP2, which doesn't give the time of a packet in a way that all agents share: "
            "have the agent send HEP3 (of Kamailio's siptrace: hep_version 3).",
        ),
        (
            written(chunks_of(PACKET) | {0x01: b"\x07"}),
            "chunk 0x01: the IP protocol family is 7; 2 is IPv4 and 10 is IPv6.",
        ),
        (
            written(chunks_of(PACKET) | {0x0A: (1_000_000).to_bytes(4)}),
            "chunk 0x0a: the timestamp, microseconds is 1000000, more than a second has.",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(data: bytes, said: str) -> None:
    assert complaint(data) == said


@pytest.mark.parametrize("pack", [zlib.compress, gzip.compress])
def test_a_compressed_payload_is_unpacked(pack: Any) -> None:
    chunks = chunks_of(PACKET)
    del chunks[0x0F]
    assert Packet.from_bytes(written(chunks | {0x10: pack(INVITE)})) == PACKET


def test_a_payload_that_unpacks_to_a_hundred_megabytes_is_refused_before_it_does() -> None:
    chunks = chunks_of(PACKET)
    del chunks[0x0F]
    data = written(chunks | {0x10: zlib.compress(bytes(50_000_000))[:60_000]})
    tracemalloc.start()
    try:
        said = complaint(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert said == "chunk 0x10: the compressed payload is cut, or unpacks to more than 65,535 bytes."
    assert peak < 1_000_000
    damaged = "chunk 0x10: the compressed payload can't be unpacked: it is neither zlib nor gzip, or damaged."
    assert complaint(written(chunks | {0x10: b"no zlib"})) == damaged


def test_neither_payload_nor_key_is_shown_where_a_packet_is_printed() -> None:
    packet = Packet(**SEEN | {"payload": b"From: <sip:+33199001234@x>", "key": b"secret"})
    assert "33199" not in repr(packet)
    assert "secret" not in repr(packet)


def test_a_packet_longer_than_its_length_can_say_is_not_written() -> None:
    with pytest.raises(InputError) as refused:
        Packet(**SEEN | {"payload": bytes(65_535)}).to_bytes()
    assert str(refused.value) == "HEP3: the packet has 65,634 bytes, HEP3 has room for 65,535."


@given(st.lists(packets(), max_size=5), st.lists(st.integers(0, 40), max_size=30))
def test_a_stream_cut_anywhere_gives_the_same_packets(sent: list[Packet], sizes: list[int]) -> None:
    stream = b"".join(packet.to_bytes() for packet in sent)
    frames, got, at = Frames(), [], 0
    for size in [*sizes, len(stream)]:
        got += [Packet.from_bytes(frame) for frame in frames.push(stream[at : at + size])]
        at += size
    assert got == sent


def test_a_packet_is_handed_over_with_its_last_byte() -> None:
    data, frames = PACKET.to_bytes(), Frames()
    for byte in data[:-1]:
        assert list(frames.push(bytes([byte]))) == []
    assert list(frames.push(data[-1:] + data[:3])) == [data]
    assert list(frames.push(data[3:])) == [data]


def test_pieces_that_nobody_asked_about_yet_are_not_lost() -> None:
    data, frames = PACKET.to_bytes(), Frames()
    frames.push(data[:10])
    first = frames.push(data[10:] + data + data)
    assert next(first) == data
    assert list(frames.push(data)) == [data] * 3


def test_a_fault_in_a_stream_comes_after_the_packets_before_it_and_ends_the_stream() -> None:
    data, frames = PACKET.to_bytes(), Frames()
    where = f"byte {2 * len(data)} of the stream"
    said = f"{where}: this isn't a HEP3 packet, which begins with HEP3: have the agent send HEP3."
    assert cut(frames, data + data + b"OPTIONS sip:x SIP/2.0") == ([data, data], said)
    assert cut(frames, data) == ([], said)


def test_a_packet_shorter_than_its_own_head_ends_the_stream() -> None:
    with pytest.raises(InputError) as refused:
        list(Frames().push(b"HEP3\x00\x00HEP3\x00\x00"))
    assert str(refused.value) == "byte 0 of the stream: a packet says that it has 0 bytes, its head alone has 6."


@given(st.lists(st.binary(max_size=20), max_size=20), spoilt())
def test_any_stream_is_cut_or_refused(pieces: list[bytes], data: bytes) -> None:
    frames = Frames()
    for piece in [data, *pieces]:
        got, said = cut(frames, piece)
        assert all(frame.startswith(b"HEP3") for frame in got)
        assert "of the stream" in said or not said


@pytest.mark.parametrize("start", [b"", b"HEP3\xff\xff", b"no packet"])
def test_a_stream_of_junk_takes_no_memory(start: bytes) -> None:
    frames, junk = Frames(), bytes(1000)
    tracemalloc.start()
    try:
        for piece in itertools.chain([start], itertools.repeat(junk, 5000)):
            cut(frames, piece)
        left, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 400_000
    assert left < 100_000


def test_addresses_are_written_as_the_standard_library_writes_them() -> None:
    for address in (IPv4Address("192.0.2.1"), IPv6Address("2001:db8::1")):
        packet = Packet(**SEEN | {"source": str(address), "destination": str(address)})
        assert Packet.from_bytes(packet.to_bytes()).source == str(address)

"""HEP3: a packet that a tap saw, and who saw it, as bytes <-> a value.

A HEP3 packet is ``HEP3``, its length, and chunks, each with a vendor, a type, a length and its bytes, all big-endian.
Source: HEP3 Network Protocol Specification, revision 37 (sipcapture).

HEP proves nothing of its sender: the authenticate key goes over the line in clear, so it is a name and no secret.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Final, NamedTuple

from tocsin.errors import InputError

SIP: Final = 1
"""The protocol type of a packet whose payload is a SIP message."""

LONGEST: Final = 0xFFFF
"""The most bytes that a packet, its length being 16 bits, can have; also the most that a payload may unpack to."""


class Chunk(NamedTuple):
    """What the specification says of one type of chunk."""

    name: str
    size: int | None = None
    """In bytes; None where any will do."""
    needed: bool = False


CHUNKS: Final = {
    0x01: Chunk("IP protocol family", 1, needed=True),
    0x02: Chunk("IP protocol ID", 1, needed=True),
    0x03: Chunk("IPv4 source address", 4),
    0x04: Chunk("IPv4 destination address", 4),
    0x05: Chunk("IPv6 source address", 16),
    0x06: Chunk("IPv6 destination address", 16),
    0x07: Chunk("source port", 2, needed=True),
    0x08: Chunk("destination port", 2, needed=True),
    0x09: Chunk("timestamp, seconds", 4, needed=True),
    0x0A: Chunk("timestamp, microseconds", 4, needed=True),
    0x0B: Chunk("protocol type", 1, needed=True),
    0x0C: Chunk("capture agent ID", 4, needed=True),
    0x0E: Chunk("authenticate key"),
    0x0F: Chunk("payload"),
    0x10: Chunk("compressed payload"),
    0x11: Chunk("correlation ID"),
}
"""Type -> what is read of vendor 0 (the specification's own). Of other types and vendors only the length is read."""

FAMILIES: Final = {2: (0x03, 0x04), 10: (0x05, 0x06)}
"""IP protocol family -> the chunks of its source and destination address: 2 is IPv4, 10 is IPv6."""

_MAGIC: Final = b"HEP3"
_START: Final = struct.Struct(">4sH")
_CHUNK: Final = struct.Struct(">IH")
"""Vendor and type in one number (of vendor 0: the type itself), and the length."""

_NUMBERS: Final = tuple(kind for kind, chunk in CHUNKS.items() if chunk.needed)
_SIZES: Final = {kind: chunk.size for kind, chunk in CHUNKS.items() if chunk.size is not None}


@dataclass(frozen=True, kw_only=True, slots=True)
class Packet:
    """One packet as a capture agent saw it go by.

    ``time_us`` is the agent's clock, in microseconds since 1970 UTC. ``protocol`` is the number in the IP header (17 is
    UDP, 6 is TCP; Kamailio and FreeSWITCH say 22 of TLS), ``protocol_type`` says what the payload is (:data:`SIP`),
    ``agent`` is the number that the agent was given. Payload and key aren't shown by ``repr``: a payload has telephone
    numbers in clear.
    """

    time_us: int
    agent: int
    protocol_type: int
    protocol: int
    source: str
    source_port: int
    destination: str
    destination_port: int
    payload: bytes = field(repr=False)
    key: bytes | None = field(default=None, repr=False)
    correlation: bytes | None = None

    @classmethod
    def from_bytes(cls, data: bytes) -> Packet:
        """The packet of one datagram, or of one frame of a stream (:class:`Frames`).

        Chunks may come in any order; those of unknown type or of a vendor are passed over; of two with the same type
        the last counts. A compressed payload (zlib or gzip) is unpacked.

        Raises:
            InputError: this is no HEP3 packet, or is cut, or lacks a chunk that the specification demands, or a chunk
                has another size than it says. ``field`` names the chunk, or the byte at which the fault stands.
        """
        found = _chunks(data)
        for kind, chunk in found.items():
            if kind in _SIZES and len(chunk) != _SIZES[kind]:
                raise _fault(kind, f"has {len(chunk)} bytes, it must have {_SIZES[kind]}")
        try:
            family, protocol, source_port, destination_port, seconds, micros, protocol_type, agent = [
                int.from_bytes(found[kind]) for kind in _NUMBERS
            ]
        except KeyError as missing:
            raise _fault(missing.args[0], "is missing") from None
        if family not in FAMILIES:
            raise _fault(0x01, f"is {family}; 2 is IPv4 and 10 is IPv6")
        if micros > 999_999:
            raise _fault(0x0A, f"is {micros}, more than a second has")
        source, destination = (_address(found, kind) for kind in FAMILIES[family])
        return cls(
            time_us=seconds * 1_000_000 + micros,
            agent=agent,
            protocol_type=protocol_type,
            protocol=protocol,
            source=source,
            source_port=source_port,
            destination=destination,
            destination_port=destination_port,
            payload=_payload(found),
            key=found.get(0x0E),
            correlation=found.get(0x11),
        )

    def to_bytes(self) -> bytes:
        """The packet as an agent sends it, over UDP or TCP alike; :meth:`from_bytes` gives the same value back.

        Raises:
            InputError: it would be longer than 65,535 bytes.
        """
        source, destination = ip_address(self.source), ip_address(self.destination)
        family = 2 if source.version == 4 else 10
        seconds, micros = divmod(self.time_us, 1_000_000)
        kinds = FAMILIES[family]
        numbers = {0x01: family, 0x02: self.protocol, 0x07: self.source_port, 0x08: self.destination_port}
        numbers |= {0x09: seconds, 0x0A: micros, 0x0B: self.protocol_type, 0x0C: self.agent}
        chunks = {kind: number.to_bytes(_SIZES[kind]) for kind, number in numbers.items()}
        chunks |= {kinds[0]: source.packed, kinds[1]: destination.packed}
        if self.key is not None:
            chunks[0x0E] = self.key
        if self.correlation is not None:
            chunks[0x11] = self.correlation
        chunks[0x0F] = self.payload
        length = _START.size + sum(_CHUNK.size + len(chunk) for chunk in chunks.values())
        if length > LONGEST:
            raise InputError(f"the packet has {length:,} bytes, HEP3 has room for {LONGEST:,}", field="HEP3")
        body = b"".join(_CHUNK.pack(kind, _CHUNK.size + len(chunk)) + chunk for kind, chunk in sorted(chunks.items()))
        return _START.pack(_MAGIC, length) + body


class Frames:
    """Cuts a stream (HEP3 over TCP) into packets, whatever pieces it comes in.

    Each packet is handed over as soon as its last byte is there. At most one packet that isn't whole is kept: 64 KiB.
    After a fault the stream can't be trusted (the text ``HEP3`` may stand in any payload), so every later call raises
    the same error: close the connection, and the agent will open another.
    """

    def __init__(self) -> None:
        self._data = b""
        self._done = 0  # of _data, what was handed over
        self._at = 0  # in the stream, where _data begins
        self._fault: InputError | None = None

    def push(self, piece: bytes) -> Iterator[bytes]:
        """The packets that are whole with this piece, for :meth:`Packet.from_bytes`.

        Raises:
            InputError: what follows the last whole packet can't be one; those before it were handed over. ``field`` is
                its byte in the stream, from 0. Nothing is kept of what comes after.
        """
        if self._fault is None:
            self._at += self._done
            self._data, self._done = self._data[self._done :] + piece, 0
        return self._whole()

    def _whole(self) -> Iterator[bytes]:
        while self._fault is None and len(self._data) - self._done >= _START.size:
            start = self._done
            magic, length = _START.unpack_from(self._data, start)
            if magic != _MAGIC or length < _START.size:
                self._fault = _no_packet(magic, length).within(field=f"byte {self._at + start} of the stream")
                self._data = b""
            elif len(self._data) - start < length:
                return
            else:
                self._done += length
                yield self._data[start : start + length]
        if (fault := self._fault) is not None:  # a new one each time: an error raised again keeps every traceback
            raise InputError(fault.what, do=fault.do, field=fault.field)


def _no_packet(magic: bytes, length: int) -> InputError:
    """Why this isn't the start of a HEP3 packet."""
    if magic == _MAGIC:
        return InputError(f"a packet says that it has {length} bytes, its head alone has {_START.size}")
    if magic[0] in (1, 2) and magic[2] in FAMILIES:  # HEP1 and HEP2 begin with version, length, family, protocol
        return InputError(
            f"this is HEP{magic[0]}, which doesn't give the time of a packet in a way that all agents share",
            do="have the agent send HEP3 (of Kamailio's siptrace: hep_version 3)",
        )
    return InputError("this isn't a HEP3 packet, which begins with HEP3", do="have the agent send HEP3")


def _chunks(data: bytes) -> dict[int, bytes]:
    """The chunks of vendor 0, by type."""
    end = len(data)
    if end < _START.size:
        raise InputError(f"{end} bytes are less than the head of a HEP3 packet has", field="byte 0")
    magic, length = _START.unpack_from(data)
    if magic != _MAGIC:
        raise _no_packet(magic, length).within(field="byte 0")
    if length != end:
        raise InputError(f"the packet says that it has {length} bytes, {end} came", field="byte 4")
    found: dict[int, bytes] = {}
    at = _START.size
    head, unpack = _CHUNK.size, _CHUNK.unpack_from
    while at < end:
        if end - at < head:
            raise InputError(f"{end - at} bytes stand behind the last chunk", field=f"byte {at}")
        kind, length = unpack(data, at)
        after = at + length
        if length < head or after > end:
            name = CHUNKS[kind].name if kind in CHUNKS else f"0x{kind:x}"
            raise InputError(
                f"the chunk {name} says that it has {length} bytes, between {head} and {end - at} are possible",
                field=f"byte {at}",
            )
        if kind < 0x10000:
            found[kind] = data[at + head : after]
        at = after
    return found


def _address(found: dict[int, bytes], kind: int) -> str:
    """The address in this chunk as text."""
    try:
        packed = found[kind]
    except KeyError:
        raise _fault(kind, "is missing") from None
    return ".".join(map(str, packed)) if len(packed) == 4 else str(IPv6Address(packed))


def _payload(found: dict[int, bytes]) -> bytes:
    """The payload, unpacked where it is compressed."""
    if 0x0F in found:
        return found[0x0F]
    if 0x10 not in found:
        raise _fault(0x0F, "is missing")
    unpacker = zlib.decompressobj(wbits=47)  # zlib or gzip, whichever its head says
    try:
        payload = unpacker.decompress(found[0x10], LONGEST)
    except zlib.error:
        raise _fault(0x10, "can't be unpacked: it is neither zlib nor gzip, or damaged") from None
    if not unpacker.eof:
        raise _fault(0x10, f"is cut, or unpacks to more than {LONGEST:,} bytes")
    return payload


def _fault(kind: int, what: str) -> InputError:
    return InputError(f"the {CHUNKS[kind].name} {what}", field=f"chunk 0x{kind:02x}")

"""How many packets a second of one processor are understood, beside what the running system needs.

    python -m bench.wire [CALLS]        20,000 unless told, of seven messages each

A burst of 80,000 packets a second must be drained, and 20,000 a second, HEP3 and SIP together, understood for good.
Seconds are those of the processor, so that a busy machine doesn't change them; the best of three counts.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import Final

from bench.wire.call import packets
from tocsin.wire.hep import Frames, Packet
from tocsin.wire.sip import Message

RUNS: Final = 3
BURST: Final = 80_000
SUSTAINED: Final = 20_000
PIECE: Final = 65_536


def hep(sent: Sequence[bytes]) -> None:
    for data in sent:
        Packet.from_bytes(data)


def sip(payloads: Sequence[bytes]) -> None:
    for data in payloads:
        Message.from_bytes(data)


def both(sent: Sequence[bytes]) -> None:
    for data in sent:
        Message.from_bytes(Packet.from_bytes(data).payload)


def stream(pieces: Sequence[bytes]) -> None:
    frames = Frames()
    for piece in pieces:
        for _ in frames.push(piece):
            pass


def fastest(way: Callable[[Sequence[bytes]], None], data: Sequence[bytes], packets: int) -> float:
    """Packets a second of the best run; one that isn't understood is an error."""
    best = 0.0
    for _ in range(RUNS):
        began = time.process_time()
        way(data)
        best = max(best, packets / (time.process_time() - began))
    return best


def main() -> None:
    sent = packets(int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 20_000)
    payloads = [Packet.from_bytes(data).payload for data in sent]
    joined = b"".join(sent)
    pieces = [joined[at : at + PIECE] for at in range(0, len(joined), PIECE)]
    rows = [
        ("a TCP stream cut into packets", stream, pieces, BURST),
        ("HEP3 packets", hep, sent, BURST),
        ("SIP messages", sip, payloads, SUSTAINED),
        ("HEP3 and the SIP in it", both, sent, SUSTAINED),
    ]
    print(f"{len(sent):,} packets of {len(joined) / len(sent):,.0f} bytes on average")
    print(f"{'':32} {'a second':>10} {'each':>9} {'needed':>8} {'ratio':>6}")
    for name, way, data, needed in rows:
        rate = fastest(way, data, len(sent))
        print(f"{name:32} {rate:10,.0f} {1e6 / rate:6.1f} us {needed:8,} {rate / needed:6.2f}")


if __name__ == "__main__":
    main()

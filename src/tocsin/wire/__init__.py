"""Standards as bytes <-> values: SIP, Q.850, HEP, captures. Knows no word of tocsin but its errors, and does no I/O."""

from tocsin.wire import hep, pcap, sip
from tocsin.wire.q850 import CAUSES, CAUSES_FROM_STATUS
from tocsin.wire.sip import STATUSES

__all__ = ["CAUSES", "CAUSES_FROM_STATUS", "STATUSES", "hep", "pcap", "sip"]

"""Standards as values: what a SIP status and a Q.850 cause say. Knows no word of tocsin but its errors."""

from tocsin.wire.q850 import CAUSES, CAUSES_FROM_STATUS
from tocsin.wire.sip import STATUSES

__all__ = ["CAUSES", "CAUSES_FROM_STATUS", "STATUSES"]

"""SIP as bytes <-> a value: what the messages of a call say of it. Read, never answered."""

from tocsin.wire.sip.message import Message
from tocsin.wire.sip.status import STATUSES
from tocsin.wire.sip.uri import Uri

__all__ = ["STATUSES", "Message", "Uri"]

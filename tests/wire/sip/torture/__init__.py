"""The torture tests of RFC 4475."""

from typing import Final

from tests.wire.sip.torture.beyond import BEYOND_MESSAGES
from tests.wire.sip.torture.invalid import INVALID_MESSAGES
from tests.wire.sip.torture.message import Torture, Verdict
from tests.wire.sip.torture.valid import VALID_MESSAGES

MESSAGES: Final = VALID_MESSAGES | INVALID_MESSAGES | BEYOND_MESSAGES

__all__ = ["MESSAGES", "Torture", "Verdict"]

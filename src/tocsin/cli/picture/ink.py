"""The inks: told apart by every kind of colour vision and in grey (Okabe and Ito 2008; ColorBrewer's YlOrBr)."""

from __future__ import annotations

from typing import Final

SEEN: Final = "#0072b2"
BAND: Final = "#dcdcdc"
MUTED: Final = "#5a5a5a"
MARK: Final = "#d55e00"
LOSS: Final = "YlOrBr"
BORDER: Final = "#8a8a8a"

"""The inks: told apart by every kind of colour vision and in grey (Okabe and Ito 2008; ColorBrewer's YlOrBr)."""

from __future__ import annotations

from typing import Final

SEEN: Final = "#0072b2"
BAND: Final = "#dcdcdc"
MUTED: Final = "#5a5a5a"
MARK: Final = "#d55e00"
SAID: Final = "#a84a00"
"""Text in the hue of the marks, dark enough to be read on white (WCAG 2.2, AA: 4.5 to 1)."""
LOSS: Final = "YlOrBr"
BORDER: Final = "#8a8a8a"
ALARM: Final = "#1a1a1a"
"""The alarm itself: over the onset, wherever the two fall together."""

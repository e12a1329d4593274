"""Colours of text by tone, dark enough to read on white (contrast at least 4.5 : 1)."""

from __future__ import annotations

from LWCTRLogic.report.document import Tone
from LWCTRLogic.report.figures.style import INK, MUTED

AMBER = "#b36b00"
_COLOURS: dict[Tone, str] = {
    "muted": MUTED,
    "warning": "#7a4600",
    "responder": "#00598c",
    "non-responder": "#a84600",
}


def colour_of(tone: Tone) -> str:
    """Return the colour in which a tone is set."""
    return _COLOURS.get(tone, INK)


def is_bold(tone: Tone) -> bool:
    """Tell whether a tone is set bold."""
    return tone not in ("", "muted")

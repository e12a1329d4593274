"""Measuring and wrapping text for the PDF, whose lines nobody else breaks."""

from __future__ import annotations

import re
from functools import cache

from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font, LoadFlags

from LWCTRLogic.report.text import clean

FAMILY = "DejaVu Sans"
LACKING = "\u25a1"  # stands for a sign that the font lacks
POINT = 25.4 / 72  # mm
_UNIT = 100  # size in points at which advances are measured
# A long name may break after one of these signs or before a capital, a number at none; what is longer breaks anywhere.
_PARTS = re.compile(r".+?(?:[_\-/:]|[.,](?!\d)|(?<=[a-z])(?=[A-Z])|$)")


@cache
def _font(bold: bool) -> FT2Font:
    path = findfont(FontProperties(family=FAMILY, weight="bold" if bold else "normal"))
    font = FT2Font(str(path))  # a font of our own: matplotlib's shared ones change their size with each text
    font.set_size(_UNIT, 72)
    return font


@cache
def _signs(bold: bool) -> frozenset[int]:
    return frozenset(_font(bold).get_charmap())


@cache
def _advance(sign: str, bold: bool) -> float:
    """Return the width of one sign in units of the font size."""
    glyph = _font(bold).load_char(ord(sign), flags=LoadFlags.NO_HINTING)
    return glyph.linearHoriAdvance / 65536 / _UNIT


def printable(text: str, bold: bool = False) -> str:
    """Return cleaned text in which each sign that the font lacks is a square."""
    known = _signs(bold)
    return "".join(sign if ord(sign) in known else LACKING for sign in clean(text))


def width_of(text: str, size: float, bold: bool = False) -> float:
    """Return the width in mm of printable text set in ``size`` points."""
    return sum(_advance(sign, bold) for sign in text) * size * POINT


def wrapped(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """Break text into lines of at most ``width`` mm; an empty text is one empty line."""
    lines: list[str] = []
    line = ""
    for word in printable(text, bold).split(" "):
        joined = f"{line} {word}" if line else word
        if width_of(joined, size, bold) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _broken(word, width, size, bold)
        lines += full
    return [*lines, line]


def _broken(word: str, width: float, size: float, bold: bool) -> list[str]:
    """Break one word into pieces that fit, after a joining sign where there is one."""
    if width_of(word, size, bold) <= width:
        return [word]
    pieces, piece = [], ""
    for part in _PARTS.findall(word):
        for bit in [part] if width_of(part, size, bold) <= width else list(part):
            if piece and width_of(piece + bit, size, bold) > width:
                pieces.append(piece)
                piece = ""
            piece += bit
    return [*pieces, piece]

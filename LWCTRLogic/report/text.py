"""Words and numbers of the report: cleaning of foreign text, and one way to write each kind of number."""

from __future__ import annotations

import math
import re
import unicodedata

MINUS = "\u2212"
DASH = "\u2013"
NOTHING = "\u2014"
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# Marks that reorder or hide what is read; they have no business in a value or a label.
_HIDDEN = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, 0x061C}
_SPACES = re.compile(r"[^\S\u00a0]+")  # a no-break space stays: it keeps a number and its sign on one line


def clean(value: object) -> str:
    """Return ``value`` as one line of visible text.

    Control characters and line ends become spaces, lone surrogates become U+FFFD, and marks that reorder or
    hide text are dropped, so that what stands in the file is what a reader sees. Escaping is left to the
    renderers.
    """
    text = str(value).encode("utf-8", "replace").decode("utf-8")
    seen = []
    for sign in unicodedata.normalize("NFC", text):
        if ord(sign) in _HIDDEN:
            continue
        seen.append(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign)
    return _SPACES.sub(" ", "".join(seen)).strip()


def sentence(text: str) -> str:
    """Return ``text`` with a capital first letter and a full stop."""
    text = clean(text)
    if not text:
        return ""
    if text.split()[0].rstrip(",;:").isalpha():  # a feature's name keeps its own letters
        text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?" else text + "."


def number(value: float | None, decimals: int = 2, signed: bool = False) -> str:
    """Return ``value`` with fixed decimals and a true minus sign; a dash for ``None``."""
    if value is None:
        return NOTHING
    text = f"{value:+.{decimals}f}" if signed else f"{value:.{decimals}f}"
    if float(text) == 0:  # no "−0.00"
        text = text.replace("-", "+" if signed else "")
    return text.replace("-", MINUS)


def significant(value: float | str | None, digits: int = 4) -> str:
    """Return a number with ``digits`` significant digits; words pass through."""
    if value is None:
        return NOTHING
    if isinstance(value, str) or not math.isfinite(value):
        return clean(value)
    if value == 0 or 1e-4 <= abs(value) < 1e6:
        places = max(0, digits - 1 - math.floor(math.log10(abs(value)))) if value else 0
        return _trimmed(f"{value:.{places}f}")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{_trimmed(mantissa)}×10{str(int(exponent)).translate(_SUPERSCRIPT)}"


def _trimmed(text: str) -> str:
    """Return a decimal number without idle zeros, with a true minus sign."""
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", MINUS)


def score_words(score: float) -> str:
    """Return a score (0–1) with two decimals, never rounded to certainty."""
    return f"{_bound(score, 0.005)}{number(min(max(score, 0.01), 0.99) if 0 < score < 1 else score)}"


def percent(probability: float | None) -> str:
    """Return a probability (0–1) as a whole percentage, never rounded to certainty; a dash for ``None``."""
    if probability is None:
        return NOTHING
    shown = min(max(probability, 0.01), 0.99) if 0 < probability < 1 else probability
    return f"{_bound(probability, 0.005)}{number(100 * shown, 0)} %"


def _bound(probability: float, half: float) -> str:
    """Return the sign before a probability that would else be rounded to 0 or 1."""
    if 0 < probability < half:
        return "< "
    return "> " if 1 - half < probability < 1 else ""


def day_from_dose(day: int | None, first_dose_day: int | None) -> str:
    """Return the day of a scan counted from the first dose, or a dash when either is unknown."""
    if day is None or first_dose_day is None:
        return NOTHING
    return number(day - first_dose_day, 0, signed=True)


def listed(words: list[str]) -> str:
    """Return ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]

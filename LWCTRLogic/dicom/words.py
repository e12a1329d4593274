"""What the words of a series say about phase and timepoint, in English, German, French and Chinese."""

from __future__ import annotations

import re
import unicodedata

ARTERIAL, PORTAL, NATIVE, DELAYED = "arterial", "portal venous", "non-contrast", "delayed"

# First match wins and is taken out of the text, so that "late arterial" is not also "late". Endings are spelt
# out, since the word found is shown and must not carry a name along.
_PHASES: tuple[tuple[str, str], ...] = (
    (
        NATIVE,
        r"\bnon[ -]?(?:contrast|enhanced|ce)\b|\bun(?:en)?hanced\b|\bw/?o(?: contrast| iv)?\b|"
        r"\bnect\b|\bplain\b|\bwith ?out (?:iv )?contrast\b|\bpre[ -]?contrast\b|"
        r"\bsans (?:injection|contraste|iv|pdc)\b|"
        r"\bohne ?km\b|\bnativ(?:e|phase)?\b|\bc-(?!\w)|平扫|平掃|非增强",
    ),
    (
        ARTERIAL,
        r"\b(?:late|early|spat|fruh)?[ -]?arter(?:ial|iell|ielle|iel|iels|ielles)(?:phase)?\b|"
        r"\bart\b|\bhap\b|动脉[早晚]?期?|動脈[早晚]?期?",
    ),
    (
        PORTAL,
        r"\b(?:hepatic )?porto?[ -]?(?:al)?[ -]?(?:venous|venos|venose|veineux|veineuse|ven)(?:phase)?\b|"
        r"\bporta(?:l|le|is)\b|\bpvp?\b|\bvenous\b|\bvenos(?:e|er)?\b|\bveineu(?:x|se)\b|\bven\b|\bpor\b|"
        r"门静?脉期?|門靜?脈期?|静脉期?|靜脈期?",
    ),
    (
        DELAYED,
        r"\bdelayed\b|\bequilibrium\b|\bwash ?out\b|\btardi(?:f|ve|fs|ves)\b|\bequilibre\b|\blate\b|"
        r"\bspat(?:phase|aufnahme)?\b|\bexcretory\b|延迟期?|延遲期?|平衡期?",
    ),
)
_SECONDS = re.compile(r"(?<![\w.])(\d{2,3}) ?(?:s|sec|sek|秒)\b")
_MINUTES = re.compile(r"(?<![\w.])(\d{1,2}) ?min\b")
_TIMEPOINTS: tuple[tuple[str, str], ...] = (
    ("pre", r"baseline|\bpre\b|\bbefore\b|\bt0\b|\bvor\b|\bavant\b|治疗前|基线"),
    ("post", r"follow[ -]?up|\bfu\d?\b|\bpost\b|\bafter\b|\bt1\b|\bnach\b|\bapres\b|治疗后|随访"),
)


def plain(text: str) -> str:
    """Return lower case without accents, with separators as spaces."""
    text = unicodedata.normalize("NFKD", text).lower()
    text = "".join(character for character in text if not unicodedata.combining(character))
    return re.sub(r"[_.,;:()\[\]+&]+", " ", text)


def phases_named(text: str) -> dict[str, str]:
    """Return each phase that a text names, with the word that names it."""
    rest = plain(text)
    named: dict[str, str] = {}
    for phase, pattern in _PHASES:
        for match in re.finditer(pattern, rest):
            named.setdefault(phase, match[0].strip())
        rest = re.sub(pattern, " ", rest)
    for match in [*_SECONDS.finditer(rest), *_MINUTES.finditer(rest)]:
        seconds = int(match[1]) * (60 if "min" in match[0] else 1)
        phase_at = phase_at_delay(seconds)
        if phase_at:
            named.setdefault(phase_at, match[0].strip())
    return named


def phase_at_delay(seconds: float) -> str:
    """Return the phase at a delay after the injection's start; empty in between."""
    if 15 <= seconds <= 45:
        return ARTERIAL
    if 55 <= seconds <= 100:
        return PORTAL
    return DELAYED if 120 <= seconds <= 900 else ""


def timepoint_named(text: str) -> str:
    """Return ``pre`` or ``post`` when a text names exactly one of them, else an empty text."""
    text = re.sub(r"(pre|post)[ -]?contrast|post[ -]?(km|gad)", " ", plain(text))
    named = [timepoint for timepoint, pattern in _TIMEPOINTS if re.search(pattern, text)]
    return named[0] if len(named) == 1 else ""

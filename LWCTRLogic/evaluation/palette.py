"""One model, one line: its colour and dashes are the same in every figure of every report."""

from __future__ import annotations

from collections.abc import Iterable

from LWCTRLogic.evaluation.scored import ScoredCohort
from LWCTRLogic.models.bundle import MODEL_NAMES

FIXED = ("LWCTR", "mRECIST", "Rad-Nomo", "Clinical", "Radiomic-Fusion", "Radiomic-Post", "Radiomic-Pre")
KNOWN = (*FIXED, *(name for name in MODEL_NAMES if name not in FIXED))


def line_places(names: Iterable[str]) -> dict[str, int]:
    """Return the place of each name among the line styles: a known model's own, else the next that is free."""
    names = list(dict.fromkeys(names))
    taken = {KNOWN.index(name) for name in names if name in KNOWN}
    free = (place for place in range(len(names) + len(KNOWN)) if place not in taken)
    return {name: KNOWN.index(name) if name in KNOWN else next(free) for name in names}


def cohort_places(cohort: ScoredCohort) -> dict[str, int]:
    """Return the places of everything that a figure of a cohort may draw."""
    names = [*(score.name for score in cohort.scores), "mRECIST", *(one.name for one in cohort.survival)]
    return line_places(names)

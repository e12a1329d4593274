"""Whether a month can be judged: enough patients had the event by then, and enough were followed beyond it."""

from __future__ import annotations

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.steps import Bools, Floats

RAREST = 5
"""Patients of the rarer kind below which an area has no interval worth the name.

Of two patients beyond a month an AUC(t) takes a few values only, and the error that follows from influence functions
says nothing of it: intervals of 0.87 to 0.94 and of 0.39 to 0.51 were met for like scores on one survivor.
"""


def check_enough(time: Floats, event: Bools, month: float) -> None:
    """Refuse a month that too few patients tell of.

    Raises
    ------
    InputError
        When fewer than :data:`RAREST` had the event by the month, or were followed beyond it.
    """
    had, beyond = int((event & (time <= month)).sum()), int((time > month).sum())
    if had < RAREST:
        raise InputError(f"{_patients(had)} had the event by {month:.4g} months", f"{RAREST} at least")
    if beyond < RAREST:
        words = f"{_patients(beyond)} followed beyond {month:.4g} months"
        raise InputError(words, f"{RAREST} at least")


def is_enough(time: Floats, event: Bools, month: float) -> bool:
    """Return whether enough patients tell of a month; see :func:`check_enough`."""
    try:
        check_enough(time, event, month)
    except InputError:
        return False
    return True


def _patients(count: int) -> str:
    return "1 patient" if count == 1 else f"{count or 'no'} patients"

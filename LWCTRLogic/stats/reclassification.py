"""Net reclassification improvement and integrated discrimination improvement.

Off by default, and only when asked for: both can rise when a useless marker is added or when the new model is
miscalibrated (Hilden and Gerds 2014; Pepe 2015), and their usual intervals are wrong under the null. Prefer the
difference of AUCs or of Brier scores, and net benefit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.estimate import Comparison, wald_comparison
from LWCTRLogic.stats.steps import Bools, Floats

WARNING = (
    "NRI and IDI can favour a useless or miscalibrated model, and their intervals are not valid under the null; "
    "judge by the differences of AUC, Brier score and net benefit"
)


@dataclass(frozen=True)
class Reclassification:
    """New against old; positive: the new model moves patients the right way.

    Attributes
    ----------
    events, non_events : Comparison
        Share moved up − down among those with the event, and down − up among the others.
    total : Comparison
        Their sum.
    table_events, table_non_events : (c, c) or None
        Patients by category of the old (rows) and the new (columns); None for the continuous form.
    """

    events: Comparison
    non_events: Comparison
    total: Comparison
    table_events: Floats | None
    table_non_events: Floats | None


def net_reclassification(
    label: ArrayLike,
    old: ArrayLike,
    new: ArrayLike,
    *,
    cutoffs: ArrayLike | None = None,
    level: float = 0.95,
) -> Reclassification:
    """Return the net reclassification improvement (Pencina 2008, 2011).

    Parameters
    ----------
    label, old, new : (n,)
        Outcomes 0 or 1, and the two predicted probabilities.
    cutoffs : (c − 1,), optional
        Bounds of the categories, a patient at a bound being above it; without them every change counts.

    Raises
    ------
    InputError
        When one class is empty or a prediction is missing.
    """
    event, a, b = _checked(label, old, new)
    tables: list[Floats | None] = [None, None]
    if cutoffs is not None:
        bounds = np.sort(np.atleast_1d(np.asarray(cutoffs, dtype=float)))
        a, b = (np.searchsorted(bounds, p, side="right").astype(float) for p in (a, b))
        count = bounds.size + 1
        for place, rows in enumerate((event, ~event)):
            cell = (a[rows] * count + b[rows]).astype(np.intp)
            tables[place] = np.bincount(cell, minlength=count**2).reshape(count, count).astype(float)
    move = np.sign(b - a)
    up = _mean(move[event], level)
    down = _mean(-move[~event], level)
    return Reclassification(up, down, _sum(up, down, level), tables[0], tables[1])


def integrated_discrimination(
    label: ArrayLike, old: ArrayLike, new: ArrayLike, *, level: float = 0.95
) -> Comparison:
    """Return the integrated discrimination improvement: the gain in mean prediction of events minus non-events."""
    event, a, b = _checked(label, old, new)
    return _sum(_mean((b - a)[event], level, ddof=1), _mean((a - b)[~event], level, ddof=1), level)


def _checked(label: ArrayLike, old: ArrayLike, new: ArrayLike) -> tuple[Bools, Floats, Floats]:
    event = np.asarray(label, dtype=bool)
    a, b = np.asarray(old, dtype=float), np.asarray(new, dtype=float)
    if not event.shape == a.shape == b.shape or not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise InputError(
            "predictions are missing or do not fit the outcomes", "two predictions of each patient"
        )
    if event.all() or not event.any():
        raise InputError(f"{event.sum()} of {event.size} patients are positive", "some of each class")
    return event, a, b


def _mean(values: Floats, level: float, ddof: int = 0) -> Comparison:
    return wald_comparison(
        float(values.mean()), float(values.std(ddof=ddof) / np.sqrt(values.size)), level=level
    )


def _sum(a: Comparison, b: Comparison, level: float) -> Comparison:
    return wald_comparison(
        a.difference.value + b.difference.value,
        float(np.hypot(a.difference.se, b.difference.se)),
        level=level,
    )

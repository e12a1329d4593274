"""Follow-up times that differ by rounding errors only are one time.

8.3 − 2.3 and 8.1 − 2.1 months are both 6, but not to the last bit, and who died first would be decided by round-off.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from LWCTRLogic.stats.steps import Floats

TOLERANCE = float(np.sqrt(np.finfo(float).eps))
"""1.5e-8: of neighbouring times, in their unit or relative to the mean of all distinct ones."""


def tied(time: ArrayLike) -> Floats:
    """Return the times (n,), those within rounding errors of each other all equal to the earliest of them.

    The rule is that of R's ``survival::aeqSurv``, which ``coxph``, ``survfit``, ``survdiff`` and ``concordance`` apply
    to every follow-up (``timefix``): a distinct time is tied to the one before it when the two are not further apart
    than the tolerance. So a chain of close times is one time. Times that are not finite are left alone.
    """
    times = np.asarray(time, dtype=float)
    ordered = np.sort(times[np.isfinite(times)])
    gap = np.diff(ordered)
    apart = gap > 0
    # most follow-ups have no close times, which the widest bound tells at once
    if not (apart & (gap <= TOLERANCE * max(1.0, float(np.abs(ordered).max(initial=0))))).any():
        return times
    distinct = ordered[np.concatenate([[True], apart])]
    near = gap[apart] <= TOLERANCE * max(1.0, float(np.abs(distinct).mean()))
    if not near.any():
        return times
    first = distinct[np.concatenate([[True], ~near])]
    place = np.searchsorted(first, times, side="right") - 1
    return np.where(np.isfinite(times), first[place], times)

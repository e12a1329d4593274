"""Shares of patients by a month, with limits even where everybody or nobody had the event.

Greenwood's variance is 0 there, which would say that 3 of 3 survivors are certain to be all. The limits are then
Wilson's of the patients whose state at the month is known (Rothman 1978 does so with an effective number).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.stats.competing_risks import cumulative_incidence
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.proportion import wilson
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.stats.survival_curves import survival_curve


def alive_share(time: Floats, event: Bools, month: float) -> Estimate:
    """Return the Kaplan–Meier share without event at a month; NaN beyond the follow-up.

    Raises
    ------
    InputError
        As :func:`LWCTRLogic.stats.survival_curves.survival_curve`.
    """
    one = survival_curve(time, event).at(month)
    died = event & (time <= month)
    return _certain(one, (time >= month) & ~died, died)


def incidence_share(time: Floats, causes: NDArray[np.int_], cause: int, month: float) -> Estimate:
    """Return the Aalen–Johansen share with the event ``cause`` by a month.

    Parameters
    ----------
    causes : (n,)
        0 for censoring, 1, 2 … for what ended the follow-up.

    Raises
    ------
    InputError
        As :func:`LWCTRLogic.stats.competing_risks.cumulative_incidence`.
    """
    if (causes[time == time.max()] > 0).all():
        month = min(month, float(time.max()))  # nobody is left, so nothing can come
    one = Estimate(0.0 if month <= time.max() else np.nan)  # nobody ever had the event
    if (causes == cause).any():
        one = cumulative_incidence(time, causes, of=cause).at(month)
    had = (causes == cause) & (time <= month)
    others = ((causes > 0) & (time <= month) & ~had) | ((time >= month) & ~had)
    return _certain(one, had, others)


def _certain(one: Estimate, counted: Bools, others: Bools) -> Estimate:
    """Return the estimate, with Wilson's limits where it is 0 or 1."""
    if not one.value < 1e-12 and not one.value > 1 - 1e-12:  # NaN too
        return one
    limits = wilson(int(counted.sum()), int(counted.sum() + others.sum()), level=one.level)
    return replace(one, low=limits.low, high=limits.high)

"""Restricted mean survival time: the area under Kaplan–Meier up to τ, and its difference between groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.estimate import Comparison, Estimate, independent_comparison, wald
from LWCTRLogic.stats.survival_curves import survival_curve


def restricted_mean(time: ArrayLike, event: ArrayLike, tau: float, *, level: float = 0.95) -> Estimate:
    """Return the mean time lived up to τ, with the variance of the estimator.

    The variance is Σ (∫ from tᵢ to τ of S)² dᵢ / (rᵢ (rᵢ − dᵢ)) over the events up to τ, as R's ``survfit`` and
    survRM2 have it. (Some software gives the variance of the restricted *time* under that name.)

    Raises
    ------
    InputError
        When τ is not positive, or beyond the last follow-up while S is not 0.
    """
    curve = survival_curve(time, event)
    if not tau > 0:
        raise InputError(f"τ = {tau:g}", "a time above 0")
    if tau > curve.times[-1] and curve.survival[-1] > 0:
        raise InputError(
            f"τ = {tau:g} with a last follow-up at {curve.times[-1]:g}", "τ within the follow-up"
        )
    inside = curve.times < tau
    edges = np.concatenate([[0.0], curve.times[inside], [tau]])
    height = np.concatenate([[1.0], curve.survival[inside]])
    area = height * np.diff(edges)
    after = area[1:][::-1].cumsum()[::-1]
    died, at_risk = curve.events[inside], curve.at_risk[inside]
    left = at_risk - died
    growth = np.divide(died, at_risk * left, out=np.zeros_like(died), where=left > 0)
    return wald(float(area.sum()), float(np.sqrt((after**2 * growth).sum())), level=level)


def restricted_mean_difference(
    time_a: ArrayLike,
    event_a: ArrayLike,
    time_b: ArrayLike,
    event_b: ArrayLike,
    tau: float,
    *,
    level: float = 0.95,
) -> Comparison:
    """Compare the restricted mean of two groups of patients; signed A − B."""
    a, b = restricted_mean(time_a, event_a, tau), restricted_mean(time_b, event_b, tau)
    return independent_comparison(a, b, level=level)

"""Decision curves: the net benefit of treating those above a risk threshold (Vickers and Elkin 2006).

Net benefit = TP / n − FP / n · pt / (1 − pt). Under censoring the share of events among those above the threshold
is 1 − Kaplan–Meier among them (Vickers 2008).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.estimate import normal_quantile
from LWCTRLogic.stats.steps import Floats
from LWCTRLogic.stats.survival_curves import checked_follow_up, survival_at


@dataclass(frozen=True)
class DecisionCurve:
    """Net benefit (m,) at each threshold of the model, of treating everybody and of treating nobody (0).

    ``low`` and ``high`` are the pointwise Wald limits of the model's net benefit.
    """

    thresholds: Floats
    model: Floats
    low: Floats
    high: Floats
    treat_all: Floats
    treat_none: Floats


def decision_curve(
    label: ArrayLike, risk: ArrayLike, thresholds: ArrayLike, *, level: float = 0.95
) -> DecisionCurve:
    """Return the decision curve of a binary outcome.

    Parameters
    ----------
    label, risk : (n,)
        Outcomes 0 or 1, and predicted probabilities of 1.
    thresholds : (m,)
        Probabilities of the outcome from which one would treat; those at the threshold are treated.

    Raises
    ------
    InputError
        When a risk or threshold is no probability, or a threshold is 1.
    """
    y, p, limits = np.asarray(label, dtype=float), *_checked(risk, thresholds)
    order, n = np.argsort(p), len(p)
    above = n - np.searchsorted(p[order], limits, side="left")
    true = np.concatenate([[0.0], np.cumsum(y[order][::-1])])[above]
    odds = limits / (1 - limits)
    # A mean over patients of 1 for a true and −odds for a false alarm, hence its variance.
    model = (true - (above - true) * odds) / n
    se = np.sqrt(np.maximum((true + (above - true) * odds**2) / n - model**2, 0) / n)
    return _curve(limits, model, se, float(y.mean()), level)


def decision_curve_survival(
    time: ArrayLike,
    event: ArrayLike,
    risk: ArrayLike,
    horizon: float,
    thresholds: ArrayLike,
    *,
    level: float = 0.95,
) -> DecisionCurve:
    """Return the decision curve of the event up to a horizon.

    Where follow-up of those above a threshold ends before the horizon, while some are alive, the net benefit is NaN.

    Parameters
    ----------
    time, event, risk : (n,)
        Follow-up, and predicted probabilities of the event up to the horizon.
    """
    times, events = checked_follow_up(time, event)
    p, limits = _checked(risk, thresholds)
    order = np.argsort(times)
    times, events, p = times[order], events[order], p[order]
    model, se = np.zeros_like(limits), np.zeros_like(limits)
    for place, limit in enumerate(limits):
        above = p >= limit
        if not above.any():
            continue
        alive, odds, share = (
            survival_at(times[above], events[above], horizon),
            limit / (1 - limit),
            above.mean(),
        )
        benefit = 1 - alive.value * (1 + odds)  # of each patient above: died − alive · odds
        model[place] = share * benefit
        # Of how many are above, and of the Kaplan–Meier estimate among them.
        spread = benefit**2 * share * (1 - share) / times.size + (share * (1 + odds) * alive.se) ** 2
        se[place] = np.sqrt(spread)
    died = 1 - survival_at(times, events, horizon).value
    return _curve(limits, model, se, died, level)


def _curve(limits: Floats, model: Floats, se: Floats, prevalence: float, level: float) -> DecisionCurve:
    half, odds = normal_quantile(level) * se, limits / (1 - limits)
    everybody = prevalence - (1 - prevalence) * odds
    return DecisionCurve(limits, model, model - half, model + half, everybody, np.zeros_like(limits))


def _checked(risk: ArrayLike, thresholds: ArrayLike) -> tuple[Floats, Floats]:
    p, limits = np.asarray(risk, dtype=float), np.atleast_1d(np.asarray(thresholds, dtype=float))
    if not ((p >= 0) & (p <= 1)).all():
        raise InputError("a risk is missing or outside 0…1", "probabilities")
    if not ((limits >= 0) & (limits < 1)).all():
        raise InputError(f"thresholds from {limits.min():g} to {limits.max():g}", "from 0 to below 1")
    return p, limits

"""Time-dependent AUC: how well a score separates those who have died by t from those who live on.

Cumulative cases (event up to t) against dynamic controls (observed beyond t), with weights for those who were
censored before t (Uno 2007; Blanche, Dartigues and Jacqmin-Gadda 2013).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.censoring import CensoringWeights, alive_at
from LWCTRLogic.stats.estimate import Comparison, Estimate, influence_error, wald, wald_comparison
from LWCTRLogic.stats.steps import Bools, Floats


@dataclass(frozen=True)
class TimeDependentAuc:
    """AUC(t), and what it rests on.

    Attributes
    ----------
    estimate : Estimate
        Unclipped Wald interval.
    influence : (n,)
        Of each patient; the standard error is its standard deviation / √n.
    horizon : float
        t, in the unit of the times.
    cases, controls, unknown : int
        Events up to t, patients observed beyond t, and those censored before it.
    """

    estimate: Estimate
    influence: Floats
    horizon: float
    cases: int
    controls: int
    unknown: int


def time_dependent_auc(
    time: ArrayLike, event: ArrayLike, risk: ArrayLike, horizon: float, *, level: float = 0.95
) -> TimeDependentAuc:
    """Return AUC(t) with the standard error that counts the estimate of the censoring weights too.

    Parameters
    ----------
    time, event : (n,)
        Follow-up; at equal times an event comes before a censoring.
    risk : (n,)
        Higher for an earlier event (of a probability of survival, take the negative); ties count one half.
    horizon : float
        t, in the unit of the times.

    Raises
    ------
    InputError
        When there is no event up to the horizon, nobody seen beyond it, or a risk is not finite.
    """
    risks = _finite(risk)
    weights = CensoringWeights.of(time, event)
    alive, weight = weights.alive_at(horizon)
    case = ~alive & (weight > 0)
    if not case.any():
        raise InputError(f"no event up to {horizon:g}", "one at least")
    lost, won = _placements(risks, case, alive, weight)
    auc = float(np.average(won[case], weights=weight[case]))
    own_case = np.where(case, weight * (won - auc), 0.0) / np.mean(np.where(case, weight, 0.0))
    own_control = np.where(alive, lost - auc, 0.0) / alive.mean()
    influence = own_case + own_control + weights.influence(own_case, weights.times)
    return TimeDependentAuc(
        wald(auc, influence_error(influence), level=level),
        influence,
        float(horizon),
        int(case.sum()),
        int(alive.sum()),
        int((weight == 0).sum()),
    )


def time_dependent_auc_difference(
    time: ArrayLike,
    event: ArrayLike,
    risk_a: ArrayLike,
    risk_b: ArrayLike,
    horizon: float,
    *,
    level: float = 0.95,
) -> Comparison:
    """Compare AUC(t) of two scores of the same patients; signed A − B."""
    a = time_dependent_auc(time, event, risk_a, horizon)
    b = time_dependent_auc(time, event, risk_b, horizon)
    difference = a.estimate.value - b.estimate.value
    return wald_comparison(difference, influence_error(a.influence - b.influence), level=level)


def time_dependent_roc(
    time: ArrayLike, event: ArrayLike, risk: ArrayLike, horizon: float
) -> tuple[Floats, Floats, Floats]:
    """Return false-alarm rate, sensitivity and cut-off of the ROC curve at t; at or above a cut-off is positive.

    The first point, at a cut-off of infinity, is (0, 0), the last (1, 1).
    """
    risks = _finite(risk)
    alive, weight = alive_at(time, event, horizon)
    cuts, index = np.unique(risks, return_inverse=True)
    case = np.bincount(index, np.where(alive, 0.0, weight))[::-1].cumsum()
    control = np.bincount(index, np.where(alive, weight, 0.0))[::-1].cumsum()
    if case[-1] == 0:
        raise InputError(f"no event up to {horizon:g}", "one at least")
    start = np.zeros(1)
    return (
        np.concatenate([start, control / control[-1]]),
        np.concatenate([start, case / case[-1]]),
        np.concatenate([[np.inf], cuts[::-1]]),
    )


def _placements(risk: Floats, case: Bools, alive: Bools, weight: Floats) -> tuple[Floats, Floats]:
    """Return for each control the share of cases above it, and for each case the share of controls below."""
    controls = np.sort(risk[alive])
    won = np.searchsorted(controls, risk, "left") + np.searchsorted(controls, risk, "right")
    order = np.argsort(risk[case], kind="stable")
    cases = risk[case][order]
    up_to = np.concatenate([[0.0], np.cumsum(weight[case][order])])
    below = up_to[np.searchsorted(cases, risk, "left")] + up_to[np.searchsorted(cases, risk, "right")]
    return 1 - below / (2 * up_to[-1]), won / (2 * len(controls))


def _finite(risk: ArrayLike) -> Floats:
    values = np.asarray(risk, dtype=float)
    if not np.isfinite(values).all():
        raise InputError(f"{np.sum(~np.isfinite(values))} risks are missing or infinite", "finite numbers")
    return values

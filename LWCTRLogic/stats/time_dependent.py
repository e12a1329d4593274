"""Time-dependent AUC: how well a score separates those who have died by t from those who live on.

Cumulative cases (event up to t) against dynamic controls (observed beyond t, or out of reach by another cause), with
weights for those who were censored before t (Uno 2007; Blanche, Dartigues and Jacqmin-Gadda 2013).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.censoring import CensoringWeights, alive_at
from LWCTRLogic.stats.estimate import Comparison, Estimate, influence_error, wald, wald_comparison
from LWCTRLogic.stats.perfect import shown_area
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
        Events up to t, patients without it by then, and those censored before.
    """

    estimate: Estimate
    influence: Floats
    horizon: float
    cases: int
    controls: int
    unknown: int

    @property
    def shown(self) -> Estimate:
        """The area with limits within 0 and 1, which an area of exactly 1 has, too."""
        return shown_area(self.estimate, self.cases, self.controls)


def time_dependent_auc(
    time: ArrayLike,
    event: ArrayLike,
    risk: ArrayLike,
    horizon: float,
    *,
    of: int = 1,
    censoring_groups: ArrayLike | None = None,
    level: float = 0.95,
) -> TimeDependentAuc:
    """Return AUC(t) with the standard error that counts the estimate of the censoring weights too.

    Parameters
    ----------
    time, event : (n,)
        Follow-up; at equal times an event comes before a censoring. With competing risks the event is its cause,
        1, 2 …, and 0 for censored.
    risk : (n,)
        Higher for an earlier event (of a probability of survival, take the negative); ties count one half.
    horizon : float
        t, in the unit of the times.
    of : int
        The cause that makes a case; who had another one by t is a control (Blanche's second definition), since
        that patient will not have this one.
    censoring_groups : (n,), optional
        See :meth:`LWCTRLogic.stats.censoring.CensoringWeights.of`.

    Raises
    ------
    InputError
        When there is no event up to the horizon, nobody seen beyond it, or a risk is not finite.
    """
    return TimedRisk.of(time, event, risk, of=of, censoring_groups=censoring_groups).auc(horizon, level=level)


@dataclass(frozen=True)
class TimedRisk:
    """A risk and the follow-up that it is judged by, sorted once for use at many horizons.

    Attributes
    ----------
    weights : CensoringWeights
        Of the follow-up.
    is_event : (n,)
        Whether the event that makes a case was seen.
    rank : (n,)
        Of the risk, from 0; equal risks have one rank.
    """

    weights: CensoringWeights
    is_event: Bools
    rank: NDArray[np.intp]

    @classmethod
    def of(
        cls,
        time: ArrayLike,
        event: ArrayLike,
        risk: ArrayLike,
        *,
        of: int = 1,
        censoring_groups: ArrayLike | None = None,
    ) -> TimedRisk:
        """Sort what :func:`time_dependent_auc` takes."""
        rank = np.unique(_finite(risk), return_inverse=True)[1]
        causes = np.asarray(event)
        return cls(CensoringWeights.of(time, causes != 0, censoring_groups), causes == of, rank)

    def auc(self, horizon: float, *, level: float = 0.95) -> TimeDependentAuc:
        """Return AUC(t): see :func:`time_dependent_auc`."""
        alive, weight = self.weights.alive_at(horizon)
        is_case = ~alive & self.is_event
        case, control = np.where(is_case, weight, 0.0), np.where(is_case, 0.0, weight)
        if not case.any():
            raise InputError(f"no event up to {horizon:g}", "one at least")
        won, lost = _share_below(self.rank, control), 1 - _share_below(self.rank, case)
        auc = float(np.average(won, weights=case))
        own = case * (won - auc) / case.mean() + control * (lost - auc) / control.mean()
        influence = own + self.weights.influence(own, self.weights.until(horizon))
        return TimeDependentAuc(
            wald(auc, influence_error(influence), level=level),
            influence,
            float(horizon),
            int(is_case.sum()),
            int((control > 0).sum()),
            int((weight == 0).sum()),
        )


def time_dependent_auc_difference(
    time: ArrayLike,
    event: ArrayLike,
    risk_a: ArrayLike,
    risk_b: ArrayLike,
    horizon: float,
    *,
    of: int = 1,
    censoring_groups: ArrayLike | None = None,
    level: float = 0.95,
) -> Comparison:
    """Compare AUC(t) of two scores of the same patients; signed A − B."""
    a = time_dependent_auc(time, event, risk_a, horizon, of=of, censoring_groups=censoring_groups)
    b = time_dependent_auc(time, event, risk_b, horizon, of=of, censoring_groups=censoring_groups)
    return auc_difference(a, b, level=level)


def auc_difference(a: TimeDependentAuc, b: TimeDependentAuc, *, level: float = 0.95) -> Comparison:
    """Compare AUC(t) of two scores of the same patients, in the same order, at one horizon; signed A − B."""
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


def _share_below(rank: NDArray[np.intp], weight: Floats) -> Floats:
    """Return the weighted share of patients with a lower rank than each, half of those with an equal one."""
    mass = np.bincount(rank, weight)
    return np.asarray((np.cumsum(mass) - mass / 2)[rank] / weight.sum(), dtype=float)


def _finite(risk: ArrayLike) -> Floats:
    values = np.asarray(risk, dtype=float)
    if not np.isfinite(values).all():
        raise InputError(f"{np.sum(~np.isfinite(values))} risks are missing or infinite", "finite numbers")
    return values

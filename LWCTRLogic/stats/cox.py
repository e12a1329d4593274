"""Cox proportional hazards: fit by Newton's method with Efron's ties, and predicted survival with limits.

Written here because two things differ in lifelines: it interpolates survival between events, and its baseline
is Breslow's, not the Efron one that belongs to an Efron fit (as in R's ``survfit.coxph``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.risk_sets import Ints, RiskSets, risk_sets
from LWCTRLogic.stats.steps import Floats, step_at
from LWCTRLogic.stats.ties import tied

_STEPS = 100
_TOLERANCE = 1e-12
_SETTLED = 1e-6
_FAR = 20.0
_FLAT = 1000.0
"""Standard error of a coefficient, a standard deviation of the covariate: beyond it the likelihood is flat."""


@dataclass(frozen=True)
class CoxBaseline:
    """Cumulative baseline hazard of a patient whose covariates all equal the centre, and its uncertainty.

    Attributes
    ----------
    times : (k,)
        Times of events, rising.
    hazard : (k,)
        H₀ from each time on.
    variance : (k,)
        Variance of H₀ while the coefficients are held fixed.
    mean_covariate : (k, p)
        ∫ x̄(u) dH₀(u), with x̄ the hazard-weighted mean of the centred covariates of those at risk.
    """

    times: Floats
    hazard: Floats
    variance: Floats
    mean_covariate: Floats


@dataclass(frozen=True)
class CoxFit:
    """A fitted model: h(t | x) = h₀(t) · exp((x − centre) · coefficients).

    Attributes
    ----------
    coefficients, centre : (p,)
        Log hazard ratios, and the means of the covariates.
    covariance : (p, p)
        Of the coefficients.
    baselines : dict
        Baseline of each stratum by its name; of an unstratified model under None.
    log_likelihood, log_likelihood_null : float
        Efron's partial likelihood at the coefficients and at 0.
    score : float
        Statistic of the score test that all coefficients are 0 (χ² with p degrees of freedom).
    patients, events : int
        That it was fitted on.
    """

    coefficients: Floats
    covariance: Floats
    centre: Floats
    baselines: dict[object, CoxBaseline]
    log_likelihood: float
    log_likelihood_null: float
    score: float
    patients: int
    events: int

    @property
    def baseline(self) -> CoxBaseline:
        """The baseline of an unstratified model."""
        if set(self.baselines) != {None}:
            raise InputError(
                f"a model with {len(self.baselines)} strata", "one of them chosen from its baselines"
            )
        return self.baselines[None]


def fit_cox(
    time: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike,
    ridge: float = 0.0,
    *,
    strata: ArrayLike | None = None,
) -> CoxFit:
    """Fit a Cox model.

    Parameters
    ----------
    time : (n,)
        Follow-up time, not negative; at equal times an event comes before a censoring.
    event : (n,)
        Whether the event was seen.
    covariates : (n, p)
        Covariates; they are centred on their means inside.
    ridge : float
        Penalty ½ · ridge · Σ(coefficient · sd)² on the log partial likelihood; 0 for none. With a penalty the
        covariance is the inverse of the penalised information.
    strata : (n,), optional
        Each stratum has its own baseline hazard; the coefficients are common.

    Raises
    ------
    InputError
        When there is no event, a covariate does not vary, a value is not finite, or the fit does not settle
        (a covariate that separates the events perfectly).
    """
    times, events, x = _checked(time, event, covariates)
    names, groups = _strata(strata, times)
    centre = x.mean(axis=0)
    sets = risk_sets(times, events == 1, x - centre, groups)
    coefficients, spread = np.zeros(x.shape[1]), x.std(axis=0)
    penalty = np.asarray(ridge * np.diag(spread**2), dtype=float)
    null, gradient, information = _likelihood(sets, coefficients)
    value, score = null, float(gradient @ np.linalg.pinv(information, hermitian=True) @ gradient)
    for _ in range(_STEPS):
        step = _newton_step(information + penalty, gradient - penalty @ coefficients)
        coefficients = _line_search(sets, coefficients, step, penalty)
        value, gradient, information = _likelihood(sets, coefficients)
        # Beyond a hazard ratio of e^20 a standard deviation, the likelihood only creeps towards infinity.
        if np.max(np.abs(step * spread)) < _TOLERANCE or np.max(np.abs(coefficients * spread)) > _FAR:
            break
    if np.max(np.abs(step * spread)) > _SETTLED or np.max(np.abs(coefficients * spread)) > _FAR:
        raise _unsettled()
    covariance = _covariance(information + penalty, spread)
    baselines = dict(zip(names, _baselines(sets, coefficients, len(names)), strict=True))
    return CoxFit(
        coefficients, covariance, centre, baselines, value, null, score, len(times), int(events.sum())
    )


def _strata(strata: ArrayLike | None, times: Floats) -> tuple[list[object], Ints | None]:
    if strata is None:
        return [None], None
    names, groups = np.unique(np.asarray(strata), return_inverse=True)
    if groups.shape != times.shape:
        raise InputError(f"strata of shape {groups.shape}", f"({len(times)},)")
    return names.tolist(), groups


def _newton_step(hessian: Floats, gradient: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.solve(hessian, gradient), dtype=float)
    except np.linalg.LinAlgError as error:
        raise _unsettled() from error


def _covariance(information: Floats, spread: Floats) -> Floats:
    try:
        covariance = np.asarray(np.linalg.inv(information), dtype=float)
    except np.linalg.LinAlgError as error:
        raise _unsettled() from error
    # A group in which nobody has the event: rounding ends the climb before the coefficient is far.
    variance = np.diag(covariance)
    if not ((variance > 0) & (variance * spread**2 < _FLAT**2)).all():
        raise _unsettled()
    return covariance


def _unsettled() -> InputError:
    return InputError(
        "the Cox fit does not settle",
        "covariates that neither repeat each other nor separate the events perfectly",
        "Leave out a covariate or set a ridge penalty",
    )


def _checked(time: ArrayLike, event: ArrayLike, covariates: ArrayLike) -> tuple[Floats, Floats, Floats]:
    times = np.asarray(time, dtype=float)
    events = np.asarray(event, dtype=float)
    x = np.asarray(covariates, dtype=float)
    if x.ndim != 2 or not len(times) == len(events) == len(x):
        raise InputError(
            f"times {times.shape}, events {events.shape}, covariates {x.shape}", "(n,), (n,) and (n, p)"
        )
    if not (np.isfinite(times).all() and np.isfinite(x).all() and (times >= 0).all()):
        raise InputError("a time is negative, or a time or covariate is not finite", "finite numbers")
    if not set(np.unique(events)) <= {0.0, 1.0} or not events.any():
        raise InputError(f"events are {np.unique(events)}", "0 and 1, with at least one event")
    flat = np.flatnonzero(np.ptp(x, axis=0) == 0)
    if flat.size:
        raise InputError(f"covariates {flat.tolist()} have one value in all patients", "values that vary")
    return tied(times), events, x


def _line_search(sets: RiskSets, start: Floats, step: Floats, penalty: Floats) -> Floats:
    """Take the Newton step, halved until the penalised likelihood no longer falls."""

    def penalised(there: Floats) -> float:
        return _log_likelihood(sets, there) - 0.5 * float(there @ penalty @ there)

    before = penalised(start)
    for halving in range(30):
        there: Floats = start + step / 2**halving
        if penalised(there) >= before - 1e-10 * abs(before):
            break
    return there


def _log_likelihood(sets: RiskSets, coefficients: Floats) -> float:
    # Relative to the largest risk, whose exponential might overflow while a step is still being shortened.
    eta = sets.x @ coefficients
    eta -= eta.max()
    with np.errstate(divide="ignore"):
        return float(eta[sets.died].sum() - np.log(sets.seen(np.exp(eta))).sum())


def _likelihood(sets: RiskSets, coefficients: Floats) -> tuple[float, Floats, Floats]:
    """Return Efron's log partial likelihood, its gradient and the information matrix."""
    eta = sets.x @ coefficients
    weight = np.exp(eta - eta.max())
    total = sets.seen(weight)
    mean = sets.seen(weight[:, None] * sets.x) / total[:, None]
    gradient = sets.x[sets.died].sum(axis=0) - mean.sum(axis=0)
    # Σ over the risk sets of the weighted second moments, each patient taken once.
    second = (sets.x * (weight * sets.exposure(1 / total))[:, None]).T @ sets.x
    return _log_likelihood(sets, coefficients), gradient, np.asarray(second - mean.T @ mean, dtype=float)


def _baselines(sets: RiskSets, coefficients: Floats, strata: int) -> list[CoxBaseline]:
    weight = sets.relative(coefficients)
    total, first = sets.seen(weight), sets.seen(weight[:, None] * sets.x)

    def per_moment(per_event: Floats) -> Floats:
        return np.asarray(np.bincount(sets.event_moment, per_event, len(sets.moments)), dtype=float)

    jumps, squares = per_moment(1 / total), per_moment(1 / total**2)
    means = np.column_stack([per_moment(column / total**2) for column in first.T])
    found = []
    for stratum in range(strata):
        rows = np.flatnonzero(sets.stratum == stratum)[::-1]
        found.append(
            CoxBaseline(
                sets.moments[rows],
                np.cumsum(jumps[rows]),
                np.cumsum(squares[rows]),
                np.cumsum(means[rows], axis=0),
            )
        )
    return found


def survival_probabilities(
    baseline: CoxBaseline, coefficients: ArrayLike, covariates: ArrayLike, at: ArrayLike
) -> Floats:
    """Return S(t) of many patients, without limits: (n, m).

    Parameters
    ----------
    covariates : (n, p)
        Covariates minus the centre.
    at : (m,)
        Times.
    """
    relative = np.exp(np.asarray(covariates, dtype=float) @ np.asarray(coefficients, dtype=float))
    hazard = step_at(baseline.times, baseline.hazard, at, 0.0)
    return np.asarray(np.exp(-np.outer(relative, hazard)), dtype=float)


def predict_survival(
    baseline: CoxBaseline,
    coefficients: ArrayLike,
    covariance: ArrayLike,
    covariates: ArrayLike,
    at: ArrayLike,
) -> tuple[Floats, Floats, Floats]:
    """Return S(t) of one patient and its 95 % limits at the times ``at``, as step functions.

    The variance of the cumulative hazard is Tsiatis' (as in R's ``survfit.coxph``):
    exp(2η) · (V₀(t) + q(t)ᵀ Σ q(t)) with q(t) = x · H₀(t) − ∫ x̄ dH₀. The limits are taken on the scale of
    log(−log S), so that they stay between 0 and 1.

    Parameters
    ----------
    covariates : (p,)
        The patient's covariates minus the centre.
    at : (m,)
        Times; before the first event S is 1 with both limits 1.
    """
    x = np.asarray(covariates, dtype=float)
    relative = float(np.exp(x @ np.asarray(coefficients, dtype=float)))
    h0 = step_at(baseline.times, baseline.hazard, at, 0.0)
    v0 = step_at(baseline.times, baseline.variance, at, 0.0)
    mean = step_at(baseline.times, baseline.mean_covariate, at, 0.0)
    q = h0[:, None] * x - mean
    error = relative * np.sqrt(v0 + np.einsum("mi,ij,mj->m", q, np.asarray(covariance, dtype=float), q))
    hazard = relative * h0
    width = np.divide(error, hazard, out=np.zeros_like(error), where=hazard > 0)
    z = float(stats.norm.ppf(0.975))
    return np.exp(-hazard), np.exp(-hazard * np.exp(z * width)), np.exp(-hazard * np.exp(-z * width))

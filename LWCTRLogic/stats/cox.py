"""Cox proportional hazards: fit by Newton's method with Efron's ties, and predicted survival with limits.

Written here because two things differ in lifelines: it interpolates survival between events, and its baseline
is Breslow's, not the Efron one that belongs to an Efron fit (as in R's ``survfit.coxph``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.steps import Floats, step_at

_STEPS = 100
_TOLERANCE = 1e-12
_SETTLED = 1e-6
_FAR = 20.0


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
    """A fitted model: h(t | x) = h₀(t) · exp((x − centre) · coefficients)."""

    coefficients: Floats
    covariance: Floats
    centre: Floats
    baseline: CoxBaseline
    log_likelihood: float
    log_likelihood_null: float


@dataclass(frozen=True)
class _RiskSet:
    """Sums over one event time for each of its tied events: weights, first and second moments."""

    time: float
    total: Floats  # (d,)
    first: Floats  # (d, p)
    second: Floats  # (d, p, p)
    covariate_sum: Floats  # (p,) over those with the event


def fit_cox(time: ArrayLike, event: ArrayLike, covariates: ArrayLike, ridge: float = 0.0) -> CoxFit:
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

    Raises
    ------
    InputError
        When there is no event, a covariate does not vary, a value is not finite, or the fit does not settle
        (a covariate that separates the events perfectly).
    """
    times, events, x = _checked(time, event, covariates)
    centre = x.mean(axis=0)
    x = x - centre
    coefficients = np.zeros(x.shape[1])
    penalty = np.asarray(ridge * np.diag(x.var(axis=0)), dtype=float)
    value, gradient, information = _likelihood(times, events, x, coefficients)
    null, spread = value, x.std(axis=0)
    for _ in range(_STEPS):
        step = _newton_step(information + penalty, gradient - penalty @ coefficients)
        coefficients = _line_search(times, events, x, coefficients, step, penalty)
        value, gradient, information = _likelihood(times, events, x, coefficients)
        # Beyond a hazard ratio of e^20 a standard deviation, the likelihood only creeps towards infinity.
        if np.max(np.abs(step * spread)) < _TOLERANCE or np.max(np.abs(coefficients * spread)) > _FAR:
            break
    if np.max(np.abs(step * spread)) > _SETTLED or np.max(np.abs(coefficients * spread)) > _FAR:
        raise _unsettled()
    covariance = np.asarray(np.linalg.inv(information + penalty), dtype=float)
    return CoxFit(coefficients, covariance, centre, _baseline(times, events, x, coefficients), value, null)


def _newton_step(hessian: Floats, gradient: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.solve(hessian, gradient), dtype=float)
    except np.linalg.LinAlgError as error:
        raise _unsettled() from error


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
    return times, events, x


def _line_search(
    times: Floats, events: Floats, x: Floats, start: Floats, step: Floats, penalty: Floats
) -> Floats:
    """Take the Newton step, halved until the penalised likelihood no longer falls."""

    def penalised(there: Floats) -> float:
        return _likelihood(times, events, x, there)[0] - 0.5 * float(there @ penalty @ there)

    before = penalised(start)
    for halving in range(30):
        there: Floats = start + step / 2**halving
        if penalised(there) >= before - 1e-10 * abs(before):
            break
    return there


def _risk_sets(times: Floats, events: Floats, x: Floats, coefficients: Floats) -> Iterator[_RiskSet]:
    """Yield one risk set an event time, latest first, with Efron's share of the tied events taken off."""
    order = np.argsort(-times, kind="stable")
    times, events, x = times[order], events[order], x[order]
    weight = np.exp(x @ coefficients)
    outer = x[:, :, None] * x[:, None, :]
    total = np.cumsum(weight)
    first = np.cumsum(weight[:, None] * x, axis=0)
    second = np.cumsum(weight[:, None, None] * outer, axis=0)
    for moment in np.unique(times[events == 1])[::-1]:
        last = int(np.searchsorted(-times, -moment, side="right")) - 1
        died = (times == moment) & (events == 1)
        share = np.arange(died.sum()) / died.sum()
        gone = weight[died]
        yield _RiskSet(
            float(moment),
            total[last] - share * gone.sum(),
            first[last] - share[:, None] * (gone[:, None] * x[died]).sum(axis=0),
            second[last] - share[:, None, None] * (gone[:, None, None] * outer[died]).sum(axis=0),
            x[died].sum(axis=0),
        )


def _likelihood(
    times: Floats, events: Floats, x: Floats, coefficients: Floats
) -> tuple[float, Floats, Floats]:
    """Return Efron's log partial likelihood, its gradient and the information matrix."""
    value = 0.0
    gradient = np.zeros(len(coefficients))
    information = np.zeros((len(coefficients), len(coefficients)))
    for group in _risk_sets(times, events, x, coefficients):
        mean = group.first / group.total[:, None]
        value += group.covariate_sum @ coefficients - np.log(group.total).sum()
        gradient += group.covariate_sum - mean.sum(axis=0)
        information += (group.second / group.total[:, None, None]).sum(axis=0)
        information -= np.einsum("di,dj->ij", mean, mean)
    return float(value), gradient, information


def _baseline(times: Floats, events: Floats, x: Floats, coefficients: Floats) -> CoxBaseline:
    groups = list(_risk_sets(times, events, x, coefficients))[::-1]
    jumps = [(1 / group.total).sum() for group in groups]
    squares = [(1 / group.total**2).sum() for group in groups]
    means = [(group.first / group.total[:, None] ** 2).sum(axis=0) for group in groups]
    return CoxBaseline(
        np.array([group.time for group in groups]),
        np.cumsum(jumps),
        np.cumsum(squares),
        np.cumsum(np.array(means), axis=0),
    )


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
